/** What tests of `node gateway.mjs` share: one built entry per file, and an end for every folder and process. */
import { join } from "node:path";
import { afterAll, afterEach, beforeAll } from "vitest";
import type { Manifest } from "../../manifest.ts";
import { temporaryFolder, writeFolder } from "./artifact-folder.ts";
import { bundleText, type TestBundle } from "./bundle.ts";
import { type BuiltEntry, buildEntry } from "./entry.ts";
import { type GatewayRun, listenersOf, runGateway } from "./gateway-run.ts";

/** A folder copied to a machine has no packages; here they are found as an artifact's own native file would be. */
export const NATIVE = { NODE_PATH: join(import.meta.dirname, "../../../node_modules") };

export const fast = { listen: [{ address: "127.0.0.1", port: 0, transport: "fast" as const }] };

export interface GatewayProcesses {
  /** A new folder with entry, bundle and manifest. */
  folderOf(bundle: TestBundle, manifest?: Partial<Manifest>): Promise<string>;
  run(folder: string, args?: readonly string[], environment?: { readonly [name: string]: string }): GatewayRun;
  /** Run after the test, last one first. */
  readonly cleanups: (() => Promise<unknown>)[];
}

/** Call it once at the top of a test file. */
export function useGatewayProcesses(): GatewayProcesses {
  let built: BuiltEntry;
  const cleanups: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    built = await buildEntry();
  });
  afterAll(() => built.remove());
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  return {
    cleanups,
    async folderOf(bundle, manifest = {}) {
      const { path, remove } = await temporaryFolder();
      cleanups.push(remove);
      await writeFolder(path, bundleText(bundle), { entry: built.entry, manifest });
      return path;
    },
    run(folder, args = [], environment = {}) {
      const gateway = runGateway(join(folder, "gateway.mjs"), args, environment);
      cleanups.push(() => gateway.kill());
      return gateway;
    },
  };
}

/** The address of the first listener, once it serves. */
export async function serving(gateway: GatewayRun): Promise<string> {
  const listener = listenersOf(await gateway.seen("start.serving"))[0];
  return `http://127.0.0.1:${listener?.port}`;
}
