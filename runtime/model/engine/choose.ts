/** In which order the models of a choice are asked. */
import type { ModelError, ModelErrorClass } from "../canonical/error.ts";
import type { ModelRequest } from "../canonical/request.ts";
import type { PoolConfiguration } from "../configuration.ts";
import { aliasesOf } from "./aliases.ts";
import { error } from "./failures.ts";
import { areParticular, fitting, nobodyFits, type Skipped } from "./fits.ts";
import { Hedging } from "./hedging.ts";
import type { HeldBudget } from "./purse.ts";
import { byKey, rank, Ranked, ruleOf } from "./ranking.ts";
import type { Shadowing } from "./shadow.ts";
import type { Target } from "./target.ts";

/** What is asked for a request: one model, or several of which the first that can answers. */
export interface Choice {
  readonly name: string;
  /** Most tokens of one answer; null: as the model and the client say. */
  readonly limit: number | null;
  /** Answers say what they cost. */
  readonly tellsCost: boolean;
  /** That every call counts in, beside those of the model that is asked. */
  readonly budgets: readonly HeldBudget[];
  /** Who is asked; or why nobody is, for the client. `random`: 0 ≤ n < 1. `key`: requests with the same one go to the same model; null: each for itself. */
  order(request: ModelRequest, random: () => number, key: string | null): Order | Unfit;
  /** Whether another model is asked after such an error. */
  movesOn(kind: ModelErrorClass): boolean;
  /** What a stream says where another model goes on with it; null: none does, the stream ends with an error. */
  readonly broken: { readonly saying: string | null } | null;
  /** When others are asked beside one that takes its time; null: never. */
  readonly hedging: Hedging | null;
  /** Who gets copies of its requests; null: nobody. */
  readonly shadowing: Shadowing | null;
}

export interface Order {
  /** One after the other; one that stands here twice is asked once. Never empty. */
  readonly targets: readonly Target[];
  /** So many of `targets`, at the head, are those that were chosen from: the next of them is asked where the one before cannot be asked this at all. */
  readonly chosen: number;
  /** Why the first is the first, for the log: a rule of `prefer`, "alias", "sticky" or "only". */
  readonly by: string;
  /** Under which name the answer goes out; null: the choice's. */
  readonly model: string | null;
  /** Who cannot take the request. */
  readonly skipped: readonly Skipped[];
}

/** Nobody is asked: for the client, and for the log who could not be and why. */
export interface Unfit extends ModelError {
  readonly skipped: readonly Skipped[];
}

const NOBODY: readonly Skipped[] = [];

export function only(target: Target): Choice {
  const usual: Order = { targets: [target], chosen: 1, by: "only", model: null, skipped: NOBODY };
  const particular = areParticular([target]);
  return {
    name: target.name,
    limit: null,
    tellsCost: target.configuration.costHeaders === true,
    budgets: [],
    order: (request) => {
      if (!particular) return usual;
      const { skipped } = fitting(request, usual.targets);
      return skipped.length === 0 ? usual : refusal(request, skipped, usual.targets);
    },
    movesOn: () => false,
    broken: null,
    hedging: null,
    shadowing: null,
  };
}

/** `targets` by name. */
export function pool(
  configuration: PoolConfiguration,
  targets: ReadonlyMap<string, Target>,
  budgets: readonly HeldBudget[] = [],
  shadowing: Shadowing | null = null,
): Choice {
  const { name, limit, prefer } = configuration;
  const found = (one: string): Target => {
    const target = targets.get(one);
    if (target === undefined) throw new Error(`${name} chooses the model "${one}", which is not configured`);
    return target;
  };
  const models = configuration.models.map(found);
  const fallback = configuration.fallback.map(found);
  if (models.length === 0) throw new Error(`${name} chooses from no models`);
  const classes = new Set<string>(configuration.on);
  const rules = prefer.map((rule) => ({ rule: ruleOf(rule, models), by: rule.by, when: rule.when }));
  const [first] = prefer;
  const weights = new Map(models.map((target, index) => [target, first?.weights?.[index] ?? 1]));
  const aliases = aliasesOf(
    (configuration.aliases ?? []).map((alias) => ({ name: alias.name, value: found(alias.model) })),
  );
  const strict = configuration.strict === true;
  const aliased = configuration.aliases !== undefined;
  const everybody = [...models, ...fallback];
  const members = [...new Set(everybody)];
  const particular = areParticular(members);
  const usual: Order = { targets: everybody, chosen: models.length, by: "order", model: null, skipped: NOBODY };

  /** The models to choose from in the order in which they are asked, all of which are in `given`. */
  const chosen = (
    given: readonly Target[],
    request: ModelRequest,
    random: () => number,
    key: string | null,
  ): { readonly targets: readonly Target[]; readonly by: string } => {
    if (key !== null) return { targets: byKey(key, given, weights), by: "sticky" };
    if (rules.length === 0) return { targets: given, by: "order" };
    return rank(rules, new Ranked(request, limit, random), given);
  };

  return {
    name,
    limit,
    tellsCost: configuration.costHeaders === true,
    budgets,
    order: (request, random, key) => {
      let from: readonly Target[] = models;
      let model: string | null = null;
      // Requests for something else than a conversation may name no model.
      if (aliased && request.model !== name && request.model !== "") {
        const one = aliases.find(request.model);
        if (one !== undefined) {
          from = [one];
          model = request.model;
        } else if (strict) return { ...unknownModel(request.model), skipped: NOBODY };
      }
      if (!particular && model === null && rules.length === 0 && key === null) return usual;
      const fits = particular ? fitting(request, members) : { targets: members, skipped: NOBODY };
      const { skipped } = fits;
      const able = (list: readonly Target[]): readonly Target[] =>
        skipped.length === 0 ? list : list.filter((target) => fits.targets.includes(target));
      const start = able(from);
      const { targets: head, by } =
        start.length < 2 ? { targets: start, by: "order" } : chosen(start, request, random, key);
      const all =
        fallback.length === 0 ? head : [...head, ...able(key === null ? fallback : byKey(key, fallback, weights))];
      if (all.length === 0) return refusal(request, skipped, members);
      // A fallback that could not take it has not been passed over where nobody came to it.
      const told =
        skipped.length === 0 ? skipped : skipped.filter((one) => from.some(({ name: of }) => of === one.model));
      return { targets: all, chosen: head.length, by: model === null ? by : "alias", model, skipped: told };
    },
    movesOn: (kind) => classes.has(kind),
    broken: configuration.broken ?? null,
    hedging: configuration.hedge === undefined ? null : new Hedging(configuration.hedge),
    shadowing,
  };
}

function refusal(request: ModelRequest, skipped: readonly Skipped[], targets: readonly Target[]): Unfit {
  const reasons = skipped.map(({ reason }) => reason);
  const contexts = targets.map(({ configuration }) => configuration.context);
  return { ...nobodyFits(request, reasons, contexts), skipped };
}

export function unknownModel(name: string): ModelError {
  return {
    ...error("not-found", 404, `The model \`${name.slice(0, 200)}\` does not exist here.`),
    code: "model_not_found",
    parameter: "model",
  };
}
