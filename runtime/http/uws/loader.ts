/**
 * Finds the uWebSockets.js build to run: the official package where a user put it, else the newest republished one that
 * loads on this machine. Says what it took and why others did not load; null makes the host take the Node transport.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { NativeModule } from "./native.ts";

export interface LoadedNative {
  readonly module: NativeModule;
  /** Package or file it came from, for logs. */
  readonly source: string;
  /** Such as "20.57.0"; "unknown" for a file beside an artifact without its manifest. */
  readonly version: string;
  /** The one native file, absolute: what an artifact carries. */
  readonly file: string;
}

export interface LoadResult {
  readonly native: LoadedNative | null;
  /** One line per candidate that did not load. */
  readonly rejected: readonly string[];
}

/** In the order of preference. `folder`: where the package keeps its native files. */
const PACKAGES = [
  { name: "uWebSockets.js", folder: "" },
  { name: "@btc-vision/uwebsockets.js", folder: "" },
  { name: "@trufflesuite/uws-js-unofficial", folder: "binaries" },
] as const;

/** uWebSockets reads its limit for the request head from the environment when the module is loaded, and in newer builds only then. */
const HEAD_LIMIT_VARIABLE = "UWS_HTTP_MAX_HEADERS_SIZE";

/**
 * `from`: a file or folder path from whose place packages are looked up (default: this module's). A file `uws.node` in
 * `artifactFolder` comes first. `headLimit` in bytes takes effect only on the first load in a process: a worker thread
 * cannot change it, so a supervisor sets `headLimitEnvironment` for its children.
 */
export function loadNative(options: { artifactFolder?: string; headLimit?: number; from?: string } = {}): LoadResult {
  const require = createRequire(options.from ?? import.meta.url);
  const rejected: string[] = [];
  if (options.headLimit !== undefined) Object.assign(process.env, headLimitEnvironment(options.headLimit));
  if (options.artifactFolder !== undefined) {
    const file = join(options.artifactFolder, "uws.node");
    if (existsSync(file)) {
      const module = tryLoad(require, file, "uws.node", rejected);
      if (module !== null) {
        return {
          native: { module, source: "uws.node", version: versionBeside(options.artifactFolder), file },
          rejected,
        };
      }
    }
  }
  const binary = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;
  for (const { name, folder } of PACKAGES) {
    let manifest: string;
    try {
      manifest = require.resolve(`${name}/package.json`);
    } catch {
      manifest = packageFolder(require, name);
    }
    if (manifest === "") {
      rejected.push(`${name}: not installed`);
      continue;
    }
    const file = join(dirname(manifest), folder, binary);
    if (!existsSync(file)) {
      rejected.push(
        `${name}: has no build for ${process.platform} ${process.arch}, Node ABI ${process.versions.modules}`,
      );
      continue;
    }
    // The native file itself: a package's main file may fall back to a slow JavaScript server.
    const module = tryLoad(require, file, name, rejected);
    if (module === null) continue;
    const described: { version?: string } = require(manifest);
    return { native: { module, source: name, version: described.version ?? "unknown", file }, rejected };
  }
  return { native: null, rejected };
}

/** For the environment of a process that will load the module; `headLimit` in bytes. */
export function headLimitEnvironment(headLimit: number): { [variable: string]: string } {
  return { [HEAD_LIMIT_VARIABLE]: String(headLimit) };
}

/** A package whose `exports` hides package.json is found through the folders that Node searches. "" where it is not there. */
function packageFolder(require: NodeJS.Require, name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    const manifest = join(folder, name, "package.json");
    if (existsSync(manifest)) return manifest;
  }
  return "";
}

function tryLoad(require: NodeJS.Require, file: string, source: string, rejected: string[]): NativeModule | null {
  try {
    const module: NativeModule = require(file);
    if (typeof module.App === "function") return module;
    rejected.push(`${source}: is not uWebSockets.js`);
  } catch (error) {
    // The loader's message names the missing symbol or library; its first line is enough.
    rejected.push(`${source}: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`);
  }
  return null;
}

/** An artifact's manifest says which version its file is. */
function versionBeside(folder: string): string {
  try {
    const manifest: { native?: { version?: string } | null } = JSON.parse(
      readFileSync(join(folder, "manifest.json"), "utf8"),
    );
    return manifest.native?.version ?? "unknown";
  } catch {
    return "unknown";
  }
}
