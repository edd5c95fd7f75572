/** Money in what a bundle's `configure` says: plain data, so amounts are whole micro-units or tokens in numbers. */
import { fromMicros } from "./amount.ts";
import type { BudgetDefinition } from "./budget.ts";
import type { Period } from "./period.ts";
import type { Price } from "./price.ts";

/** With what bounds a call beside it. */
export interface PriceConfiguration extends Price {
  /** In tokens; null: not known. */
  readonly context: number | null;
  /** The most tokens that the model makes of one image. */
  readonly imageTokens: number;
}

export interface BudgetConfiguration {
  readonly name: string;
  readonly unit: "money" | "tokens";
  /** ISO 4217; "" for tokens. */
  readonly currency: string;
  /** In one period: micro-units of the currency, or tokens. */
  readonly limit: number;
  readonly period: Period;
  /** In percent of the limit. */
  readonly alerts: readonly number[];
  /** Number of what it counts by, among the keys that a route tells; null: one count for all requests, or of a route, which tells its key with it. */
  readonly by: number | null;
  /** Name of the model or choice that is asked where it is used up; null: nobody is. */
  readonly instead: string | null;
}

export function definitionOf(budget: BudgetConfiguration): BudgetDefinition {
  const { name, unit, currency, limit, period, alerts } = budget;
  return { name, unit, currency, period, alerts, limit: unit === "money" ? fromMicros(limit) : BigInt(limit) };
}
