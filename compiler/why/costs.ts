/**
 * The most that requests to models can cost, route by route: the largest prompt and answer at the dearest rate, for each model that may be asked, and in a minute under the
 * route's limits. Facts from the checked program only; nothing runs. Where nothing bounds it, why.
 */
import type * as tree from "../1-syntax/tree.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import { constantValue } from "../3-types/constant-value.ts";
import type { CheckedBudget, CheckedModel, CheckedModule, CheckedProgram, CheckedRoute } from "../3-types/checked.ts";
import { edgesOf, type ModelEdge } from "../3-types/model-edge.ts";
import { modelPrice } from "../3-types/model-price.ts";
import { operationOf } from "../vocabulary/operations.ts";
import { instructionBytes } from "./instructions.ts";
import { formatAmount } from "../../runtime/model/money/amount.ts";
import { worstCost } from "../../runtime/model/money/worst-case.ts";

/** What is put around a conversation and its tools, as `worst-case.ts` counts it. */
const AROUND = 64 + 1024;
/** No part of a request that stands for an image is shorter. */
const SHORTEST_IMAGE = 32;
const MINUTE = 60_000;

export interface RouteCosts {
  readonly route: string;
  /** Bytes. */
  readonly body: number;
  readonly models: readonly ModelCosts[];
  /** The dearest of `models` with all that stand in for it; null: unbounded. */
  readonly request: Amounts | null;
  readonly limits: readonly LimitCosts[];
  readonly budgets: readonly string[];
}

/** Pico-units by currency. */
export type Amounts = ReadonlyMap<string, bigint>;

export interface ModelCosts {
  readonly model: string;
  /** How it is come to, from what the route names: "assistant", "fallback of assistant". */
  readonly way: string;
  /** Most tokens in, and of one answer; null: nothing bounds them. */
  readonly prompt: number | null;
  readonly output: number | null;
  /** Of one call; null: unbounded. */
  readonly worst: { readonly amount: bigint; readonly currency: string } | null;
  /** Why nothing bounds it; "": something does. */
  readonly reason: string;
}

export interface LimitCosts {
  /** As it is written: "60/min by caller.id". */
  readonly limit: string;
  /** For each value of what it counts by, or of all together; null: unbounded. */
  readonly minute: Amounts | null;
}

export function costsOf(program: CheckedProgram): readonly RouteCosts[] {
  const settings = program.gateway?.settings.limits;
  const usual = typeof settings === "object" && settings !== null && "body" in settings ? settings.body : null;
  return program.routes.flatMap((route) => routeCosts(program, route, typeof usual === "number" ? usual : 1_000_000));
}

function routeCosts(program: CheckedProgram, route: CheckedRoute, usualBody: number): RouteCosts[] {
  const asked = nodesBelow(route.node).flatMap((node) => {
    const meaning = node.kind === "forward" ? route.module.meanings.get(node.service.id) : undefined;
    return meaning?.kind === "model" && !isCount(route, node) ? [meaning.model] : [];
  });
  if (asked.length === 0) return [];
  const answers = nodesBelow(route.node).some(({ id }) => route.module.meanings.get(id)?.kind === "forward-model");
  const holders = [route, ...policiesOf(route)];
  const own = holders.flatMap(budgetsBelow);
  const starts = [...asked, ...own.flatMap(({ instead }) => (instead === null ? [] : [instead]))];
  const body = typeof route.settings.body === "number" ? route.settings.body : usualBody;
  const instructions = instructionBytes(route);
  const reached = reachedFrom(starts);
  const models = reached.flatMap((one) =>
    one.model.provider === null ? [] : [modelCosts(one, body, instructions, answers)],
  );
  const request = sumOf(models);
  const owners = [...new Set(reached.map(({ model }) => model))];
  const budgets = [
    ...own.map((budget) => sourceOf(budget.module, budget.node)),
    ...owners.flatMap((owner) =>
      (program.budgets.get(owner) ?? []).map((budget) => `${owner.name}: ${sourceOf(budget.module, budget.node)}`),
    ),
  ];
  const limits = holders.flatMap((holder) => limitsBelow(holder, request));
  return [{ route: route.name, body, models, request, limits, budgets: [...new Set(budgets)] }];
}

