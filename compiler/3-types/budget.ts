/**
 * Budgets: of models and choices, whose `by` is worked out in each route that forwards to them, and of routes and policies, as a step. A key stands in the
 * ledger, the log and alerts, so it is judged like a line of the log.
 */
import { periodIn } from "../../runtime/model/money/period.ts";
import { walk } from "../1-syntax/walk.ts";
import type * as tree from "../1-syntax/tree.ts";
import { budgetSetting, budgetStepSettings } from "../vocabulary/settings/money.ts";
import type { BudgetKey, CheckedBudget, CheckedModel, StaticValue } from "./checked.ts";
import { type Body, type ModuleState, type ProgramState, report, sourceOf } from "./context.ts";
import { newBody } from "./body.ts";
import { settle } from "./failure.ts";
import { CALLER } from "./identify.ts";
import { checkLimitKey } from "./limit.ts";
import { edgesOf } from "./model-edge.ts";
import { modelNamed } from "./model.ts";
import { checkSettings, staticSetting } from "./setting.ts";
import { sinkLog } from "./sink.ts";

/** Once all models and choices are known. */
export function checkBudgets(program: ProgramState): void {
  for (const model of program.models.values()) {
    const written = model.node.settings.find(({ key }) => key.text === "budget");
    const amounts = model.settings.budget;
    if (!written || !Array.isArray(amounts)) continue;
    const body = newBody(program, model.module as ModuleState, "setting");
    const alerts = percentsOf(body, model.node.settings, model.settings.alerts);
    const items = written.value.kind === "list" ? written.value.items : [written.value];
    const zone = zoneOf(model.settings);
    const budgets = items.flatMap((node, index) => checkBudget(body, node, amounts[index], alerts, zone));
    if (budgets.length > 0) program.budgets.set(model, budgets);
    refuseTwice(body, budgets);
  }
}

/** `amount`: what the setting's value says of it. */
function checkBudget(
  body: Body,
  node: tree.Expression,
  amount: StaticValue | undefined,
  alerts: readonly number[],
  zone: string | null,
): CheckedBudget[] {
  if (typeof amount !== "object" || amount === null || !("limit" in amount)) return [];
  const { unit, currency, limit, period } = amount;
  if (typeof currency !== "string" || typeof limit !== "number") return [];
  const by = node.kind === "budget-amount" ? node.by : null;
  const named = node.kind === "budget-amount" ? node.instead : null;
  return [
    {
      module: body.module,
      node,
      unit: unit === "money" ? "money" : "tokens",
      currency,
      limit,
      period: periodIn(period === "month" ? "month" : Number(period), zone),
      by,
      byText: by === null ? "" : sourceOf(body.module, by).replace(/\s+/g, " "),
      instead: named === null ? null : modelNamed(body, named),
      alerts,
    },
  ];
}

function zoneOf({ time_zone: zone }: { readonly [name: string]: StaticValue }): string | null {
  return typeof zone === "string" ? zone : null;
}

/** Whole percent of a budget, ascending, each once. */
function percentsOf(body: Body, written: readonly tree.Setting[], alerts: StaticValue | undefined): readonly number[] {
  const list: readonly StaticValue[] = Array.isArray(alerts) ? alerts : [];
  const at = written.find(({ key }) => key.text === "alerts");
  const percents = list.flatMap((part) => {
    const percent = Number(part) * 100;
    const whole = Math.round(percent);
    if (Math.abs(percent - whole) < 1e-9 && whole >= 1) return [whole];
    if (at)
      report(body, at.value, "VGW3009", { value: `${percent}%`, range: "whole percent, 1% to 100%" }, "not this part");
    return [];
  });
  return [...new Set(percents)].sort((one, other) => one - other);
}

/** Two that count the same in the same periods: only the smaller would ever act. */
function refuseTwice(body: Body, budgets: readonly CheckedBudget[]): void {
  budgets.forEach((budget, index) => {
    const before = budgets
      .slice(0, index)
      .find((one) => one.unit === budget.unit && one.period === budget.period && one.byText === budget.byText);
    if (before)
      report(body, budget.node, "VGW3006", { name: "budget" }, "counts the same", {
        related: [{ node: before.node, text: "as this one" }],
        help: "keep the smaller one, or give them different periods or another `by`",
      });
  });
}

