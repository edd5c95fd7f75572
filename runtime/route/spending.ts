/** Budgets: what a request counts in and by, noted on its exchange for the models that are asked. */
import type { Exchange } from "../http/exchange.ts";
import type { RouteBudget } from "../http/spending.ts";

/** From here on every model that is asked counts in the budget too. */
export function holdTo(exchange: Exchange, budget: RouteBudget, key: string): void {
  exchange.spending ??= { keys: [], budgets: [] };
  exchange.spending.budgets.push({ budget, key });
}

/** What budgets of models count by in this request, by their numbers. */
export function countBy(exchange: Exchange, keys: readonly (string | null)[]): void {
  exchange.spending ??= { keys, budgets: [] };
  exchange.spending.keys = keys;
}