function policiesOf({ module, node }: CheckedRoute): Pick<CheckedProgram["policies"][number], "module" | "node">[] {
  return node.policies.flatMap((use) => {
    const meaning = module.meanings.get(use.id);
    return meaning?.kind === "policy" ? [meaning.policy] : [];
  });
}

type Holder = { readonly module: CheckedModule; readonly node: tree.Route | tree.Policy };

function budgetsBelow({ module, node }: Holder): CheckedBudget[] {
  return nodesBelow(node).flatMap((below) => {
    const meaning = below.kind === "budget" ? module.meanings.get(below.id) : undefined;
    return meaning?.kind === "budget" ? [meaning.budget] : [];
  });
}

interface Reached {
  readonly model: CheckedModel;
  /** The cap that choices on the way put on its output; null: none. */
  readonly limit: number | null;
  readonly edge: ModelEdge | null;
}

/** Each model and choice over its first way with the loosest cap. */
function reachedFrom(starts: readonly CheckedModel[]): readonly Reached[] {
  const found = new Map<CheckedModel, Reached>();
  const visit = (model: CheckedModel, before: number | null, edge: ModelEdge | null): void => {
    const own = model.settings.limit;
    const limit = typeof own === "number" ? Math.min(own, before ?? own) : before;
    const known = found.get(model);
    if (known !== undefined && (known.limit === null || (limit !== null && limit <= known.limit))) return;
    found.set(model, { model, limit, edge: known?.edge ?? edge });
    for (const next of edgesOf(model)) visit(next.to, limit, next);
  };
  for (const start of starts) visit(start, null, null);
  return [...found.values()];
}

/** `instructions`: bytes that the program adds to the client's. */
/** Counting tokens costs nothing. */
function isCount({ module }: CheckedRoute, node: { readonly id: number }): boolean {
  const meaning = module.meanings.get(node.id);
  return meaning?.kind === "forward-operation" && operationOf(meaning.client)?.operation === "count-tokens";
}

/** `answers`: conversations are answered; what else is asked has no output. */
function modelCosts({ model, limit, edge }: Reached, body: number, instructions: number, answers: boolean): ModelCosts {
  const way = edge === null ? "asked" : `${edge.by} of ${edge.from.name}`;
  const price = modelPrice(model);
  const cap = model.settings.max_output;
  const caps = [limit, typeof cap === "number" ? cap : null].flatMap((one) => one ?? []);
  const context = price?.context ?? null;
  const output = !answers ? 0 : caps.length > 0 ? Math.min(...caps) : context;
  // An image costs more than its bytes say.
  const images = Math.ceil(body / SHORTEST_IMAGE) * (price?.imageTokens ?? 0);
  const most = Math.max(body, images) + instructions + AROUND;
  const prompt = price === null ? null : Math.min(most, context ?? Number.POSITIVE_INFINITY);
  const told = { model: model.name, way, prompt, output };
  if (price === null) return { ...told, worst: null, reason: "its price is not known" };
  if (output === null) return { ...told, worst: null, reason: "an answer may be of any length: give it max_output" };
  const amount = worstCost(price, { tokens: prompt ?? 0, audio: true, hour: true }, output);
  return { ...told, worst: { amount, currency: price.currency }, reason: "" };
}

/** One request may ask each of them, and each may have to be paid for. */
function sumOf(models: readonly ModelCosts[]): Amounts | null {
  const sums = new Map<string, bigint>();
  for (const { worst } of models) {
    if (worst === null) return null;
    if (worst.amount > 0n) sums.set(worst.currency, (sums.get(worst.currency) ?? 0n) + worst.amount);
  }
  return sums;
}

