/**
 * Compiles a bundle: CommonJS through `vm.compileFunction` in the main context. Measured over 301 loads under load this keeps the heap
 * flat, where `new Function`, `vm.Script` and an own context each kept about 250 MB.
 */
import { createRequire } from "node:module";
import { compileFunction } from "node:vm";
import type { BundleModule } from "../abi.ts";
import { StartError } from "../start-error.ts";

/** Pure parts of Node that the value functions of a bundle use; everything else comes through the `Host`. */
const ALLOWED = new Set(["node:buffer", "node:crypto", "node:net", "node:url", "node:util"]);

const NEXT = "Build the program again with `vgw build`; if it happens again, report it with the bundle.";

const nodeRequire = createRequire(import.meta.url);

function requireAllowed(name: string): unknown {
  if (ALLOWED.has(name)) return nodeRequire(name);
  throw new StartError(
    "start-bundle",
    `the bundle asks for the module "${name}", which the host does not give`,
    [],
    NEXT,
  );
}

type Run = (this: undefined, exports: unknown, require: typeof requireAllowed, module: { exports: unknown }) => void;

/**
 * The functions compiled last, the latest first: a thread that configures a bundle loads it next, and a rollback, or a swap there and back, meets the
 * one before. Parsing and compiling is most of what a swap costs the thread that serves. Nothing of a generation hangs on such a
 * function: each call makes the module's variables and functions anew.
 */
const latest: { readonly fileName: string; readonly code: string; readonly run: Run }[] = [];
const KEPT = 2;

function compiled(code: string, fileName: string): Run {
  const index = latest.findIndex((one) => one.fileName === fileName && one.code === code);
  const found =
    index === -1
      ? { fileName, code, run: compileFunction(code, ["exports", "require", "module"], { filename: fileName }) as Run }
      : latest.splice(index, 1)[0]!;
  latest.unshift(found);
  if (latest.length > KEPT) latest.pop();
  return found.run;
}

function isBundleModule(value: unknown): value is BundleModule {
  return (
    typeof value === "object" &&
    value !== null &&
    "configure" in value &&
    typeof value.configure === "function" &&
    "load" in value &&
    typeof value.load === "function"
  );
}

/**
 * `fileName` is what stack traces name; the source map belongs to it. Throws a `StartError` "start-bundle" when the text
 * does not compile, throws while it is loaded, or has not the exports of a bundle.
 */
export function compileBundle(code: string, fileName: string): BundleModule {
  const module: { exports: unknown } = { exports: {} };
  try {
    compiled(code, fileName).call(undefined, module.exports, requireAllowed, module);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError("start-bundle", `the bundle does not load: ${String(error)}`, [], NEXT);
  }
  if (!isBundleModule(module.exports)) {
    throw new StartError("start-bundle", "the bundle does not export `configure` and `load`", [], NEXT);
  }
  return module.exports;
}
