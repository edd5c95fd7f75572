/** A bundle as it travels inside the host: its text, its map and what names it. Read from a folder or given as text. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest } from "../manifest.ts";
import { StartError } from "../start-error.ts";
import { parseManifest } from "./manifest.ts";

/** Where a generation comes from: a folder that `vgw build` wrote, or a bundle's text (`vgw dev`, tests). */
export type BundleSource = { readonly folder: string } | { readonly code: string; readonly map?: string | null };

/** Plain data: it is posted to threads. */
export interface Artifact {
  /** SHA-256 of the code, hexadecimal. */
  readonly hash: string;
  readonly code: string;
  readonly map: string | null;
  readonly manifest: Manifest | null;
  /** Where the fast transport's native file would lie; null: not from a folder. */
  readonly folder: string | null;
}

/** Throws a `StartError`: "start-folder", "start-manifest", "start-hash", "start-abi" or "start-language". */
export async function readArtifact(source: BundleSource): Promise<Artifact> {
  if ("code" in source) {
    return { hash: sha256(source.code), code: source.code, map: source.map ?? null, manifest: null, folder: null };
  }
  const { folder } = source;
  const manifest = parseManifest(await readRequired(folder, "manifest.json"));
  const code = await readRequired(folder, "bundle.cjs");
  const hash = sha256(code);
  if (hash !== manifest.hash) {
    throw new StartError(
      "start-hash",
      `bundle.cjs has the hash ${hash.slice(0, 12)}…, its manifest says ${manifest.hash.slice(0, 12)}…`,
      [],
      "Copy the whole folder again; the files of two builds may have been mixed, or a copy may have stopped half-way.",
    );
  }
  // Without its map a gateway still serves; only its error reports name lines of the bundle.
  const map = await readFile(join(folder, "bundle.cjs.map"), "utf8").catch(() => null);
  return { hash, code, map, manifest, folder };
}

async function readRequired(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), "utf8");
  } catch (error) {
    throw new StartError(
      "start-folder",
      `${join(folder, name)} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      [],
      "Give the folder that `vgw build` wrote, with `--folder FOLDER`.",
    );
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