function limitsBelow({ module, node }: Holder, request: Amounts | null): LimitCosts[] {
  return nodesBelow(node).flatMap((step): LimitCosts[] => {
    if (step.kind !== "limit") return [];
    const by = step.by === null ? "" : ` by ${sourceOf(module, step.by)}`;
    const limit = `${sourceOf(module, step.rate)}${by}`;
    const rate = constantValue(step.rate);
    const burst = step.settings.find(({ key }) => key.text === "burst")?.value;
    const most = burst === undefined ? null : constantValue(burst);
    if (!isRate(rate) || request === null) return [{ limit, minute: null }];
    // What was saved up, and what comes in a minute.
    const saved = typeof most === "number" ? most : rate.count;
    const calls = BigInt(saved + Math.ceil((rate.count * MINUTE) / rate.per));
    return [{ limit, minute: new Map([...request].map(([currency, amount]) => [currency, amount * calls])) }];
  });
}

function isRate(value: unknown): value is { readonly count: number; readonly per: number } {
  return typeof value === "object" && value !== null && "count" in value && "per" in value;
}

/** On one line. */
function sourceOf({ tree }: CheckedModule, node: { readonly id: tree.NodeId }): string {
  const first = tree.tokens[tree.firstToken[node.id] ?? 0];
  const last = tree.tokens[tree.lastToken[node.id] ?? 0];
  return tree.text.slice(first?.start ?? 0, last?.end ?? 0).replace(/\s+/g, " ");
}

export function costsText(routes: readonly RouteCosts[]): string {
  if (routes.length === 0) return "no route asks a model\n";
  return `${routes.map(routeText).join("\n")}\nEach answer beyond the first that a request asks for (n) costs its output once more.\n`;
}

function routeText({ route, body, models, request, limits, budgets }: RouteCosts): string {
  const lines = [`${route}  (body up to ${body.toLocaleString("en-US")} bytes)`];
  for (const { model, way, prompt, output, worst, reason } of models) {
    const size = `${tokens(prompt)} in, ${tokens(output)} out`;
    const most = worst === null ? `unbounded: ${reason}` : callText(worst);
    lines.push(`  ${model} (${way}): ${size}: ${most}`);
  }
  if (models.length > 1)
    lines.push(`  a request, should it come to all of them: ${request === null ? "unbounded" : money(request)}`);
  for (const { limit, minute } of limits)
    lines.push(`  limit ${limit}: ${minute === null ? "unbounded" : `${money(minute)} in a minute`}`);
  if (limits.length === 0) lines.push("  no limit: nothing bounds how many calls there are");
  for (const budget of budgets) lines.push(`  budget ${budget}`);
  return `${lines.join("\n")}\n`;
}

export function callText({ amount, currency }: NonNullable<ModelCosts["worst"]>): string {
  return amount === 0n ? "free" : `at most ${formatAmount(amount)} ${currency} a call`;
}

function tokens(count: number | null): string {
  return count === null ? "any number of tokens" : `${count.toLocaleString("en-US")} tok`;
}

function money(amounts: Amounts): string {
  if (amounts.size === 0) return "nothing";
  return [...amounts].map(([currency, amount]) => `${formatAmount(amount)} ${currency}`).join(" and ");
}

/** As data: amounts as decimal texts. */
export function costsJson(routes: readonly RouteCosts[]): unknown {
  const plain = (amounts: Amounts | null): unknown =>
    amounts === null
      ? null
      : Object.fromEntries([...amounts].map(([currency, amount]) => [currency, formatAmount(amount)]));
  return routes.map(({ models, request, limits, ...route }) => ({
    ...route,
    models: models.map(({ worst, ...model }) => ({
      ...model,
      worst: worst === null ? null : { amount: formatAmount(worst.amount), currency: worst.currency },
    })),
    request: plain(request),
    limits: limits.map(({ limit, minute }) => ({ limit, minute: plain(minute) })),
  }));
}
