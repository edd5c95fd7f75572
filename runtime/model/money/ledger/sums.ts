/** What one piece of a journal adds to the ledger: calls that are alike and budgets, each added up before SQLite hears of them. */
import { NO_USAGE } from "../../canonical/usage.ts";
import type { OpenCharge, OpenedRecord, SettledRecord } from "./record.ts";
import { ADD_BUDGET, ADD_USAGE } from "./schema.ts";
import type { Sqlite, Value } from "./sqlite.ts";

/** Calls that began within so many milliseconds are added up together. */
export const SLOT = 60_000;
const MICRO = 1_000_000n;

interface UsageSum {
  readonly group: readonly Value[];
  cost: bigint;
  /** As `SUMS` has them behind the cost; calls and tokens stand in front of it. */
  calls: number;
  tokens: number;
  readonly counters: number[];
}

interface BudgetSum {
  readonly charge: OpenCharge;
  spent: bigint;
}

export class Sums {
  readonly #usage = new Map<string, UsageSum>();
  readonly #budgets = new Map<string, BudgetSum>();

  add(opened: OpenedRecord, { how, cost, tokens, usage }: SettledRecord): void {
    const { route, model, upstream, caller, currency, at } = opened;
    const slot = at - (at % SLOT);
    const key = `${slot}\n${route}\n${model}\n${upstream}\n${caller}\n${currency}\n${how}`;
    let sum = this.#usage.get(key);
    if (sum === undefined) {
      const group = [BigInt(slot), route, model, upstream, caller, currency, how];
      sum = { group, cost: 0n, calls: 0, tokens: 0, counters: new Array<number>(9).fill(0) };
      this.#usage.set(key, sum);
    }
    sum.calls++;
    sum.tokens += tokens;
    sum.cost += cost;
    const { counters } = sum;
    const used = usage ?? NO_USAGE;
    counters[0]! += used.input;
    counters[1]! += used.cacheRead;
    counters[2]! += used.cacheWrite;
    counters[3]! += used.cacheWriteHour;
    counters[4]! += used.output;
    counters[5]! += used.reasoning;
    counters[6]! += used.audioInput ?? 0;
    counters[7]! += used.audioOutput ?? 0;
    counters[8]! += used.searches ?? 0;
    for (const charge of opened.charges) this.#charge(charge, charge.unit === "money" ? cost : BigInt(tokens));
  }

  #charge(charge: OpenCharge, amount: bigint): void {
    const key = `${charge.start}\n${charge.unit}\n${charge.period}\n${charge.name}\n${charge.key}`;
    const sum = this.#budgets.get(key);
    if (sum === undefined) this.#budgets.set(key, { charge, spent: amount });
    else sum.spent += amount;
  }

  /** Within a transaction. */
  write(database: Sqlite): void {
    for (const { group, calls, tokens, cost, counters } of this.#usage.values()) {
      const sums = [BigInt(calls), BigInt(tokens), cost / MICRO, cost % MICRO, ...counters.map(BigInt)];
      database.run(ADD_USAGE, ...group, ...sums);
    }
    for (const { charge, spent } of this.#budgets.values()) {
      const { name, unit, period, start, key, currency, end } = charge;
      database.run(ADD_BUDGET, name, unit, period, BigInt(start), key, currency, BigInt(end), spent);
    }
  }
}
