/**
 * By which the models of a choice are ranked for one request: its price, how fast each has been, what each is doing. Each rule ranks those for which its
 * conditions hold, in its turn; what no rule takes stays in order behind them.
 */
import { hashText } from "../../value/hash-text.ts";
import type { ModelRequest } from "../canonical/request.ts";
import type { Comparison, PreferenceRule } from "../configuration.ts";
import { ratesFor } from "../money/price.ts";
import { estimatedTokens } from "./estimate.ts";
import type { Target } from "./target.ts";

/** Tokens of an answer that nobody caps, for comparing prices. */
const UNCAPPED = 1000;
/** Tokens for which models are timed: those of an ordinary answer. */
const TIMED = 200;

/** One request as the rules look at it; what is asked twice is worked out once. */
export class Ranked {
  readonly request: ModelRequest;
  /** Most tokens of the answer that the client or the choice allows; null: any. */
  readonly output: number | null;
  readonly random: () => number;
  #tokens = -1;

  constructor(request: ModelRequest, limit: number | null, random: () => number) {
    const { maxOutput } = request;
    this.request = request;
    this.output = maxOutput === null ? limit : limit === null ? maxOutput : Math.min(maxOutput, limit);
    this.random = random;
  }

  get tokens(): number {
    if (this.#tokens < 0) this.#tokens = estimatedTokens(this.request);
    return this.#tokens;
  }
}

/** A rule, its targets and what it needs of them resolved. */
export type Rule = (ranked: Ranked, targets: readonly Target[]) => readonly Target[];

/** Whether it must be known how fast models are. */
export function asksForSpeed(rules: readonly PreferenceRule[]): boolean {
  return rules.some(({ by, when }) => by === "fastest" || when.some(({ of }) => of === "p50" || of === "p95"));
}

/** `targets`: of the pool, in its order. */
export function ruleOf(rule: PreferenceRule, targets: readonly Target[]): Rule {
  switch (rule.by) {
    case "order":
      return (_, given) => given;
    case "weights": {
      const weights = new Map(targets.map((target, index) => [target, rule.weights?.[index] ?? 1]));
      return (ranked, given) => byWeight(ranked.random, given, weights);
    }
    case "cheapest": {
      const { ranked: fixed } = rule;
      if (fixed === undefined) return byPrice;
      const places = new Map(targets.map((target) => [target, fixed.indexOf(target.name)]));
      return (_, given) => sorted(given, (target) => places.get(target) ?? 0);
    }
    case "fastest":
      return bySpeed;
    case "least_loaded":
      return (_, given) => sorted(given, loadOf);
  }
}

export function rank(
  rules: readonly { readonly rule: Rule; readonly by: string; readonly when: readonly Comparison[] }[],
  ranked: Ranked,
  targets: readonly Target[],
): { readonly targets: readonly Target[]; readonly by: string } {
  let left = targets;
  let found: readonly Target[] = [];
  let first = "order";
  for (const { rule, by, when } of rules) {
    const taken = when.length === 0 ? left : left.filter((target) => when.every((one) => holds(one, ranked, target)));
    if (taken.length === 0) continue;
    if (found.length === 0) first = by;
    found = [...found, ...rule(ranked, taken)];
    left = taken.length === left.length ? [] : left.filter((target) => !taken.includes(target));
    if (left.length === 0) break;
  }
  return { targets: [...found, ...left], by: first };
}

function holds({ of, operator, value }: Comparison, ranked: Ranked, target: Target): boolean {
  const measured = measuredFor(of, ranked, target);
  if (measured === null) return true;
  switch (operator) {
    case "<":
      return measured < value;
    case "<=":
      return measured <= value;
    case ">":
      return measured > value;
    case ">=":
      return measured >= value;
  }
}

function measuredFor(of: Comparison["of"], ranked: Ranked, target: Target): number | null {
  switch (of) {
    case "context":
      return ranked.tokens;
    case "in_flight":
      return loadOf(target);
    case "p50":
      return target.speed?.quantile(ranked.request.stream, 0.5) ?? null;
    case "p95":
      return target.speed?.quantile(ranked.request.stream, 0.95) ?? null;
  }
}

function loadOf({ connections }: Target): number {
  return connections.load ?? 0;
}

/** Equals stay as they are. */
function sorted(targets: readonly Target[], measure: (target: Target) => number): readonly Target[] {
  if (targets.length < 2) return targets;
  const keyed = targets.map((target) => ({ target, key: measure(target) }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ target }) => target);
}

/**
 * Requests with the same key have the same order, whatever else is asked: by rendezvous, so that a model that goes takes only its own keys along, and each
 * has its share of them by its weight.
 */
export function byKey(
  key: string,
  targets: readonly Target[],
  weights: ReadonlyMap<Target, number>,
): readonly Target[] {
  return sorted(targets, (target) => {
    const lot = (hashText(`${key}\n${target.name}`) + 0.5) / 2 ** 32;
    return Math.log(lot) / -(weights.get(target) ?? 1);
  });
}

/** One by chance at the head, the others in order. */
function byWeight(
  random: () => number,
  targets: readonly Target[],
  weights: ReadonlyMap<Target, number>,
): readonly Target[] {
  let sum = 0;
  for (const target of targets) sum += weights.get(target) ?? 1;
  let left = random() * sum;
  let drawn = targets.length - 1;
  for (let index = 0; index < drawn; index++) {
    left -= weights.get(targets[index]!) ?? 1;
    if (left < 0) drawn = index;
  }
  return drawn === 0 ? targets : [targets[drawn]!, ...targets.filter((_, index) => index !== drawn)];
}

/** What this request costs: its estimated prompt, and an answer as long as it may be. */
function byPrice(ranked: Ranked, targets: readonly Target[]): readonly Target[] {
  const output = (ranked.output ?? UNCAPPED) * ranked.request.count;
  return sorted(targets, ({ configuration: { price } }) => {
    if (price === undefined) return Number.POSITIVE_INFINITY;
    const rates = ratesFor(price, ranked.tokens);
    // Pico-units, as elsewhere: micro-units for a million tokens are pico-units for one.
    return ranked.tokens * rates.input + output * rates.output + price.request * 1e6;
  });
}

/**
 * How long an ordinary answer takes of each, as measured. A model of which nothing is known, or not for some time, goes first, but with one request at a
 * time: so one that was slow once is asked again, and one that is slow holds up nobody but one.
 */
function bySpeed(ranked: Ranked, targets: readonly Target[]): readonly Target[] {
  const tokens = Math.min(ranked.output ?? TIMED, TIMED);
  return sorted(targets, (target) => {
    const expected = target.speed?.expected(ranked.request.stream, tokens) ?? null;
    if (expected !== null) return expected;
    return loadOf(target) === 0 ? -1 : Number.POSITIVE_INFINITY;
  });
}
