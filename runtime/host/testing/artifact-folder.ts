/** Writes artifact folders for tests, as `vgw build` would: entry, bundle, manifest. */
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ABI_VERSION } from "../../abi.ts";
import { MANIFEST_FORMAT, type Manifest } from "../../manifest.ts";

export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "vgw-host-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** What `vgw build` would say of the code. */
export function manifestOf(code: string): Manifest {
  return {
    format: MANIFEST_FORMAT,
    name: "edge",
    hash: createHash("sha256").update(code).digest("hex"),
    abi: ABI_VERSION,
    language: 1,
    compiler: "0.1.0",
    size: Buffer.byteLength(code),
    native: null,
    listen: [],
    environment: [],
  };
}

/** The entry is copied when it is given; `manifest` puts other values into the right one. */
export async function writeFolder(
  folder: string,
  code: string,
  options: { readonly entry?: string; readonly manifest?: Partial<Manifest> } = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const manifest: Manifest = { ...manifestOf(code), ...options.manifest };
  await writeFile(join(folder, "bundle.cjs"), code);
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest, null, 2));
  if (options.entry !== undefined) await copyFile(options.entry, join(folder, "gateway.mjs"));
}
