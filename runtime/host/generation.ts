/** One loaded program on one thread, and how many requests it still answers. */
import type { Configuration, Host, Program } from "../abi.ts";
import { StartError } from "../start-error.ts";
import type { Artifact } from "./artifact.ts";
import { compileBundle } from "./bundle.ts";
import { checkConfiguration } from "./configuration.ts";
import { checkAbi } from "./manifest.ts";
import { StackRemapper } from "./source-map.ts";

export type Environment = { readonly [name: string]: string | undefined };

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

/** What `configure` says under this environment, checked. Throws a `StartError`. */
export function configureArtifact(artifact: Artifact, environment: Environment): Configuration {
  return configured(compileBundle(artifact.code, bundleFileName(artifact)), environment);
}

/** Compiles, configures, loads and warms; `makeHost` gives the object that the program will talk to. Throws a `StartError`. */
export function loadGeneration(
  id: number,
  artifact: Artifact,
  environment: Environment,
  makeHost: (configuration: Configuration) => Host,
): Generation {
  const fileName = bundleFileName(artifact);
  const remapper = new StackRemapper(fileName, artifact.map);
  const module = compileBundle(artifact.code, fileName);
  const configuration = configured(module, environment);
  let program: Program;
  try {
    program = module.load(makeHost(configuration));
    checkAbi(program.abi);
    if (typeof program.handle !== "function") throw new Error("`load` gave no `handle`");
    program.warm?.();
  } catch (error) {
    if (error instanceof StartError) throw error;
    const stack = error instanceof Error && error.stack !== undefined ? remapper.remap(error.stack) : String(error);
    throw new StartError("start-bundle", `the program does not load: ${stack}`, [], "Mend the program and build it again.");
  }
  return { id, hash: artifact.hash, configuration, program, remapper, inFlight: 0 };
}

function configured(module: ReturnType<typeof compileBundle>, environment: Environment): Configuration {
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
  return checkConfiguration(value);
}

/** Unique per artifact, so that positions in a stack trace are looked up in the right map. */
function bundleFileName(artifact: Artifact): string {
  return `bundle-${artifact.hash.slice(0, 12)}.cjs`;
}
