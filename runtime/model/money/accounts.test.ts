/** Budgets as calls are opened and settled: never passed, given back to the last digit, alerts once, periods of the calendar. */
import { expect, it } from "vitest";
import { newTableKey } from "../../limit/index.ts";
import { NO_USAGE } from "../canonical/usage.ts";
import { Accounts, type Alert, type Call, type Charge, OpenCall, type Outcome, type Refused } from "./accounts.ts";
import { type BudgetDefinition, budgetKey, fingerprintOf } from "./budget.ts";
import { BudgetTable, createBudgetMemory } from "./budget-table.ts";
import { spanAt } from "./period.ts";
import { priceOf } from "./price.ts";

const DAY = 86_400_000;
/** A pico-unit for each token in, two for each out. */
const PRICE = priceOf({ input: 1, output: 2 });

function setUp(slots = 64) {
  const table = new BudgetTable(createBudgetMemory(slots, 2, newTableKey()), 0);
  const time = { now: Date.UTC(2026, 0, 5, 12) };
  const alerts: Alert[] = [];
  const accounts = new Accounts({ table, journal: null, now: () => time.now, alert: (alert) => alerts.push(alert) });
  return { table, time, alerts, accounts };
}

function definition(changes: Partial<BudgetDefinition>): BudgetDefinition {
  return { name: "team", unit: "money", currency: "USD", limit: 1000n, period: DAY, alerts: [], ...changes };
}

function call(charges: readonly Charge[], worst: bigint, worstTokens = 100): Call {
  const names = { route: "POST /v1", model: "mini", upstream: "gpt", caller: "" };
  return { charges, price: PRICE, worst, worstTokens, ...names };
}

function opened(result: OpenCall | Refused): OpenCall {
  if (result instanceof OpenCall) return result;
  throw new Error(`refused: ${result.reason}`);
}

const used = (output: number): Outcome => ({ kind: "usage", usage: { ...NO_USAGE, output } });

it("admits as many as fit with their worst case, and more when some have been settled", () => {
  const { accounts, time } = setUp();
  const budget = accounts.budget(definition({ limit: 50n * 7n + 6n }));
  const results = Array.from({ length: 1000 }, () => accounts.open(call([{ budget, key: "a" }], 7n)));
  const open = results.filter((result) => result instanceof OpenCall);
  expect(open.length).toBe(50);
  expect(results[999]).toEqual({
    reason: "exhausted",
    charge: 0,
    budget: "team",
    left: 6n,
    resets: Date.UTC(2026, 0, 6),
  });
  // Another key has its own.
  opened(accounts.open(call([{ budget, key: "b" }], 7n)));
  open[0]?.settle(used(3));
  opened(accounts.open(call([{ budget, key: "a" }], 7n)));
  time.now += DAY / 2;
  // The next day begins at midnight UTC, and what is settled late counts for the day before.
  const fresh = accounts.open(call([{ budget, key: "a" }], 356n));
  expect(fresh).toBeInstanceOf(OpenCall);
  open[1]?.settle(used(1));
  expect(accounts.open(call([{ budget, key: "a" }], 1n))).toMatchObject({ reason: "exhausted", left: 0n });
});

it("settles to what was used, whatever the end was, and once", () => {
  const { accounts, table, time } = setUp();
  const budget = accounts.budget(definition({ limit: 100_000n }));
  const tokens = accounts.budget(definition({ name: "tokens", unit: "tokens", limit: 100_000n }));
  const charges = [
    { budget, key: "a" },
    { budget: tokens, key: "a" },
  ];
  const outcomes: [Outcome, bigint, number][] = [
    [used(5), 10n, 5],
    [{ kind: "nothing" }, 0n, 0],
    [{ kind: "unknown" }, 900n, 100],
    // A provider that tells nonsense has told nothing; one that used more than anybody foresaw is believed.
    [used(-1), 900n, 100],
    [used(600), 1200n, 600],
  ];
  let money = 0n;
  let count = 0n;
  for (const [outcome, cost, used] of outcomes) {
    const one = opened(accounts.open(call(charges, 900n)));
    expect(one.settle(outcome)).toMatchObject({ cost, tokens: used });
    expect(one.settle({ kind: "unknown" }).cost).toBe(cost);
    money += cost;
    count += BigInt(used);
  }
  const { start } = spanAt(DAY, time.now);
  const look = (name: string, unit: string) =>
    table.look(fingerprintOf(table.key, { name, unit, period: `${DAY}`, start, key: "a" }));
  expect(look("team", "money")).toEqual({ spent: money, committed: money });
  expect(look("tokens", "tokens")).toEqual({ spent: count, committed: count });
  expect(accounts.counts).toMatchObject({ overruns: 1, settled: { usage: 2, nothing: 1, unknown: 2 } });
  expect([...accounts.spent.values()]).toEqual([{ model: "mini", currency: "USD", cost: money }]);
});

