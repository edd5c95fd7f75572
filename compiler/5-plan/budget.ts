/** Budgets: what is counted, by what, and under which names; of models, and of `budget` steps. */
import type { BudgetConfiguration } from "../../runtime/model/money/configuration.ts";
import type * as tree from "../1-syntax/tree.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import type {
  BudgetKey,
  CheckedBudget,
  CheckedModel,
  CheckedModule,
  CheckedPolicy,
  CheckedProgram,
} from "../3-types/checked.ts";
import { bindingKey, type Context, meaningOf, originOf, type Program } from "./context.ts";
import { lower } from "./expression.ts";
import { Names } from "./names.ts";
import type { BudgetPlan, Expr } from "./plan.ts";

/** What all budgets of a program are called and count by. */
export interface BudgetNames {
  /** Numbers of what budgets of models count by: one for each expression. */
  readonly keys: ReadonlyMap<CheckedBudget, number>;
  /** Of `budget` steps, by module and node (`bindingKey`). */
  readonly steps: ReadonlyMap<string, BudgetPlan>;
}

export function budgetNames(
  checked: CheckedProgram,
  modules: ReadonlyMap<CheckedModule, number>,
  models: ReadonlyMap<CheckedModel, string>,
): BudgetNames {
  const numbers = new Map<string, number>();
  const keys = new Map<CheckedBudget, number>();
  for (const budget of [...checked.budgets.values()].flat()) {
    if (budget.by === null) continue;
    const identity = `${modules.get(budget.module)}:${budget.byText}`;
    const number = numbers.get(identity) ?? numbers.size;
    numbers.set(identity, number);
    keys.set(budget, number);
  }
  return { keys, steps: stepBudgets(checked, modules, models) };
}

function stepBudgets(
  checked: CheckedProgram,
  modules: ReadonlyMap<CheckedModule, number>,
  models: ReadonlyMap<CheckedModel, string>,
): Map<string, BudgetPlan> {
  const names = new Names();
  const found = new Map<string, BudgetPlan>();
  const gather = (owner: CheckedProgram["policies"][number] | CheckedProgram["routes"][number], kind: string): void => {
    for (const node of nodesBelow(owner.node)) {
      const meaning = node.kind === "budget" ? owner.module.meanings.get(node.id) : undefined;
      if (meaning?.kind !== "budget") continue;
      const { budget, name } = meaning;
      const called = withKey(name ?? `${kind} ${owner.name}`, budget);
      const unique = names.take(called);
      const file = modules.get(owner.module) ?? 0;
      const configuration = configurationOf(
        budget,
        name === null ? unique : called,
        null,
        budget.instead && (models.get(budget.instead) ?? null),
      );
      found.set(`${file}:${node.id}`, { name: unique, origin: { file, node: node.id }, configuration });
    }
  };
  for (const policy of checked.policies) gather(policy, "policy");
  for (const route of checked.routes) gather(route, "route");
  return found;
}

/** As ledger, log and metrics call it. */
function withKey(owner: string, { byText }: CheckedBudget): string {
  return byText === "" ? owner : `${owner} by ${byText}`;
}

function configurationOf(
  { unit, currency, limit, period, alerts }: CheckedBudget,
  name: string,
  by: number | null,
  instead: string | null,
): BudgetConfiguration {
  return { name, unit, currency, limit, period, alerts, by, instead };
}

/** Those of a model or choice that is called `owner` in the plan. */
export function modelBudgets(program: Program, model: CheckedModel, owner: string): readonly BudgetConfiguration[] {
  return (program.checked.budgets.get(model) ?? []).map((budget) => {
    const by = program.budgets.keys.get(budget) ?? null;
    const instead = budget.instead && (program.models.get(budget.instead) ?? null);
    return configurationOf(budget, withKey(owner, budget), by, instead);
  });
}

/** What the budgets of a model, a choice or a policy are called, or those of steps that an author has given this name. */
export function budgetNamesOf(program: Program, of: CheckedModel | CheckedPolicy | string): readonly string[] {
  if (typeof of === "string") {
    const { policies, routes } = program.checked;
    return [...policies, ...routes].flatMap(({ module, node }) =>
      nodesBelow(node).flatMap(({ id, kind }) => {
        const meaning = kind === "budget" ? module.meanings.get(id) : undefined;
        return meaning?.kind === "budget" && meaning.name === of ? [withKey(of, meaning.budget)] : [];
      }),
    );
  }
  if ("choice" in of) return modelBudgets(program, of, program.models.get(of) ?? of.name).map(({ name }) => name);
  return nodesBelow(of.node).flatMap(({ id }) => {
    const budget = program.budgets.steps.get(bindingKey(program, of.module, id));
    return budget === undefined ? [] : [budget.configuration.name];
  });
}

export function lowerBudget(context: Context, node: tree.BudgetStep): void {
  if (context.out.mode !== "steps") return;
  const { program } = context.body;
  const plan = program.budgets.steps.get(bindingKey(program, context.module, node.id));
  const meaning = meaningOf(context, node);
  if (plan === undefined || meaning?.kind !== "budget") throw new Error("a budget stands in a policy or a route");
  const { by } = meaning.budget;
  const key = by === null ? null : lower({ ...context, hint: "counted_by" }, by);
  context.out.steps.push({ step: "budget", origin: originOf(context, node), budget: plan.name, key });
}

/** What a `forward` tells models' budgets of its request. */
export function lowerBudgetKeys(context: Context, keys: readonly BudgetKey[]): (Expr | null)[] {
  const { budgets } = context.body.program;
  const lowered: (Expr | null)[] = [];
  for (const { budget, module } of keys) {
    const number = budgets.keys.get(budget);
    if (budget.by === null || number === undefined || lowered[number]) continue;
    while (lowered.length <= number) lowered.push(null);
    lowered[number] = lower({ ...context, module, hint: "counted_by" }, budget.by);
  }
  return lowered;
}
