/** The folder that runs alone: `node gateway.mjs` on a machine with Node and nothing else. */
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import type { Manifest } from "../../runtime/manifest.ts";
import { ARTIFACT_FILE, loadSqlite } from "../../runtime/model/money/ledger/sqlite.ts";
import { REDIS_FILE } from "../../runtime/redis/client.ts";
import type { Bundle } from "./index.ts";
import { sha256 } from "./manifest.ts";

/** The prebuilt host; `npm run build` makes it. */
const GATEWAY = fileURLToPath(new URL("../../runtime/dist/gateway.mjs", import.meta.url));

/** The client of Redis in one file; made with it. */
const REDIS = fileURLToPath(new URL("../../runtime/dist/redis.cjs", import.meta.url));

/** All files of an artifact. A folder that holds anything else is not one, and is left alone. */
const FILES = new Set([
  "gateway.mjs",
  "bundle.cjs",
  "bundle.cjs.map",
  "bundle.ts",
  "serialisers.js",
  "manifest.json",
  "uws.node",
  ARTIFACT_FILE,
  REDIS_FILE,
]);

/** Why nothing was written, and what to do about it. */
export class ArtifactError extends Error {
  override readonly name = "ArtifactError";
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.next = next;
  }
}

/** Writes or replaces the artifact; gives its manifest. Throws an `ArtifactError` before anything is written. */
export async function writeArtifact(folder: string, bundle: Bundle): Promise<Manifest> {
  await refuseForeign(folder);
  if (!existsSync(GATEWAY)) {
    throw new ArtifactError("the prebuilt host runtime/dist/gateway.mjs is missing", "Run `npm run build` once.");
  }
  const { native } = loadNative({ from: import.meta.url });
  const data = native === null ? null : await readFile(native.file);
  const sqlite = bundle.manifest.sqlite === undefined ? null : await sqliteFile();
  const redis = bundle.manifest.redis === undefined ? null : await redisFile();
  const manifest: Manifest = {
    ...bundle.manifest,
    ...(redis !== null && { redis: { file: REDIS_FILE, hash: sha256(redis) } }),
    ...(sqlite !== null && { sqlite: { file: ARTIFACT_FILE, hash: sha256(sqlite) } }),
    native:
      native === null || data === null
        ? null
        : {
            file: "uws.node",
            hash: sha256(data),
            version: native.version,
            platform: process.platform,
            arch: process.arch,
            nodeAbi: process.versions.modules,
            libc: leastLibc(data),
          },
  };
  await mkdir(folder, { recursive: true });
  // The manifest goes first and comes back last: a folder without one is not taken for a whole artifact.
  await rm(join(folder, "manifest.json"), { force: true });
  await copyFile(GATEWAY, join(folder, "gateway.mjs"));
  await writeFile(join(folder, "bundle.cjs"), bundle.code);
  await writeFile(join(folder, "bundle.cjs.map"), bundle.map);
  // Removed, not overwritten: a gateway that runs from this folder has the old file mapped, and cutting it short would kill it.
  await rm(join(folder, "uws.node"), { force: true });
  if (data !== null) await writeFile(join(folder, "uws.node"), data);
  await rm(join(folder, ARTIFACT_FILE), { force: true });
  if (sqlite !== null) await writeFile(join(folder, ARTIFACT_FILE), sqlite);
  await rm(join(folder, REDIS_FILE), { force: true });
  if (redis !== null) await writeFile(join(folder, REDIS_FILE), redis);
  await writeFile(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** What a program with budgets keeps its ledger with. */
async function sqliteFile(): Promise<Buffer> {
  const sqlite = loadSqlite({ from: import.meta.url });
  if (typeof sqlite !== "string") return readFile(sqlite.file);
  throw new ArtifactError(
    `the program has budgets, and SQLite, in which they are kept, does not load here: ${sqlite}`,
    "Install the package libsql, or build on a machine that has it.",
  );
}

/** What a program with `state` asks Redis with. */
async function redisFile(): Promise<Buffer> {
  if (existsSync(REDIS)) return readFile(REDIS);
  throw new ArtifactError("the prebuilt client runtime/dist/redis.cjs is missing", "Run `npm run build` once.");
}

async function refuseForeign(folder: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    throw new ArtifactError(`${folder} cannot be read: ${String(error)}`, "Name another folder with `--output`.");
  }
  const foreign = names.find((name) => !FILES.has(name));
  if (foreign === undefined) return;
  throw new ArtifactError(
    `${folder} holds "${foreign}", which no build wrote`,
    "Name a new folder with `--output`, or empty this one yourself.",
  );
}

/** The newest GLIBC_2.x that the file's symbols ask for; null where there is none (musl, macOS, Windows). */
function leastLibc(data: Buffer): string | null {
  if (process.platform !== "linux") return null;
  let newest = -1;
  for (let at = data.indexOf("GLIBC_2."); at !== -1; at = data.indexOf("GLIBC_2.", at + 1)) {
    const minor = Number.parseInt(data.toString("latin1", at + 8, at + 11), 10);
    if (minor > newest) newest = minor;
  }
  return newest === -1 ? null : `2.${newest}`;
}
