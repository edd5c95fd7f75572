/**
 * Which models of a choice are asked for a request, and in which order. Nothing is measured and nothing else is under way here, so whatever asks for speed or
 * load finds all models alike, and conditions on them hold.
 */
import type { ModelConfiguration, PreferenceRule } from "../../../runtime/model/configuration.ts";
import type { ModelRequest } from "../../../runtime/model/canonical/request.ts";
import { estimatedTokens } from "../../../runtime/model/engine/estimate.ts";
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
}

export function candidates(pool: PoolPlan, asking: Asking): Candidates {
  const chosen: string[] = [];
  for (const rule of pool.prefer) {
    const taken = pool.models.filter((name) => !chosen.includes(name) && applies(rule, asking.request));
    if (taken.length > 0) chosen.push(...ranked(rule, taken, pool, asking));
  }
  chosen.push(...pool.models.filter((name) => !chosen.includes(name)));
  return { chosen, fallback: pool.fallback };
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
