/** What is asked of the ledger: rows of usage by what one asks for, and of budgets. */
import type { Row } from "./sqlite.ts";

export interface BudgetRow {
  readonly name: string;
  readonly unit: "money" | "tokens";
  readonly period: string;
  readonly start: number;
  readonly end: number;
  readonly key: string;
  readonly currency: string;
  readonly spent: bigint;
}

export const SELECT_BUDGETS = `SELECT name, unit, period, start, key, currency, "end", spent FROM budget WHERE "end" > ?`;

/** A page of the same, in the order of the table. By `?`: now, the row before (its key), and how many. */
export const SELECT_SHARES = `${SELECT_BUDGETS} AND (name, unit, period, start, key) > (?, ?, ?, ?, ?) ORDER BY name, unit, period, start, key LIMIT ?`;

export function budgetRow([name, unit, period, start, key, currency, end, spent]: Row): BudgetRow {
  return {
    name: String(name),
    unit: unit === "money" ? "money" : "tokens",
    period: String(period),
    start: Number(start),
    end: Number(end),
    key: String(key),
    currency: String(currency),
    spent: BigInt(spent ?? 0n),
  };
}

export type UsageBy = "model" | "upstream" | "route" | "caller" | "hour" | "day" | "month" | "all";

/** Expressions of SQL; nothing of a request becomes one. */
const GROUPS: { readonly [By in UsageBy]: string } = {
  model: "model",
  upstream: "upstream",
  route: "route",
  caller: "caller",
  hour: "strftime('%Y-%m-%dT%H:00Z', slot / 1000, 'unixepoch')",
  day: "date(slot / 1000, 'unixepoch')",
  month: "strftime('%Y-%m', slot / 1000, 'unixepoch')",
  all: "'all'",
};

export const USAGE_BY = Object.keys(GROUPS) as readonly UsageBy[];

/** Columns of which a value may be asked for. */
export const USAGE_FILTERS = ["model", "upstream", "route", "caller"] as const;
export type UsageFilter = { readonly [Column in (typeof USAGE_FILTERS)[number]]?: string };

/** What is asked: calls that began in `from` ≤ t < `to`, by one or more of what they are told apart by, at most so many rows. */
export interface UsageQuestion {
  readonly by: readonly UsageBy[];
  readonly from: number;
  readonly to: number;
  readonly filter: UsageFilter;
  readonly most: number;
}

/** The parameters are the beginning and the end, the values of the filter in the order of `USAGE_FILTERS`, and the most rows. */
export function selectUsage({ by, filter }: Pick<UsageQuestion, "by" | "filter">): string {
  const wanted = USAGE_FILTERS.filter((column) => filter[column] !== undefined).map((column) => ` AND ${column} = ?`);
  const groups = by.map((_, index) => index + 1).join(", ");
  const cost = by.length + 4;
  return `SELECT ${by.map((one) => GROUPS[one]).join(", ")}, currency, sum(calls), sum(tokens), sum(cost_high), sum(cost_low),
     sum(input), sum(cache_read), sum(cache_write + cache_write_hour), sum(output), sum(reasoning),
     sum(CASE WHEN how IN ('unknown', 'lost', 'estimated') THEN calls ELSE 0 END), sum(CASE WHEN how = 'estimated' THEN calls ELSE 0 END)
   FROM usage WHERE slot >= ? AND slot < ?${wanted.join("")}
   GROUP BY ${groups}, currency ORDER BY ${cost} DESC, ${cost + 1} DESC, ${groups} LIMIT ?`;
}

export interface UsageRow {
  /** As in `UsageQuestion.by`. */
  readonly groups: readonly string[];
  readonly currency: string;
  readonly calls: number;
  readonly tokens: bigint;
  /** Pico-units. */
  readonly cost: bigint;
  readonly input: bigint;
  readonly cacheRead: bigint;
  readonly cacheWrite: bigint;
  readonly output: bigint;
  readonly reasoning: bigint;
  /** Calls whose cost is a worst case or estimated. */
  readonly inexact: number;
  /** Of these, calls that were cut off: their cost is made of what was told and received. */
  readonly estimated: number;
}

/** `groups`: how many stand at its head. */
export function usageRow(row: Row, groups: number): UsageRow {
  const [currency, calls] = row.slice(groups);
  const [tokens, high, low, input, cacheRead, cacheWrite, output, reasoning, inexact, estimated] = row
    .slice(groups + 2)
    .map((value) => BigInt(value ?? 0n));
  return {
    groups: row.slice(0, groups).map(String),
    currency: String(currency),
    calls: Number(calls),
    tokens: tokens ?? 0n,
    cost: (high ?? 0n) * 1_000_000n + (low ?? 0n),
    input: input ?? 0n,
    cacheRead: cacheRead ?? 0n,
    cacheWrite: cacheWrite ?? 0n,
    output: output ?? 0n,
    reasoning: reasoning ?? 0n,
    inexact: Number(inexact),
    estimated: Number(estimated),
  };
}
