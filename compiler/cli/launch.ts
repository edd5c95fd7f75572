#!/usr/bin/env node
/**
 * The built command's entry, `dist/vgw.mjs`. It runs one of two CommonJS files beside it (the front end alone, or everything)
 * with the code that V8 made of it in an earlier run of the same command: meeting it anew is a fifth of a `vgw check`. V8
 * rejects code of another version, architecture or set of flags, and the run that meets such code, or none, writes its own.
 * Where the folder cannot be written nothing is kept, which is no error. (`module.enableCompileCache` begins with Node 22.1.)
 */
import { accessSync, constants, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

/** Commands that need neither emitter nor esbuild nor runtime. */
const frontCommands = ["check", "fmt", "init", "explain"];
const otherCommands = ["build", "test", "why", "run", "dev", "deploy", "rollback", "status", "fake-provider"];

const folder = dirname(fileURLToPath(import.meta.url));
const command = [...frontCommands, ...otherCommands].find((name) => name === process.argv[2]) ?? "other";
const file = join(folder, frontCommands.includes(command) ? "front.cjs" : "whole.cjs");
const cache = join(folder, "cache", `${command}-${process.version}-${process.arch}`);

/** The parameters are what a CommonJS file may use, and `moduleUrl` for its `import.meta.url`. */
const wrapped = `(function (exports, require, module, __filename, __dirname, moduleUrl) { ${readFileSync(file, "utf8")}\n})`;
const cachedData = keptCode();
const script = new Script(wrapped, {
  filename: file,
  // No `import()` is left in the files: what is not in them is a CommonJS package.
  ...(cachedData === undefined ? {} : { cachedData }),
});
if (cachedData === undefined || script.cachedDataRejected === true) process.once("exit", keepCode);

const module = { exports: {} };
const run: unknown = script.runInThisContext();
if (typeof run === "function") run(module.exports, createRequire(file), module, file, folder, import.meta.url);

/** V8 knows its source again by its length alone, so code that is older than the file is of no use. */
function keptCode(): Buffer | undefined {
  try {
    return statSync(cache).mtimeMs < statSync(file).mtimeMs ? undefined : readFileSync(cache);
  } catch {
    return undefined;
  }
}

/** Written whole or not at all: two first runs at once do not mix. */
function keepCode(): void {
  try {
    accessSync(folder, constants.W_OK);
    mkdirSync(dirname(cache), { recursive: true });
    const begun = `${cache}.${process.pid}`;
    writeFileSync(begun, script.createCachedData());
    renameSync(begun, cache);
  } catch {
    // The command has done its work; the next run is no slower than this one.
  }
}
