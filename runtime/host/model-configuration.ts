/** Models and choices of a configuration, checked as the rest of it. */
import { z } from "zod";
import { isZone } from "../value/zone.ts";
import type { Period } from "../model/money/period.ts";
import { readServiceAccount } from "../model/vertex/service-account.ts";
import { REQUIRED_FEATURES } from "../model/engine/fits.ts";

const MILLISECONDS = z.number().min(0);
const COUNT = z.int().min(1);
const FRACTION = z.number().min(0).max(1);

/** Micro-units of a currency for a million tokens. */
const RATE = z.int().min(0);
const CURRENCY = z.string().regex(/^[A-Z]{3}$/);

const RATES = z.object({
  input: RATE,
  cacheRead: RATE,
  cacheWrite: RATE,
  cacheWriteHour: RATE,
  output: RATE,
  reasoning: RATE,
  audioInput: RATE.nullable(),
  audioOutput: RATE.nullable(),
});

const PRICE = z.object({
  currency: CURRENCY,
  rates: RATES,
  bands: z.array(z.object({ above: COUNT, rates: RATES })),
  request: RATE,
  search: RATE.nullable(),
  context: COUNT.nullable(),
  imageTokens: COUNT,
});

export const BUDGET = z.object({
  name: z.string().regex(/^[^\n]+$/),
  unit: z.enum(["money", "tokens"]),
  currency: z.union([CURRENCY, z.literal("")]),
  // In pico-units, sums of it stay within 64 bits.
  limit: z.int().min(0).max(4_000_000_000_000),
  period: z.union([
    z.int().min(1000),
    z.literal("month"),
    z.custom<Period>(isZoned, "it has a time zone that this Node does not know"),
  ]),
  alerts: z.array(z.int().min(1).max(100)),
  by: z.int().min(0).nullable(),
  instead: z.string().nullable(),
});

const KEY_RATE = z.object({ count: COUNT, per: z.number().positive() });

const KEY = z.object({
  name: z.string().min(1),
  key: z.string().regex(/^[\x21-\x7e]+$/, "the key is empty or holds what no header field can"),
  limit: KEY_RATE.nullable(),
  tokens: KEY_RATE.nullable(),
});

export const MODEL = z
  .object({
    name: z.string(),
    dialect: z.enum(["openai-chat", "openai-responses", "anthropic", "gemini", "bedrock", "cohere", "ollama"]),
    variant: z.string(),
    model: z.string().min(1),
    base: z
      .string()
      .regex(
        /^https?:\/\/[^/?#@\s]+(\/[^?#\s]*[^/?#\s])?$/,
        "expected https://host with an optional path and no slash at its end",
      ),
    settings: z.record(z.string(), z.string()),
    key: z.string().nullable(),
    keys: z.array(KEY).min(1).optional(),
    maxOutput: COUNT.nullable(),
    timeout: MILLISECONDS,
    firstToken: MILLISECONDS,
    silence: MILLISECONDS,
    total: MILLISECONDS,
    connectTimeout: MILLISECONDS,
    idle: MILLISECONDS,
    breaker: z.object({ failures: FRACTION, of: COUNT, within: MILLISECONDS, probe: MILLISECONDS }).nullable(),
    connections: COUNT,
    answerLimit: COUNT,
    context: COUNT.optional(),
    lacks: z.array(z.enum(REQUIRED_FEATURES)).optional(),
    price: PRICE.optional(),
    budgets: z.array(BUDGET).optional(),
    costHeaders: z.boolean().optional(),
  })
  .superRefine((model, context) => {
    const problem = keyProblem(model);
    if (problem !== null) context.addIssue({ code: "custom", path: ["key"], message: problem });
  })
  .refine((model) => isPrivate(model), {
    path: ["base"],
    message: "expected https, or http on this machine: the key would go over the network in clear text",
  });

const RULE = z.object({
  by: z.enum(["order", "weights", "cheapest", "fastest", "least_loaded"]),
  weights: z.array(z.number().positive()).optional(),
  ranked: z.array(z.string()).optional(),
  when: z.array(
    z.object({
      of: z.enum(["context", "p50", "p95", "in_flight"]),
      operator: z.enum(["<", "<=", ">", ">="]),
      value: z.number(),
    }),
  ),
});

export const POOL = z.object({
  name: z.string(),
  models: z.array(z.string()).min(1),
  prefer: z.array(RULE),
  fallback: z.array(z.string()),
  on: z.array(z.string()),
  aliases: z.array(z.object({ name: z.string().min(1), model: z.string() })).optional(),
  strict: z.boolean().optional(),
  limit: COUNT.nullable(),
  broken: z.object({ saying: z.string().nullable() }).optional(),
  shadow: z.object({ model: z.string(), share: FRACTION, atOnce: COUNT }).optional(),
  hedge: z.object({ after: MILLISECONDS, most: COUNT, budget: FRACTION }).optional(),
  budgets: z.array(BUDGET).optional(),
  costHeaders: z.boolean().optional(),
});

function keyProblem({ key, variant }: { readonly key: string | null; readonly variant: string }): string | null {
  if (key === null) return null;
  if (variant === "vertex") {
    const account = readServiceAccount(key);
    return typeof account === "string" ? `the key is no service account's: ${account}` : null;
  }
  // Anything else would end the header field and begin another.
  return /^[\x21-\x7e]+$/.test(key) ? null : "the key is empty or holds what no header field can";
}

/** Nobody reads on the way; or the provider is one that stands in one's own network. */
function isPrivate({
  base,
  variant,
  dialect,
}: {
  readonly base: string;
  readonly variant: string;
  readonly dialect: string;
}): boolean {
  if (base.startsWith("https://") || variant === "vllm" || dialect === "ollama") return true;
  return /^http:\/\/(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?(\/|$)/.test(base);
}

/** "86400000@Europe/Berlin" */
function isZoned(period: unknown): boolean {
  const found = typeof period === "string" ? /^(?:month|[1-9]\d{3,12})@([A-Za-z][\w+/-]*)$/.exec(period) : null;
  return found !== null && isZone(found[1]!);
}