it("reserves in all budgets of a call or in none, also where one comes twice", () => {
  const { accounts } = setUp();
  const wide = accounts.budget(definition({ name: "wide", limit: 1000n }));
  const narrow = accounts.budget(definition({ name: "narrow", limit: 10n }));
  const both = [
    { budget: wide, key: "" },
    { budget: narrow, key: "" },
  ];
  opened(accounts.open(call(both, 10n)));
  expect(accounts.open(call(both, 10n))).toMatchObject({ reason: "exhausted", budget: "narrow", left: 0n });
  opened(accounts.open(call([{ budget: wide, key: "" }], 990n)));
  const twice = accounts.budget(definition({ name: "twice", limit: 10n }));
  const same = { budget: twice, key: "" };
  expect(accounts.open(call([same, same], 6n))).toMatchObject({ reason: "exhausted", left: 4n });
  opened(accounts.open(call([same, same], 5n)));
});

it("who is refused takes no place; a full table refuses; places of past periods are given away, but not under open calls", () => {
  const { accounts, time } = setUp();
  const budget = accounts.budget(definition({ limit: 10n }));
  const narrow = accounts.budget(definition({ name: "narrow", limit: 1n }));
  for (let key = 0; key < 200; key++) {
    expect(accounts.open(call([{ budget, key: `${key}` }], 11n))).toMatchObject({ reason: "exhausted" });
    const charges = [
      { budget, key: `${key}` },
      { budget: narrow, key: "x" },
    ];
    expect(accounts.open(call(charges, 2n))).toMatchObject({ reason: "exhausted" });
  }
  const calls = Array.from({ length: 64 }, (_, key) => opened(accounts.open(call([{ budget, key: `${key}` }], 1n))));
  expect(accounts.open(call([{ budget, key: "one more" }], 1n))).toMatchObject({ reason: "full" });
  time.now += DAY;
  expect(accounts.open(call([{ budget, key: "one more" }], 1n))).toMatchObject({ reason: "full" });
  calls[0]?.settle(used(0));
  opened(accounts.open(call([{ budget, key: "one more" }], 1n)));
  for (const one of calls) one.settle(used(0));
  for (let key = 0; key < 63; key++) opened(accounts.open(call([{ budget, key: `${key}` }], 1n)));
});

it("what a thread had reserved when it died is spent", () => {
  const { accounts, table } = setUp();
  const budget = accounts.budget(definition({ limit: 100n }));
  for (let count = 0; count < 3; count++) opened(accounts.open(call([{ budget, key: "" }], 30n)));
  expect(table.release(0)).toBe(3);
  const fingerprint = budget.fingerprint("");
  expect(table.look(fingerprint)).toEqual({ spent: 90n, committed: 90n });
});

it("alerts once per period at each threshold, by what is spent", () => {
  const { accounts, alerts, time } = setUp();
  const budget = accounts.budget(definition({ limit: 100n, alerts: [80, 50] }));
  const charges = [{ budget, key: "a" }];
  const spend = (tokens: number) => opened(accounts.open(call(charges, 40n))).settle(used(tokens));
  spend(20);
  expect(alerts).toEqual([]);
  spend(20);
  expect(alerts).toMatchObject([
    { percent: 50, spent: 80n, key: "a" },
    { percent: 80, spent: 80n },
  ]);
  accounts.open(call(charges, 20n));
  expect(alerts.length).toBe(2);
  time.now += DAY;
  spend(20);
  spend(10);
  expect(alerts.length).toBe(3);
});

it("what cannot be written down is not sent, and nothing is reserved", () => {
  const { table, time } = setUp();
  const journal = { next: () => 1, opened: () => false, settled: () => {} };
  const accounts = new Accounts({ table, journal, now: () => time.now, alert: () => {} });
  const budget = accounts.budget(definition({ limit: 10n }));
  expect(accounts.open(call([{ budget, key: "" }], 10n))).toMatchObject({ reason: "ledger" });
  expect(table.look(budget.fingerprint(""))).toEqual({ spent: 0n, committed: 0n });
});

it("periods are the calendar's", () => {
  const at = Date.UTC(2024, 1, 29, 23, 59, 59, 999);
  const text = (period: number | "month") => {
    const { start, end } = spanAt(period, at);
    return [start, end].map((time) => new Date(time).toISOString().slice(0, 16));
  };
  expect(text(DAY)).toEqual(["2024-02-29T00:00", "2024-03-01T00:00"]);
  expect(text(3_600_000)).toEqual(["2024-02-29T23:00", "2024-03-01T00:00"]);
  // Monday to Monday.
  expect(text(7 * DAY)).toEqual(["2024-02-26T00:00", "2024-03-04T00:00"]);
  expect(text("month")).toEqual(["2024-02-01T00:00", "2024-03-01T00:00"]);
});

it("keys that are long or strange are counted by their digest", () => {
  expect(budgetKey("team a/ü")).toBe("team a/ü");
  const strange = ["x".repeat(201), "a\nb", "a\0", "\ud800", "\ud801", "sha256:abc"];
  expect(new Set(strange.map(budgetKey)).size).toBe(strange.length);
  for (const key of strange) expect(budgetKey(key)).toMatch(/^sha256:[0-9a-f]{64}$/);
});