/** `budget $5/day by caller.id then local`: holds for whatever the route asks of models from here on. */
export function checkBudgetStep(body: Body, step: tree.BudgetStep): void {
  const settings = checkSettings(body, "budget", budgetStepSettings, step.settings, step);
  const amounts = staticSetting(body, budgetSetting, step.budget);
  const [amount] = Array.isArray(amounts) ? amounts : [];
  if (step.budget.by) checkKey(body, step.budget.by);
  const alerts = percentsOf(body, step.settings, settings.alerts);
  const [budget] = checkBudget(body, step.budget, amount, alerts, zoneOf(settings));
  if (!budget) return;
  const name = typeof settings.name === "string" ? settings.name : null;
  body.module.meanings.set(step.id, { kind: "budget", budget, name });
  body.budgets.push(budget);
}

function checkKey(body: Body, by: tree.Expression): void {
  const mark = body.failures.length;
  checkLimitKey(body, by);
  const type = body.module.types.get(by.id);
  if (type) sinkLog(body, by, type);
  settle(body, mark);
}

/** What the budgets count by of all models that a route's `forward` may come to, worked out where it stands. */
export function budgetKeys(body: Body, step: tree.ForwardStep, model: CheckedModel): readonly BudgetKey[] {
  const starts = [model, ...body.budgets.flatMap(({ instead }) => (instead === null ? [] : [instead]))];
  return [...new Set(starts.flatMap((start) => [...reached(start)]))].flatMap((one) =>
    (body.program.budgets.get(one) ?? []).flatMap((budget) => {
      const key = budget.by === null ? null : keyOf(body, step, one, budget, budget.by);
      return key === null ? [] : [key];
    }),
  );
}

/** The model or choice, and everything that it may lead to. */
export function reached(from: CheckedModel, seen: Set<CheckedModel> = new Set()): ReadonlySet<CheckedModel> {
  if (seen.has(from)) return seen;
  seen.add(from);
  for (const { to } of edgesOf(from)) reached(to, seen);
  return seen;
}

/** The model's file knows nothing of the route's names: only who calls, and the request. */
function keyOf(
  body: Body,
  step: tree.ForwardStep,
  owner: CheckedModel,
  budget: CheckedBudget,
  by: tree.Expression,
): BudgetKey | null {
  const { program } = body;
  const home = budget.module as ModuleState;
  const module: ModuleState = {
    ...home,
    of: home,
    types: new Map(),
    meanings: new Map(),
    canFail: new Set(),
    unwraps: new Set(),
  };
  const inner = newBody(program, module, "guard");
  const caller = body.scope.find(CALLER);
  if (caller) inner.scope.declare(CALLER, caller);
  const before = program.diagnostics.length;
  checkKey(inner, by);
  const found = program.diagnostics.splice(before);
  const [first] = found;
  if (!first) return { budget, module };
  // What is wrong wherever it stands is told once, as what it is.
  const here = mentionsCaller(by) && first.code !== "VGW5004";
  if (!here) {
    const told = program.diagnostics.some(
      ({ code, primary }) =>
        code === first.code &&
        primary.span.start === first.primary.span.start &&
        primary.span.file === first.primary.span.file,
    );
    if (!told) program.diagnostics.push(first);
    return null;
  }
  const identified = caller ? [{ node: { id: caller.declaration }, text: "who calls", module: caller.module }] : [];
  const at = step.service;
  report(
    body,
    at,
    "VGW7016",
    { model: owner.name, by: budget.byText },
    owner.name === at.text ? "its budget counts by it" : `may come to ${owner.name}, whose budget counts by it`,
    {
      related: [{ node: by, text: first.message, module: home }, ...identified],
      help: caller
        ? `let every identity of this route have it, or count by what they have: ${fieldsOf(caller.type)}`
        : "put `identify name` before it, or a policy that does, or leave `by` out",
    },
  );
  return null;
}

function fieldsOf(type: { readonly kind: string }): string {
  const fields = "fields" in type && Array.isArray(type.fields) ? type.fields : [];
  return fields.map(({ name }: { readonly name: string }) => `caller.${name}`).join(", ");
}

function mentionsCaller(by: tree.Expression): boolean {
  let found = false;
  walk(by, (node) => {
    if (node.kind === "reference" && node.name.text === CALLER) found = true;
    return !found;
  });
  return found;
}
