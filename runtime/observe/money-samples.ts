/** What calls to models cost, and how budgets decided, as metrics; the exact amounts are the ledger's. */
import type { Accounts } from "../model/money/accounts.ts";
import { METRICS } from "./metrics.ts";
import { type Sample, sample } from "./sample.ts";

/** undefined: the program has no budgets. */
export function moneySamples(
  accounts: Pick<Accounts, "alerts" | "budgets" | "counts" | "spent"> | undefined,
): Sample[] {
  if (accounts === undefined)
    return [METRICS.modelCost, METRICS.modelCallsSettled, METRICS.budgetDecisions, METRICS.budgetAlerts].map((metric) =>
      sample(metric, []),
    );
  const { alerts, budgets, counts, spent } = accounts;
  const decisions = new Map<string, { readonly budget: string; readonly result: string; value: number }>();
  for (const { definition, counts: own } of budgets.values()) {
    for (const [result, value] of Object.entries(own)) {
      // Generations may have had several of one name.
      const key = `${definition.name}\n${result}`;
      const sum = decisions.get(key);
      if (sum === undefined) decisions.set(key, { budget: definition.name, result, value });
      else sum.value += value;
    }
  }
  return [
    sample(
      METRICS.modelCost,
      [...spent.values()].map(({ model, currency, cost }) => ({
        value: Number(cost) / 1e12,
        labels: { model, currency },
      })),
    ),
    sample(
      METRICS.modelCallsSettled,
      Object.entries(counts.settled).map(([how, value]) => ({ value, labels: { how } })),
    ),
    sample(
      METRICS.budgetDecisions,
      [...decisions.values()].map(({ budget, result, value }) => ({ value, labels: { budget, result } })),
    ),
    sample(
      METRICS.budgetAlerts,
      [...alerts.values()].map(({ budget, percent, count }) => ({
        value: count,
        labels: { budget, percent: `${percent}` },
      })),
    ),
  ];
}
