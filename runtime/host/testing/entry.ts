/** Builds `gateway.mjs` once per test file. */
import { join } from "node:path";
import { buildRuntime } from "../../../scripts/build-runtime.mjs";
import { temporaryFolder } from "./artifact-folder.ts";

export interface BuiltEntry {
  readonly folder: string;
  readonly entry: string;
  remove(): Promise<void>;
}

export async function buildEntry(): Promise<BuiltEntry> {
  const { path, remove } = await temporaryFolder();
  const entry = await buildRuntime(join(path, "gateway.mjs"));
  return { folder: path, entry, remove };
}
