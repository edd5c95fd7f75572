/** A case's program through the front end: one plan per file, made once. */
import { checkProgram } from "../../compiler/3-types/index.ts";
import { analyse } from "../../compiler/4-analysis/index.ts";
import { lower } from "../../compiler/5-plan/index.ts";
import type { Plan } from "../../compiler/5-plan/plan.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { loadProgram } from "../../compiler/workspace/index.ts";
import { type CaseFile, CaseError } from "./case.ts";

const plans = new Map<string, Plan>();

/** Throws a `CaseError` where the program has errors: a case is about programs that run. */
export function planOf(file: CaseFile): Plan {
  let plan = plans.get(file.path);
  if (plan === undefined) {
    plan = makePlan(file);
    plans.set(file.path, plan);
  }
  return plan;
}

function makePlan(file: CaseFile): Plan {
  const read = (path: string): string | null =>
    path === "main.vgw" ? file.program : (file.files.get(path.replace(/^\.\//, "")) ?? null);
  const loaded = loadProgram("main.vgw", read);
  const checked = checkProgram(loaded);
  const syntax = loaded.modules.flatMap(({ tree }) => tree.diagnostics);
  const errors = [...loaded.diagnostics, ...syntax, ...checked.diagnostics, ...analyse(checked)].filter(
    (each) => each.severity === "error",
  );
  if (errors.length > 0)
    throw new CaseError(`${file.path}: the program has errors:\n${errors.map(describe).join("\n")}`);
  return lower(checked, (path) => bytesOf(file.files.get(path.replace(/^(?:\.\/)?/, ""))));
}

function bytesOf(text: string | undefined): Uint8Array | null {
  return text === undefined ? null : new TextEncoder().encode(text);
}

function describe({ code, message, primary }: Diagnostic): string {
  return `  ${code}: ${message} (${primary.span.file}, at ${primary.span.start}: ${primary.text})`;
}
