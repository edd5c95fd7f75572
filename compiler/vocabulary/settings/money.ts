/** Settings about what models cost. */
import { type Setting, setting } from "../setting.ts";

const HOUR = 3_600_000;

/** In a model's `price`. */
export const priceParts: readonly string[] = ["in", "cached", "cache_write", "cache_write_hour", "out", "reasoning"];

/** Milliseconds by the word behind the slash. */
export const budgetPeriods: ReadonlyMap<string, number> = new Map([
  ["min", 60_000],
  ["h", HOUR],
  ["day", 24 * HOUR],
  ["week", 7 * 24 * HOUR],
]);

export const priceSetting: Setting = setting({
  key: "price",
  type: { kind: "price" },
  documentation:
    "What the provider asks for a million tokens: `in`, `out`, and where they differ `cached` (read from its cache), `cache_write`, `cache_write_hour` (a cache that lives an hour) and `reasoning`; or `free`. Left out: the built-in list price, where there is one for exactly this name at the provider's usual place. A model with a budget needs a price.",
  example: "price: { in: $0.40/Mtok, cached: $0.10/Mtok, out: $1.60/Mtok }",
});

export const budgetSetting: Setting = setting({
  key: "budget",
  type: { kind: "budget" },
  documentation:
    "How much may be spent in one period, in money (`$25/day`) or tokens (`500ktok/day`), over all threads. Before each call the most that it can cost is reserved (a token for each byte of the request, the cap of the output, at the dearest rate), afterwards what it did cost is counted, to the last digit; what was sent and is not known counts as reserved. A call that does not fit goes to the next model of `fallback`, such as a cheaper one, or is refused as a quota that is used up (429, in the client's dialect). Periods are those of the calendar in UTC (`min`, `h`, `day`, `week` from Monday); a call counts in the one in which it began. What is spent outlives restarts (the gateway's `ledger`). At 50%, 80% and 100% the log tells (`budget.alert`).",
  example: "budget: $25/day",
});

export const ledgerSetting: Setting = setting({
  key: "ledger",
  type: { kind: "string" },
  default: "ledger",
  environment: true,
  documentation:
    "The folder in which what calls to models cost is kept, in SQLite, for 90 days. Only one process can have it open. It begins in the folder where the gateway is started, or in `--files FOLDER`. A program without budgets writes nothing. `GET /usage` of the admin listener tells what stands in it.",
  example: 'ledger: "/var/lib/vgw/ledger"',
});
