/** `vgw check`: everything the compiler knows about a program without building it. */
import { writeFileSync } from "node:fs";
import { applySafeFixes } from "../diagnostics/apply.ts";
import { costsJson, costsOf, costsText } from "../why/costs.ts";
import { exit, plural, print, printJson, remark } from "./output.ts";
import { checkEntry, findEntry, report, summary } from "./program.ts";

export interface CheckOptions {
  readonly json?: boolean;
  readonly fix?: boolean;
  readonly costs?: boolean;
}

/** Mending one line can uncover the next mistake; more rounds than this would be a fix that undoes another. */
const MOST_ROUNDS = 10;

export function runCheck(path: string | undefined, options: CheckOptions): number {
  const entry = findEntry(path);
  let result = checkEntry(entry);
  if (options.fix) {
    let applied = 0;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const fixes = applySafeFixes(result.diagnostics, result.source);
      if (fixes.applied === 0) break;
      for (const [file, text] of fixes.files) writeFileSync(file, text);
      applied += fixes.applied;
      result = checkEntry(entry);
    }
    if (!options.json) remark(`${plural(applied, "fix").replace("fixs", "fixes")} applied`);
  }
  if (options.costs && !result.hasErrors) {
    const costs = costsOf(result.program);
    if (options.json) printJson({ costs: costsJson(costs) });
    else print(costsText(costs));
    return exit.good;
  }
  report(result, options);
  if (!options.json) print(`${entry}: ${summary(result)}`);
  return result.hasErrors ? exit.program : exit.good;
}
