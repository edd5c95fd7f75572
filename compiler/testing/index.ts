/** The engine of `vgw test`: runs the `test` declarations of a program against a fake world. */
import type { CheckedProgram } from "../3-types/checked.ts";
import type { Plan } from "../5-plan/plan.ts";
import { type Answerer, interpreted } from "./answerer.ts";
import type { TestReport } from "./report.ts";
import { TestRun } from "./run.ts";

export { type Answerer, testEnvironment } from "./answerer.ts";
export { renderFailure, type TestFailure, type TestReport } from "./report.ts";

/** Only for programs without errors. In source order; `answerer` is the interpreter unless another one is given. */
export async function runTests(
  checked: CheckedProgram,
  plan: Plan,
  answerer: Answerer = interpreted(plan),
): Promise<TestReport[]> {
  const reports: TestReport[] = [];
  for (const test of checked.tests) reports.push(await new TestRun(checked, test, plan, answerer).run());
  return reports;
}
