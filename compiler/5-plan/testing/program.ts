/** From source to plan in one call, for tests. */
import { checkProgram } from "../../3-types/index.ts";
import type { CheckedProgram } from "../../3-types/checked.ts";
import { loadProgram } from "../../workspace/index.ts";
import { lower } from "../index.ts";
import type { Plan } from "../plan.ts";

export interface Compiled {
  readonly checked: CheckedProgram;
  readonly plan: Plan;
}

/** null: the program has errors. */
export function compile(entry: string, read: (path: string) => string | null): Compiled | null {
  return compileOr(entry, read).compiled;
}

/** With what is wrong with it. */
export function compileOr(
  entry: string,
  read: (path: string) => string | null,
): { compiled: Compiled | null; errors: string[] } {
  const loaded = loadProgram(entry, read);
  const checked = checkProgram(loaded);
  const trees = loaded.modules.flatMap(({ tree }) => tree.diagnostics);
  const errors = [...loaded.diagnostics, ...trees, ...checked.diagnostics].filter((one) => one.severity === "error");
  if (errors.length > 0) return { compiled: null, errors: errors.map((one) => `${one.code}: ${one.message}`) };
  const readFile = (path: string): Uint8Array | null => {
    const text = read(path);
    return text === null ? new Uint8Array() : new TextEncoder().encode(text);
  };
  return { compiled: { checked, plan: lower(checked, readFile) }, errors: [] };
}

/** One file, without its first line; throws where it has errors. */
export function compileText(source: string): Compiled {
  const { compiled, errors } = compileOr("main.vgw", (path) => (path === "main.vgw" ? `vgw 1\n${source}` : null));
  if (compiled === null) throw new Error(errors.join("\n"));
  return compiled;
}
