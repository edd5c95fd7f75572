/**
 * Which models of a choice are asked for a request, and in which order. Nothing is measured and nothing else is under way here, so whatever asks for speed or
 * load finds all models alike, and conditions on them hold.
 */
import type { ModelConfiguration, PreferenceRule } from "../../../runtime/model/configuration.ts";
import type { ModelRequest } from "../../../runtime/model/canonical/request.ts";
import type { ModelError } from "../../../runtime/model/canonical/error.ts";
import { unknownModel } from "../../../runtime/model/engine/choose.ts";
import { estimatedTokens } from "../../../runtime/model/engine/estimate.ts";
import { type Misfit, nobodyFits, type RequiredFeature } from "../../../runtime/model/engine/fits.ts";
import { hashText } from "../../../runtime/value/hash-text.ts";
import type { PoolPlan } from "../plan.ts";

export interface Candidates {
  /** The next of them is asked where the one before cannot be asked this at all. */
  readonly chosen: readonly string[];
  /** The next of them is asked where the one before has failed. */
  readonly fallback: readonly string[];
}

export interface Asking {
  readonly request: ModelRequest;
  readonly random: () => number;
  readonly configuration: (name: string) => ModelConfiguration;
  /** What the request belongs to; null: nothing. */
  readonly key: string | null;
}

export function candidates(pool: PoolPlan, asking: Asking): Candidates | ModelError {
  const { request } = asking;
  const named = aliasOf(pool, request);
  if (named === null && pool.strict === true && request.model !== pool.name && request.model !== "")
    return unknownModel(request.model);
  const members = [...new Set([...pool.models, ...pool.fallback])];
  const misfits = new Map(members.map((name) => [name, misfitOf(request, asking.configuration(name))]));
  const able = (names: readonly string[]): readonly string[] => names.filter((name) => misfits.get(name) === null);
  const chosen = ordered(able(named === null ? pool.models : [named]), pool, asking);
  const fallback = able(asking.key === null ? pool.fallback : byKey(asking.key, pool.fallback, pool));
  if (chosen.length + fallback.length > 0) return { chosen, fallback };
  const reasons = [...misfits.values()].filter((reason) => reason !== null);
  return nobodyFits(
    request,
    reasons,
    members.map((name) => asking.configuration(name).context),
  );
}

/** One that is asked alone cannot take the request; null: it can. */
export function refusedAlone(request: ModelRequest, configuration: ModelConfiguration): ModelError | null {
  const reason = misfitOf(request, configuration);
  return reason === null ? null : nobodyFits(request, [reason], [configuration.context]);
}

/** The model that the client means by its name for one; null: it means the choice. */
export function aliasOf({ name, aliases = [] }: PoolPlan, { model }: ModelRequest): string | null {
  if (model === name || model === "") return null;
  const meant = aliases.filter((one) =>
    one.name.endsWith("*") ? model.startsWith(one.name.slice(0, -1)) : one.name === model,
  );
  const exact = meant.find((one) => one.name === model);
  return (exact ?? meant.toSorted((a, b) => b.name.length - a.name.length)[0])?.model ?? null;
}

/** What of the request the model does not take, the first that is found. */
function misfitOf(request: ModelRequest, { context, lacks = [] }: ModelConfiguration): Misfit | null {
  const parts = request.turns.flatMap((turn) =>
    turn.parts.flatMap((part) => [part, ...(part.type === "tool-result" ? part.parts : [])]),
  );
  const uses: { readonly [feature in RequiredFeature]: boolean } = {
    tools: request.tools.length > 0,
    "image-base64": parts.some((part) => part.type === "image" && part.source.kind !== "url"),
    "image-url": parts.some((part) => part.type === "image" && part.source.kind === "url"),
    audio: parts.some(({ type }) => type === "audio"),
    file: parts.some(({ type }) => type === "file"),
    "json-object": request.format.kind === "json",
    "json-schema": request.format.kind === "schema",
  };
  const lacking = lacks.find((feature) => uses[feature]);
  if (lacking !== undefined) return lacking;
  return context !== undefined && estimatedTokens(request) > context ? "context" : null;
}

function ordered(models: readonly string[], pool: PoolPlan, asking: Asking): readonly string[] {
  if (models.length < 2) return models;
  if (asking.key !== null) return byKey(asking.key, models, pool);
  const chosen: string[] = [];
  for (const rule of pool.prefer) {
    const taken = models.filter((name) => !chosen.includes(name) && applies(rule, asking.request));
    if (taken.length > 0) chosen.push(...ranked(rule, taken, pool, asking));
  }
  return [...chosen, ...models.filter((name) => !chosen.includes(name))];
}

/** Each model draws a lot for the key, by its weight. */
function byKey(key: string, models: readonly string[], pool: PoolPlan): readonly string[] {
  const drawn = (name: string): number => {
    const weight = pool.prefer[0]?.weights?.[pool.models.indexOf(name)] ?? 1;
    return Math.log((hashText(`${key}\n${name}`) + 0.5) / 2 ** 32) / weight;
  };
  return models.toSorted((a, b) => drawn(b) - drawn(a));
}

function applies({ when }: PreferenceRule, request: ModelRequest): boolean {
  return when.every(({ of, operator, value }) => {
    if (of === "p50" || of === "p95") return true;
    const found = of === "context" ? estimatedTokens(request) : 0;
    const order = Math.sign(found - value);
    return order === 0 ? operator.endsWith("=") : operator.startsWith(order < 0 ? "<" : ">");
  });
}

function ranked(rule: PreferenceRule, names: readonly string[], pool: PoolPlan, asking: Asking): readonly string[] {
  switch (rule.by) {
    case "weights":
      return drawn(rule, names, pool, asking);
    case "cheapest": {
      const { ranked: fixed } = rule;
      if (fixed !== undefined) return fixed.filter((name) => names.includes(name));
      return names.toSorted((a, b) => costOf(a, pool, asking) - costOf(b, pool, asking));
    }
    default:
      return names;
  }
}

function drawn(rule: PreferenceRule, names: readonly string[], pool: PoolPlan, { random }: Asking): readonly string[] {
  const weightOf = (name: string): number => rule.weights?.[pool.models.indexOf(name)] ?? 1;
  let left = random() * names.reduce((sum, name) => sum + weightOf(name), 0);
  const first = names.find((name) => {
    left -= weightOf(name);
    return left < 0;
  });
  const head = first ?? names.at(-1) ?? "";
  return [head, ...names.filter((name) => name !== head)];
}

/** Of the estimated prompt and an answer as long as it may be, or of a thousand tokens where nobody says. */
function costOf(name: string, pool: PoolPlan, { request, configuration }: Asking): number {
  const { price } = configuration(name);
  if (price === undefined) return Number.MAX_VALUE;
  const caps = [request.maxOutput, pool.limit].filter((cap) => cap !== null);
  const output = (caps.length === 0 ? 1000 : Math.min(...caps)) * request.count;
  const prompt = estimatedTokens(request);
  const { input, output: out } = price.bands.findLast(({ above }) => prompt > above)?.rates ?? price.rates;
  return price.request * 1_000_000 + prompt * input + output * out;
}
