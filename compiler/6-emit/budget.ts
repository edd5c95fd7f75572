/** Budgets: what a request counts in, and by what, noted on its exchange for the models that are asked. */
import type { BudgetPlan, BudgetStep, ModelStep, Plan } from "../5-plan/plan.ts";
import type { Body } from "./body.ts";
import type { Emission } from "./emission.ts";
import { textOf } from "./encode.ts";
import { codecsOf } from "./model.ts";

export function emitBudget({ emission, scope, writer }: Body, step: BudgetStep): void {
  const key = step.key === null ? '""' : textOf(scope, step.key);
  writer.line(`${emission.use("holdTo")}(exchange, ${emission.budget(step.budget)}, ${key});`);
}

/** Before a model is asked. */
export function emitBudgetKeys({ emission, scope, writer }: Body, { keys }: ModelStep): void {
  if (keys.length === 0) return;
  const texts = keys.map((key) => (key === null ? "null" : textOf(scope, key)));
  writer.line(`${emission.use("countBy")}(exchange, [${texts.join(", ")}]);`);
}

/** What the host is asked for: the budget, with the codecs of whoever is asked where it is used up. */
export function budgetText(emission: Emission, plan: Plan, { configuration }: BudgetPlan): string {
  const codecs = configuration.instead === null ? [] : codecsOf(emission, plan, configuration.instead);
  return `budget(${JSON.stringify(configuration)}, [${codecs.join(", ")}])`;
}
