/**
 * Makes a checkout usable without any step by hand: installs what the lock file pins and builds the command, each only
 * when it is missing or out of date. Uses nothing but Node, because nothing else may be there yet.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const stamps = join(root, "node_modules/.vgw");

export function prepare() {
  const [major] = process.versions.node.split(".");
  if (Number(major) < 20) fail(`Node.js 20 or newer is needed; this is ${process.versions.node}.`);
  once("install", hashOf([join(root, "package-lock.json")]), () => {
    say("Installing the pinned packages (once) …");
    // Not `npm ci`: it refuses a lock file without every platform's optional binaries, and not every registry has them all.
    run(process.platform === "win32" ? "npm.cmd" : "npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]);
  });
  once("build", hashOf(sources()), () => {
    say("Building the command vgw and the gateway's host …");
    run(process.execPath, [join(root, "scripts/build.mjs")]);
  });
}

/** Runs `work` unless the stamp of this name already says `state`. */
function once(name, state, work) {
  const stamp = join(stamps, name);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === state && existsSync(join(root, "node_modules/esbuild"))) return;
  work();
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, state);
}

function sources() {
  return ["compiler", "runtime", "scripts"].flatMap((folder) => filesBelow(join(root, folder)));
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "dist" || entry.name === "node_modules" ? [] : filesBelow(path);
    return /\.(ts|mjs|md|json)$/.test(entry.name) && !entry.name.endsWith(".test.ts") ? [path] : [];
  });
}

function hashOf(files) {
  const hash = createHash("sha256");
  for (const file of files.sort()) {
    hash.update(file);
    if (statSync(file).size > 0) hash.update(readFileSync(file));
  }
  return hash.digest("hex");
}

export function run(command, args, options = {}) {
  try {
    execFileSync(command, args, { cwd: root, stdio: "inherit", ...options });
  } catch (error) {
    fail(`${command.split("/").pop()} ${args.join(" ")} failed (${error.status ?? error.code}).`);
  }
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(3);
}
