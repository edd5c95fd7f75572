/** A bundle as it travels inside the host: its text, its map and what names it. Read from a folder or given as text, alone or with its manifest. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest } from "../manifest.ts";
import { StartError } from "../start-error.ts";
import { checkManifest, parseManifest } from "./manifest.ts";

/**
 * Where a generation comes from: a folder that `vgw build` wrote, such a folder's content as it was sent (`vgw deploy`), or a bundle's
 * text alone (`vgw dev`, tests).
 */
export type BundleSource =
  | { readonly folder: string }
  | {
      readonly code: string;
      readonly map?: string | null;
      /** What `manifest.json` holds, not checked yet; null or left out: nothing is promised about the code. */
      readonly manifest?: unknown;
    };

/** Plain data: it is posted to threads. */
export interface Artifact {
  /** SHA-256 of the code, hexadecimal. */
  readonly hash: string;
  readonly code: string;
  /** The source map's text as octets: hardly ever read, so not worth decoding. */
  readonly map: Uint8Array | null;
  readonly manifest: Manifest | null;
  /** Where the fast transport's native file would lie; null: not from a folder. */
  readonly folder: string | null;
}

/**
 * `known`: artifacts that are in memory; what a folder has in common with one of them is not made again, because a serving thread may be the one that
 * waits. Throws a `StartError`: "start-folder", "start-manifest", "start-hash", "start-abi" or "start-language".
 */
export async function readArtifact(source: BundleSource, known: readonly Artifact[] = []): Promise<Artifact> {
  if ("code" in source) {
    const { code, manifest = null } = source;
    const map = source.map == null ? null : Buffer.from(source.map, "utf8");
    if (manifest === null) return { hash: sha256(code), code, map, manifest, folder: null };
    const checked = checkManifest(manifest);
    return { hash: promisedHash(code, checked), code, map, manifest: checked, folder: null };
  }
  const { folder } = source;
  const manifest = parseManifest((await readRequired(folder, "manifest.json")).toString("utf8"));
  const octets = await readRequired(folder, "bundle.cjs");
  const hash = promisedHash(octets, manifest);
  const same = known.find((artifact) => artifact.hash === hash && artifact.map !== null);
  if (same !== undefined) return { ...same, manifest, folder };
  // Without its map a gateway still serves; only its error reports name lines of the bundle.
  const map = await readFile(join(folder, "bundle.cjs.map")).catch(() => null);
  return { hash, code: octets.toString("utf8"), map, manifest, folder };
}

/** The code's hash, which is the manifest's. */
function promisedHash(code: string | Uint8Array, manifest: Manifest): string {
  const hash = sha256(code);
  if (hash === manifest.hash) return hash;
  throw new StartError(
    "start-hash",
    `bundle.cjs has the hash ${hash.slice(0, 12)}…, its manifest says ${manifest.hash.slice(0, 12)}…`,
    [],
    "Copy the whole folder again; the files of two builds may have been mixed, or a copy may have stopped half-way.",
  );
}

async function readRequired(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    throw new StartError(
      "start-folder",
      `${join(folder, name)} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      [],
      "Give the folder that `vgw build` wrote, with `--folder FOLDER`.",
    );
  }
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
