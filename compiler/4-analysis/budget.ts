/**
 * What a budget needs of everything that may be asked under it: a price, a cap of the output, one currency. Without them nobody could say what a call may cost.
 * And what `then` leads to must come to an end.
 */
import { spanOf } from "../1-syntax/index.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import type { CheckedBudget, CheckedModel, CheckedProgram, CheckedRoute } from "../3-types/checked.ts";
import { edgesOf, type ModelEdge } from "../3-types/model-edge.ts";
import { modelPrice } from "../3-types/model-price.ts";
import { type Diagnostic, diagnose, type Label } from "../diagnostics/index.ts";
import { analyseBudgetNames } from "./budget-name.ts";

export function analyseBudgets(program: CheckedProgram): Diagnostic[] {
  const circles = [...program.budgets].flatMap(([owner, budgets]) => budgets.flatMap((one) => circle(owner, one)));
  // Each that stands on it finds it; one message is enough.
  if (circles.length > 0) return circles.slice(0, 1);
  // What has no answer of any length needs no cap.
  const told = new Set(withoutAnswers(program).map((model) => toldOf(model, "cap")));
  const owned = [...program.budgets].flatMap(([owner, budgets]) =>
    budgets.flatMap((budget) => needs(budget, [owner], told)),
  );
  return [
    ...owned,
    ...program.routes.flatMap((route) => inRoute(route, told)),
    ...program.models.flatMap((owner) => untellable(owner, told)),
    ...withoutBudget(program),
    ...analyseBudgetNames(program),
  ];
}

/** Models that are asked for vectors, judgements and counts alone. */
function withoutAnswers(program: CheckedProgram): readonly CheckedModel[] {
  const asked = { "forward-model": new Set<CheckedModel>(), "forward-operation": new Set<CheckedModel>() };
  for (const { module, node } of program.routes) {
    for (const below of nodesBelow(node)) {
      const kind = below.kind === "forward" ? module.meanings.get(below.id)?.kind : undefined;
      const start = below.kind === "forward" ? module.meanings.get(below.service.id) : undefined;
      if (start?.kind !== "model" || (kind !== "forward-model" && kind !== "forward-operation")) continue;
      for (const { model } of under([start.model])) asked[kind].add(model);
    }
  }
  return [...asked["forward-operation"]].filter((model) => !asked["forward-model"].has(model));
}

/** Settings of alerts that would never act. */
function withoutBudget(program: CheckedProgram): Diagnostic[] {
  const owners = program.models.filter((model) => !program.budgets.has(model));
  const { gateway } = program;
  const holders = [...program.policies, ...program.routes];
  const none = program.budgets.size === 0 && holders.every((holder) => budgetsBelow(holder).length === 0);
  const said = [
    ...owners.flatMap((owner) => ["alerts", "time_zone"].map((key) => ({ owner, key }))),
    ...(none && gateway ? [{ owner: gateway, key: "alert" }] : []),
  ];
  return said.flatMap(({ owner: { module, node }, key }) => {
    const written = node.settings.find((setting) => setting.key.text === key);
    // A budget that could not be read has been told of.
    if (!written || node.settings.some((setting) => setting.key.text === "budget")) return [];
    const at = {
      span: spanOf(module.tree, written.id),
      text: key === "time_zone" ? "whose periods?" : "told of what?",
    };
    return [
      diagnose("VGW7025", { setting: key }, at, { help: "add a budget, such as budget: $25/day, or leave it out" }),
    ];
  });
}

/** Whose cost is to be told needs a price, on every way. */
function untellable(owner: CheckedModel, told: Set<string>): Diagnostic[] {
  const written = owner.node.settings.find(({ key }) => key.text === "cost_headers");
  if (!written || owner.settings.cost_headers !== true) return [];
  const related = [{ span: spanOf(owner.module.tree, written.id), text: "its cost is to be told" }];
  return under([owner]).flatMap(({ model }) => {
    const key = `${model.module.tree.file} ${model.name} price`;
    if (told.has(key) || modelPrice(model) !== null) return [];
    told.add(key);
    return [unpriced(model, related)];
  });
}

/** From a model by `then` back to it: a request would never find the end. */
function circle(owner: CheckedModel, budget: CheckedBudget): Diagnostic[] {
  if (budget.instead === null) return [];
  const seen = new Set<CheckedModel>();
  const wayBack = (at: CheckedModel): readonly ModelEdge[] | null => {
    if (seen.has(at)) return null;
    seen.add(at);
    for (const edge of edgesOf(at)) {
      if (edge.to === owner) return [edge];
      const rest = wayBack(edge.to);
      if (rest) return [edge, ...rest];
    }
    return null;
  };
  const back = budget.instead === owner ? [] : wayBack(budget.instead);
  if (back === null) return [];
  return [
    diagnose(
      "VGW7017",
      { model: owner.name },
      { span: spanOf(budget.module.tree, budget.node.id), text: `goes to ${budget.instead.name}` },
      {
        related: back.map(({ from, to, name }) => ({
          span: spanOf(from.module.tree, name.id),
          text: `from ${from.name} to ${to.name}`,
        })),
        help: "let `then` name a model that leads nowhere else, such as one of your own",
      },
    ),
  ];
}

