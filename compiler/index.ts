/** The compiler as other programs use it: check, build, format, explain, test. The command line and the editor ask nothing else. */
export { type CheckResult, check } from "./check.ts";
export type { Diagnostic, Edit, Fix, Label, Span } from "./diagnostics/index.ts";
export { createJsonRenderer } from "./diagnostics/json.ts";
export type { Page } from "./diagnostics/page.ts";
export { createRenderer } from "./diagnostics/render.ts";
export { languageVersion, version } from "./version.ts";

import { parse } from "./1-syntax/index.ts";
import type { CheckResult } from "./check.ts";
import { isCode } from "./diagnostics/index.ts";
import type { Page } from "./diagnostics/page.ts";
import type { TestReport } from "./testing/index.ts";

/** The text laid out in the one common way; a text with syntax errors comes back as it is. */
export async function format(file: string, text: string): Promise<string> {
  return (await import("./format/index.ts")).format(parse(file, text));
}

/** The page of a diagnostic; null for a code that there is not. */
export async function explain(code: string): Promise<Page | null> {
  const { pages } = await import("./diagnostics/pages.ts");
  return isCode(code) ? (pages()[code] ?? null) : null;
}

/** A checked program without errors as a bundle. Loads esbuild. */
export async function build(result: CheckResult): ReturnType<typeof import("./build.ts").compile> {
  refuseErrors(result);
  return (await import("./build.ts")).compile(result.program);
}

/** Runs the program's tests against the reference interpreter. */
export async function test(result: CheckResult): Promise<readonly TestReport[]> {
  refuseErrors(result);
  const [{ lower }, { runTests }] = await Promise.all([import("./5-plan/index.ts"), import("./testing/index.ts")]);
  return runTests(result.program, lower(result.program));
}

function refuseErrors(result: CheckResult): void {
  if (result.hasErrors) throw new TypeError("the program has errors: show its diagnostics instead");
}
