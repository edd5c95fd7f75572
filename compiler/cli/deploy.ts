/** `vgw deploy`: sends what `vgw build` wrote to a running gateway, which need not see the folder, and waits until it serves. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AdminOptions, shortHash, stillDraining, withAdmin } from "./admin.ts";
import { CommandError, exit, print, printJson, remark } from "./output.ts";

interface Artifact {
  /** Of the code itself: a folder with the files of two builds must not pass for what serves already. */
  readonly hash: string;
  /** The body of the call; the gateway checks the manifest, and holds the code against it. */
  readonly body: { readonly code: string; readonly map: string | null; readonly manifest: object };
}

export async function runDeploy(folder: string, options: AdminOptions): Promise<number> {
  const { hash, body } = await readArtifact(folder);
  return withAdmin(options, async (client) => {
    const before = await client.status();
    const { serving } = before.generations;
    if (serving.hash === hash) {
      if (options.json) printJson({ changed: false, generation: serving, previous: before.generations.previous });
      else print(`${before.name} serves ${shortHash(hash)} already, as generation ${serving.id}: nothing to do`);
      return exit.good;
    }
    const begun = performance.now();
    const { generation, status } = await client.change("/generations", body);
    const seconds = (performance.now() - begun) / 1000;
    if (options.json) {
      printJson({ changed: true, generation, previous: status.generations.previous, seconds });
      return exit.good;
    }
    print(
      `${before.name} serves ${shortHash(hash)} as generation ${generation.id}, in ${seconds.toFixed(2)} s${stillDraining(status)}`,
    );
    remark(`before: ${shortHash(serving.hash)}, generation ${serving.id}; vgw rollback goes back to it`);
    remark("a gateway that is restarted serves what lies in its own folder: put this one there to keep it");
    return exit.good;
  });
}

async function readArtifact(folder: string): Promise<Artifact> {
  const manifest = parseManifest(folder, await readRequired(folder, "manifest.json"));
  const code = await readRequired(folder, "bundle.cjs");
  // Without its map the bundle serves as well; only its error reports name lines of the bundle.
  const map = await readFile(join(folder, "bundle.cjs.map"), "utf8").catch(() => null);
  const hash = createHash("sha256").update(code).digest("hex");
  return { hash, body: { code, map, manifest } };
}

async function readRequired(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), "utf8");
  } catch (error) {
    throw new CommandError(
      `${folder} is not what vgw build wrote: ${error instanceof Error ? error.message : String(error)}`,
      exit.environment,
      "build the program first: vgw build -o dist, then vgw deploy dist",
    );
  }
}

function parseManifest(folder: string, text: string): object {
  let value: unknown = null;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below, as any other text that is no manifest.
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  const help = "build the program again: vgw build -o dist";
  throw new CommandError(`${join(folder, "manifest.json")} is not a manifest`, exit.environment, help);
}
