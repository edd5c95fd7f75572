/** Which budgets a call counts in: of its route, of the choice, of the model; each once, and without those that gave way. */
import { expect, test } from "vitest";
import { newTableKey } from "../../limit/index.ts";
import { Budget, type BudgetDefinition } from "../money/budget.ts";
import type { Choice } from "./choose.ts";
import { HeldBudget, Purse } from "./purse.ts";

const secret = newTableKey();

function held(
  name: string,
  more: Partial<BudgetDefinition> = {},
  by: number | null = null,
  instead: Choice | null = null,
) {
  const usual = { unit: "money", currency: "USD", limit: 10n, period: 86_400_000, alerts: [] } as const;
  return new HeldBudget(new Budget({ name, ...usual, ...more }, secret), by, instead);
}

const choice = (name: string, budgets: readonly HeldBudget[]): Choice => ({
  name,
  limit: null,
  tellsCost: false,
  budgets,
  order: () => {
    throw new Error("nobody is asked here");
  },
  movesOn: () => false,
  broken: null,
  hedging: null,
  shadowing: null,
});

const namesOf = (purse: Purse, budgets: readonly HeldBudget[] = []) =>
  purse.charges({ budgets }).map(({ budget, key }) => [budget.definition.name, key]);

test("those of the route, of the choice and of the model, by what the route tells of each", () => {
  const route = { budget: held("route"), key: "u1" };
  const spending = { keys: [null, "sales"], budgets: [route] };
  const purse = new Purse(choice("assistant", [held("pool", {}, 1)]), spending);
  expect(namesOf(purse, [held("model"), held("unknown", {}, 7)])).toEqual([
    ["route", "u1"],
    ["pool", "sales"],
    ["model", ""],
    ["unknown", ""],
  ]);
  expect(namesOf(new Purse(choice("assistant", []), null))).toEqual([]);
});

test("a long or strange key is counted by its digest", () => {
  const spending = { keys: ["x".repeat(1000)], budgets: [] };
  const [charge] = new Purse(choice("a", [held("pool", {}, 0)]), spending).charges({ budgets: [] });
  expect(charge?.key).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test("one that gives way is not asked again, and the other choice's budgets hold beside the rest", () => {
  const spare = choice("spare", [held("of the spare")]);
  const first = held("pool", {}, null, spare);
  const purse = new Purse(choice("assistant", [first, held("month")]), null);
  expect(purse.degradedBy).toBeNull();
  expect(purse.giveWay(first)).toBe(spare);
  expect(namesOf(purse)).toEqual([
    ["month", ""],
    ["of the spare", ""],
  ]);
  expect(purse.degradedBy).toBe("pool");
  expect(purse.giveWay(held("without"))).toBeNull();
});

test("several of one name count a call once, in the smallest", () => {
  const budgets = [held("trial", { limit: 10n }), held("trial", { limit: 5n }), held("trial", { period: 3_600_000 })];
  const spending = { keys: [], budgets: budgets.map((budget) => ({ budget, key: "u1" })) };
  const charges = new Purse(choice("a", []), spending).charges({ budgets: [] });
  expect(charges.map(({ budget }) => [budget.definition.limit, budget.definition.period])).toEqual([
    [5n, 86_400_000],
    [10n, 3_600_000],
  ]);
});
