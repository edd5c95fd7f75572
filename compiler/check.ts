/** The front end as one question: what does this program mean, and what is wrong with it? */
import { type CheckedProgram, checkProgram } from "./3-types/index.ts";
import { analyse } from "./4-analysis/index.ts";
import type { Diagnostic } from "./diagnostics/index.ts";
import { loadProgram } from "./workspace/index.ts";

export interface CheckResult {
  readonly program: CheckedProgram;
  /** Syntax, names, types and analysis, by file and place. */
  readonly diagnostics: readonly Diagnostic[];
  readonly hasErrors: boolean;
  /** The text of a file by the name it has in spans. */
  source(file: string): string;
}

/** `read` gives a file's text by its path with "/" or null where there is none. */
export function check(entry: string, read: (path: string) => string | null): CheckResult {
  const loaded = loadProgram(entry, read);
  const program = checkProgram(loaded);
  const files = new Map(loaded.modules.map(({ tree }, index) => [tree.file, { index, text: tree.text }]));
  const diagnostics = [
    ...loaded.modules.flatMap(({ tree }) => tree.diagnostics),
    ...loaded.diagnostics,
    ...program.diagnostics,
    ...analyse(program),
  ].sort((a, b) => {
    const order = (files.get(a.primary.span.file)?.index ?? 0) - (files.get(b.primary.span.file)?.index ?? 0);
    return order || a.primary.span.start - b.primary.span.start;
  });
  return {
    program,
    diagnostics,
    hasErrors: diagnostics.some(({ severity }) => severity === "error"),
    source: (file) => files.get(file)?.text ?? "",
  };
}
