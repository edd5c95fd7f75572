/** One loaded program on one thread, and how many requests it still answers. */
import type { BundleModule, Configuration, Host, Program } from "../abi.ts";
import { StartError } from "../start-error.ts";
import type { Artifact } from "./artifact.ts";
import { compileBundle } from "./bundle.ts";
import { checkConfiguration } from "./configuration.ts";
import { checkAbi } from "./manifest.ts";
import { applyOverrides, type Overrides } from "./overrides.ts";
import { readServiceTls } from "./service-tls.ts";
import { StackRemapper } from "./source-map.ts";

export type Environment = { readonly [name: string]: string | undefined };

/** Under what a program is configured; the same in all threads. */
export interface Surroundings {
  readonly environment: Environment;
  readonly overrides: Overrides;
  /** The folder in which relative paths of certificates and keys begin. */
  readonly files: string;
}

export interface Generation {
  /** 1, 2, 3 … within one process; all threads use the same number for the same artifact. */
  readonly id: number;
  readonly hash: string;
  readonly configuration: Configuration;
  readonly program: Program;
  readonly remapper: StackRemapper;
  /** Requests that began on it and have not ended. */
  inFlight: number;
}

/** What `configure` says, checked, with the overrides put in. Throws a `StartError`. */
export function configureArtifact(artifact: Artifact, surroundings: Surroundings): Configuration {
  return configured(compileBundle(artifact.code, bundleFileName(artifact)), surroundings);
}

/** Compiles, configures, loads and warms; `makeHost` gives the object that the program will talk to. Throws a `StartError`. */
export function loadGeneration(
  id: number,
  artifact: Artifact,
  surroundings: Surroundings,
  makeHost: (configuration: Configuration) => Host,
): Generation {
  const fileName = bundleFileName(artifact);
  const remapper = new StackRemapper(fileName, artifact.map);
  const module = compileBundle(artifact.code, fileName);
  const asked = configured(module, surroundings);
  const configuration = { ...asked, services: readServiceTls(asked.services, surroundings.files) };
  let program: Program;
  try {
    program = module.load(makeHost(configuration));
    checkAbi(program.abi);
    if (typeof program.handle !== "function") throw new Error("`load` gave no `handle`");
    program.warm?.();
  } catch (error) {
    if (error instanceof StartError) throw error;
    const stack = error instanceof Error && error.stack !== undefined ? remapper.remap(error.stack) : String(error);
    throw new StartError(
      "start-bundle",
      `the program does not load: ${stack}`,
      [],
      "Mend the program and build it again.",
    );
  }
  return { id, hash: artifact.hash, configuration, program, remapper, inFlight: 0 };
}

function configured(module: BundleModule, { environment, overrides }: Surroundings): Configuration {
  let value: Configuration;
  try {
    value = module.configure(environment);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(
      "start-bundle",
      `the program does not configure: ${String(error)}`,
      [],
      "Mend the program and build it again.",
    );
  }
  return applyOverrides(checkConfiguration(value), overrides);
}

/** Unique per artifact, so that positions in a stack trace are looked up in the right map. */
function bundleFileName(artifact: Artifact): string {
  return `bundle-${artifact.hash.slice(0, 12)}.cjs`;
}
