/** In which order the models of a choice are asked. */
import type { ModelError, ModelErrorClass } from "../canonical/error.ts";
import type { ModelRequest } from "../canonical/request.ts";
import type { PoolConfiguration } from "../configuration.ts";
import { rank, Ranked, ruleOf } from "./ranking.ts";
import type { HeldBudget } from "./purse.ts";
import type { Target } from "./target.ts";

/** What is asked for a request: one model, or several of which the first that can answers. */
export interface Choice {
  readonly name: string;
  /** Most tokens of one answer; null: as the model and the client say. */
  readonly limit: number | null;
  /** That every call counts in, beside those of the model that is asked. */
  readonly budgets: readonly HeldBudget[];
  /** `random`: 0 ≤ n < 1. */
  order(request: ModelRequest, random: () => number): Order | ModelError;
  /** Whether another model is asked after such an error. */
  movesOn(kind: ModelErrorClass): boolean;
  /** What a stream says where another model goes on with it; null: none does, the stream ends with an error. */
  readonly broken: { readonly saying: string | null } | null;
}

export interface Order {
  /** One after the other; one that stands here twice is asked once. Never empty. */
  readonly targets: readonly Target[];
  /** So many of `targets`, at the head, are those that were chosen from: the next of them is asked where the one before cannot be asked this at all. */
  readonly chosen: number;
  /** Why the first is the first, for the log: a rule of `prefer`, or "only". */
  readonly by: string;
}

export function only(target: Target): Choice {
  const order: Order = { targets: [target], chosen: 1, by: "only" };
  return { name: target.name, limit: null, budgets: [], order: () => order, movesOn: () => false, broken: null };
}

/** `targets` by name. */
export function pool(
  configuration: PoolConfiguration,
  targets: ReadonlyMap<string, Target>,
  budgets: readonly HeldBudget[] = [],
): Choice {
  const { name, limit, prefer } = configuration;
  const found = (names: readonly string[]): Target[] =>
    names.map((one) => {
      const target = targets.get(one);
      if (target === undefined) throw new Error(`${name} chooses the model "${one}", which is not configured`);
      return target;
    });
  const models = found(configuration.models);
  const fallback = found(configuration.fallback);
  if (models.length === 0) throw new Error(`${name} chooses from no models`);
  const classes = new Set<string>(configuration.on);
  const rules = prefer.map((rule) => ({ rule: ruleOf(rule, models), by: rule.by, when: rule.when }));
  const ordered = (chosen: readonly Target[], by: string): Order => ({
    targets: fallback.length === 0 ? chosen : [...chosen, ...fallback],
    chosen: chosen.length,
    by,
  });
  const usual = ordered(models, "order");
  return {
    name,
    limit,
    budgets,
    order: (request, random) => {
      if (rules.length === 0) return usual;
      const ranked = rank(rules, new Ranked(request, limit, random), models);
      return ordered(ranked.targets, ranked.by);
    },
    movesOn: (kind) => classes.has(kind),
    broken: configuration.broken ?? null,
  };
}
