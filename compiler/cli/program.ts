/** What most commands begin with: find the entry file, check it, say what is wrong. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { type CheckResult, check } from "../check.ts";
import { createJsonRenderer } from "../diagnostics/json.ts";
import { createRenderer } from "../diagnostics/render.ts";
import { CommandError, exit, plural, printJson, remark, styleFor } from "./output.ts";

/** The names looked for when a folder (or nothing) is given. */
const ENTRY_NAMES = ["gateway.vgw", "main.vgw"];

/** The entry file as the user would write it, with "/". */
export function findEntry(argument: string | undefined): string {
  const path = argument ?? ".";
  if (!existsSync(path)) {
    throw new CommandError(
      `there is no file or folder called ${path}`,
      exit.environment,
      "vgw init makes a program to start from",
    );
  }
  if (!statSync(path).isDirectory()) return toSlashes(path);
  const found = ENTRY_NAMES.map((name) => join(path, name)).find((file) => existsSync(file));
  if (!found) {
    throw new CommandError(
      `${path === "." ? "this folder" : path} has no ${ENTRY_NAMES.join(" or ")}`,
      exit.environment,
      "name the file, or run `vgw init` to make a program to start from",
    );
  }
  return toSlashes(found);
}

function toSlashes(path: string): string {
  const short = relative(process.cwd(), resolve(path));
  return (short.startsWith("..") ? resolve(path) : short).split(sep).join("/");
}

/** Reads from disk; null for a file that is not there. */
export function readFromDisk(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw new CommandError(`${path} cannot be read`, exit.environment, error instanceof Error ? error.message : null);
  }
}

export function checkEntry(entry: string): CheckResult {
  return check(entry, readFromDisk);
}

/** Prints all diagnostics: rendered on standard error, or as one JSON document on standard output. */
export function report(result: CheckResult, options: { readonly json?: boolean | undefined }): void {
  if (options.json) {
    const toJson = createJsonRenderer(result.source);
    printJson({ diagnostics: result.diagnostics.map(toJson) });
    return;
  }
  const render = createRenderer(result.source, styleFor(process.stderr));
  for (const diagnostic of result.diagnostics) remark(`${render(diagnostic)}\n`);
}

/** "3 errors and 1 warning", or what a clean program is told. */
export function summary(result: CheckResult): string {
  const errors = result.diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = result.diagnostics.length - errors;
  const parts = [errors > 0 ? plural(errors, "error") : "", warnings > 0 ? plural(warnings, "warning") : ""];
  const said = parts.filter((part) => part !== "").join(" and ");
  return said === "" ? `no problems in ${plural(result.program.routes.length, "route")}` : said;
}

/** For commands that need a program without errors: reports and ends the command otherwise. */
export function checkedOrEnd(entry: string, options: { readonly json?: boolean | undefined }): CheckResult {
  const result = checkEntry(entry);
  if (result.hasErrors) {
    report(result, options);
    if (!options.json) remark(summary(result));
    throw new CommandError("", exit.program);
  }
  if (!options.json) report(result, options);
  return result;
}
