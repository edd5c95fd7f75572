/** Guards "generated TypeScript passes `tsc --strict`": all examples and all conformance cases, in one run. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkProgram } from "../../compiler/3-types/index.ts";
import { lower } from "../../compiler/5-plan/index.ts";
import type { Plan } from "../../compiler/5-plan/plan.ts";
import { loadProgram } from "../../compiler/workspace/index.ts";
import { corpus } from "../conformance/corpus.ts";
import { planOf } from "../conformance/program.ts";
import { strictErrors } from "./strict.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");

function examples(): [string, Plan][] {
  return readdirSync(EXAMPLES).map((name) => {
    const loaded = loadProgram(join(EXAMPLES, name, mainFile(name)), (path) => readFileSync(path, "utf8"));
    return [`example-${name}`, lower(checkProgram(loaded))];
  });
}

function mainFile(example: string): string {
  const files = readdirSync(join(EXAMPLES, example)).filter((file) => file.endsWith(".vgw"));
  const main = files.find((file) => file === "gateway.vgw" || file === "main.vgw") ?? files[0];
  if (main === undefined) throw new Error(`examples/${example} has no program`);
  return main;
}

test("the generated TypeScript of every program is strictly typed and has nothing unused", () => {
  const plans = new Map(examples());
  for (const file of corpus()) plans.set(file.path.replace(/\W+/g, "-"), planOf(file));
  expect(strictErrors(plans)).toBe("");
  expect(plans.size).toBeGreaterThan(20);
});
