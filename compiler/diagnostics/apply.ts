/** Applies fixes to source text: `vgw check --fix`, and the tests that prove a fix mends. */
import type { Diagnostic, Edit } from "./diagnostic.ts";

/**
 * The texts of all touched files after the first safe fix of each diagnostic. A fix that overlaps one already taken is left for
 * the next run.
 */
export function applySafeFixes(
  diagnostics: readonly Diagnostic[],
  sources: (file: string) => string,
): { readonly files: ReadonlyMap<string, string>; readonly applied: number } {
  const taken = new Map<string, Edit[]>();
  let applied = 0;
  for (const diagnostic of diagnostics) {
    const fix = diagnostic.fixes.find((candidate) => candidate.kind === "safe");
    if (!fix || fix.edits.some((edit) => overlaps(taken.get(edit.span.file) ?? [], edit))) continue;
    applied++;
    for (const edit of fix.edits) taken.set(edit.span.file, [...(taken.get(edit.span.file) ?? []), edit]);
  }
  const files = new Map<string, string>();
  for (const [file, edits] of taken) files.set(file, applyEdits(sources(file), edits));
  return { files, applied };
}

export function applyEdits(text: string, edits: readonly Edit[]): string {
  let out = text;
  for (const edit of [...edits].sort((a, b) => b.span.start - a.span.start)) {
    out = out.slice(0, edit.span.start) + edit.text + out.slice(edit.span.end);
  }
  return out;
}

function overlaps(edits: readonly Edit[], edit: Edit): boolean {
  return edits.some((other) => edit.span.start <= other.span.end && other.span.start <= edit.span.end);
}