/** The route's own budgets, and those of its policies. */
function inRoute({ module, node }: CheckedRoute, told: Set<string>): Diagnostic[] {
  const policies = node.policies.flatMap((use) => {
    const meaning = module.meanings.get(use.id);
    return meaning?.kind === "policy" ? [meaning.policy] : [];
  });
  const own = budgetsBelow({ module, node });
  const all = [...policies.flatMap(budgetsBelow), ...own];
  const [first] = own;
  if (all.length === 0) return [];
  const models = nodesBelow(node).flatMap((below) => {
    const meaning = below.kind === "forward" ? module.meanings.get(below.service.id) : undefined;
    return meaning?.kind === "model" ? [meaning.model] : [];
  });
  if (models.length === 0) {
    if (!first) return [];
    const at = { span: spanOf(module.tree, first.node.id), text: "nothing is paid for here" };
    return [diagnose("VGW7018", {}, at, { help: "forward to a model behind it, or leave it out" })];
  }
  return all.flatMap((budget) => needs(budget, models, told));
}

function budgetsBelow({
  module,
  node,
}: Pick<CheckedRoute, "module"> & { readonly node: Parameters<typeof nodesBelow>[0] }): CheckedBudget[] {
  return nodesBelow(node).flatMap((below) => {
    const meaning = below.kind === "budget" ? module.meanings.get(below.id) : undefined;
    return meaning?.kind === "budget" ? [meaning.budget] : [];
  });
}

/** `told`: what has been said of which model. */
function needs(budget: CheckedBudget, starts: readonly CheckedModel[], told: Set<string>): Diagnostic[] {
  const related = [{ span: spanOf(budget.module.tree, budget.node.id), text: "counts in this budget" }];
  const from = budget.instead === null ? starts : [...starts, budget.instead];
  const found: Diagnostic[] = [];
  for (const { model, capped } of under(from)) {
    const tell = (problem: string, make: () => Diagnostic): void => {
      const key = toldOf(model, problem);
      if (!told.has(key)) found.push(make());
      told.add(key);
    };
    const price = modelPrice(model, budget.currency === "" ? undefined : budget.currency);
    if (price === null) tell("price", () => unpriced(model, related));
    else if (budget.unit === "money" && price.currency !== budget.currency)
      tell(`currency ${budget.currency}`, () => foreign(model, price.currency, budget.currency, related));
    if (!capped) tell("cap", () => uncapped(model, starts, related));
  }
  return found;
}

function toldOf(model: CheckedModel, problem: string): string {
  return `${model.module.tree.file} ${model.name} ${problem}`;
}

interface Under {
  readonly model: CheckedModel;
  /** Its output has a cap, over whichever way it is asked. */
  readonly capped: boolean;
}

/** Every model at a provider that may be asked. */
function under(starts: readonly CheckedModel[]): readonly Under[] {
  const capped = new Map<CheckedModel, boolean>();
  const seen = new Set<string>();
  const ids = new Map<CheckedModel, number>();
  const visit = (at: CheckedModel, limited: boolean): void => {
    const id = ids.get(at) ?? ids.size;
    ids.set(at, id);
    if (seen.has(`${id} ${limited}`)) return;
    seen.add(`${id} ${limited}`);
    const now = limited || typeof at.settings.limit === "number";
    if (at.provider !== null) {
      const own = now || typeof at.settings.max_output === "number";
      capped.set(at, (capped.get(at) ?? true) && own);
    }
    for (const { to } of edgesOf(at)) visit(to, now);
  };
  for (const start of starts) visit(start, false);
  return [...capped].map(([model, isCapped]) => ({ model, capped: isCapped }));
}

function placeOf({ module, node }: CheckedModel, text: string): Label {
  return { span: spanOf(module.tree, node.name.id), text };
}

function unpriced(model: CheckedModel, related: readonly Label[]): Diagnostic {
  return diagnose("VGW7012", { model: model.name }, placeOf(model, "its price is not known"), {
    related,
    help: "add what the provider asks: price: { in: $0.40/Mtok, out: $1.60/Mtok }, or price: free",
  });
}

function foreign(model: CheckedModel, price: string, budget: string, related: readonly Label[]): Diagnostic {
  return diagnose("VGW7014", { model: model.name, price, budget }, placeOf(model, `costs ${price}`), {
    related,
    help: "write the budget in the currency of the prices",
  });
}

function uncapped(model: CheckedModel, starts: readonly CheckedModel[], related: readonly Label[]): Diagnostic {
  const choice = starts.find((start) => start.choice !== null);
  return diagnose("VGW7013", { model: model.name }, placeOf(model, "an answer may be of any length"), {
    related,
    help:
      choice === undefined
        ? "add max_output: 4000tok"
        : `add max_output: 4000tok to ${model.name}, or limit: 4000tok to ${choice.name}`,
  });
}
