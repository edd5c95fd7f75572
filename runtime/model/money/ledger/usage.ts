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

export type UsageBy = "model" | "upstream" | "route" | "caller" | "day" | "all";

/** Expressions of SQL; nothing of a request becomes one. */
const GROUPS: { readonly [By in UsageBy]: string } = {
  model: "model",
  upstream: "upstream",
  route: "route",
  caller: "caller",
  day: "date(slot / 1000, 'unixepoch')",
  all: "'all'",
};

export const USAGE_BY = Object.keys(GROUPS) as readonly UsageBy[];

export function selectUsage(by: UsageBy): string {
  return `SELECT ${GROUPS[by]}, currency, sum(calls), sum(tokens), sum(cost_high), sum(cost_low),
     sum(input), sum(cache_read), sum(cache_write + cache_write_hour), sum(output), sum(reasoning),
     sum(CASE WHEN how IN ('unknown', 'lost') THEN calls ELSE 0 END)
   FROM usage WHERE slot >= ? AND slot < ? GROUP BY 1, 2 ORDER BY 5 DESC, 6 DESC, 1 LIMIT ?`;
}

export interface UsageRow {
  readonly group: string;
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
  /** Calls whose cost is a worst case. */
  readonly inexact: number;
}

export function usageRow(row: Row): UsageRow {
  const [group, currency, calls] = row;
  const [tokens, high, low, input, cacheRead, cacheWrite, output, reasoning, inexact] = row
    .slice(3)
    .map((value) => BigInt(value ?? 0n));
  return {
    group: String(group),
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
  };
}
