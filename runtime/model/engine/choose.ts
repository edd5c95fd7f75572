/** In which order the models of a choice are asked. */
import type { ModelErrorClass } from "../canonical/error.ts";
import type { PoolConfiguration } from "../configuration.ts";
import type { Budget } from "../money/budget.ts";
import type { Target } from "./target.ts";

/** What is asked for a request: one model, or several of which the first that can answers. */
export interface Choice {
  readonly name: string;
  /** Most tokens of one answer; null: as the model and the client say. */
  readonly limit: number | null;
  /** Where a stream breaks off, the next model goes on; null: it ends with an error. */
  readonly broken: { readonly saying: string | null } | null;
  /** That every call counts in, beside those of the model that is asked. */
  readonly budgets: readonly Budget[];
  /** `random`: 0 ≤ n < 1. Never empty. */
  order(random: () => number): readonly Target[];
  /** Whether another model is asked after such an error. */
  movesOn(kind: ModelErrorClass): boolean;
}

export function only(target: Target): Choice {
  const order = [target];
  return { name: target.name, limit: null, broken: null, budgets: [], order: () => order, movesOn: () => false };
}

/** `targets` by name. */
export function pool(
  configuration: PoolConfiguration,
  targets: ReadonlyMap<string, Target>,
  budgets: readonly Budget[] = [],
): Choice {
  const { name, limit, prefer, weights } = configuration;
  const found = (names: readonly string[]): Target[] =>
    names.map((one) => {
      const target = targets.get(one);
      if (target === undefined) throw new Error(`${name} chooses the model "${one}", which is not configured`);
      return target;
    });
  const models = found(configuration.models);
  const fallback = found(configuration.fallback);
  const classes = new Set<string>(configuration.on);
  const behind = (first: Target): Target[] => [first, ...fallback.filter((one) => one !== first)];
  // One list for each model that may be first, made once.
  const orders = models.map(behind);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const drawn = (random: () => number): readonly Target[] => {
    let left = random() * sum;
    for (let index = 0; index < orders.length; index++) {
      left -= weights[index]!;
      if (left < 0) return orders[index]!;
    }
    return orders[orders.length - 1]!;
  };
  const [first] = orders;
  if (first === undefined) throw new Error(`${name} chooses from no models`);
  return {
    name,
    limit,
    broken: configuration.broken ?? null,
    budgets,
    order: prefer === "weights" ? drawn : () => first,
    movesOn: (kind) => classes.has(kind),
  };
}
