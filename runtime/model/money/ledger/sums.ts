/** What pieces of journals add to the ledger: calls that are alike and budgets, each added up before SQLite hears of them. */
import type { Usage } from "../../canonical/usage.ts";
import type { OpenCharge, OpenedRecord, SettledRecord } from "./record.ts";
import { ADD_BUDGET, ADD_USAGE } from "./schema.ts";
import type { Sqlite, Value } from "./sqlite.ts";

/** Calls that began within so many milliseconds are added up together. */
export const SLOT = 60_000;
const MICRO = 1_000_000n;

interface UsageSum {
  /** Calls that are alike come one after the other: the one before is looked at first. */
  readonly slot: number;
  readonly like: OpenedRecord;
  readonly how: string;
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
  #latest: UsageSum | null = null;
  readonly #budgets = new Map<string, BudgetSum>();
  /** By the object that says so, of which a file has one for the same budget, key and period. */
  readonly #charges = new Map<OpenCharge, BudgetSum>();

  /** That `write` writes. */
  get rows(): number {
    return this.#usage.size + this.#budgets.size;
  }

  add(opened: OpenedRecord, { how, cost, tokens, usage }: SettledRecord): void {
    const { at } = opened;
    const slot = at - (at % SLOT);
    let sum = this.#latest;
    if (sum === null || !isLike(sum, slot, opened, how)) sum = this.#sumOf(slot, opened, how);
    this.#latest = sum;
    sum.calls++;
    sum.tokens += tokens;
    sum.cost += cost;
    if (usage !== null) addCounters(sum.counters, usage);
    for (const charge of opened.charges) this.#charge(charge, charge.unit === "money" ? cost : BigInt(tokens));
  }

  #sumOf(slot: number, like: OpenedRecord, how: string): UsageSum {
    const { route, model, upstream, caller, currency } = like;
    const key = `${slot}\n${route}\n${model}\n${upstream}\n${caller}\n${currency}\n${how}`;
    let sum = this.#usage.get(key);
    if (sum === undefined) {
      sum = { slot, like, how, cost: 0n, calls: 0, tokens: 0, counters: new Array<number>(9).fill(0) };
      this.#usage.set(key, sum);
    }
    return sum;
  }

  #charge(charge: OpenCharge, amount: bigint): void {
    const known = this.#charges.get(charge);
    if (known !== undefined) {
      known.spent += amount;
      return;
    }
    const key = `${charge.start}\n${charge.unit}\n${charge.period}\n${charge.name}\n${charge.key}`;
    let sum = this.#budgets.get(key);
    if (sum === undefined) {
      sum = { charge, spent: 0n };
      this.#budgets.set(key, sum);
    }
    sum.spent += amount;
    this.#charges.set(charge, sum);
  }

  /** Within a transaction. */
  write(database: Sqlite): void {
    for (const { slot, like, how, calls, tokens, cost, counters } of this.#usage.values()) {
      const { route, model, upstream, caller, currency } = like;
      const group: Value[] = [BigInt(slot), route, model, upstream, caller, currency, how];
      const sums = [BigInt(calls), BigInt(tokens), cost / MICRO, cost % MICRO, ...counters.map(BigInt)];
      database.run(ADD_USAGE, ...group, ...sums);
    }
    for (const { charge, spent } of this.#budgets.values()) {
      const { name, unit, period, start, key, currency, end } = charge;
      database.run(ADD_BUDGET, name, unit, period, BigInt(start), key, currency, BigInt(end), spent);
    }
  }
}

function isLike({ slot, like, how }: UsageSum, at: number, opened: OpenedRecord, by: string): boolean {
  return (
    slot === at &&
    how === by &&
    like.route === opened.route &&
    like.model === opened.model &&
    like.upstream === opened.upstream &&
    like.caller === opened.caller &&
    like.currency === opened.currency
  );
}

/** As `SUMS` has them. */
function addCounters(counters: number[], used: Usage): void {
  counters[0]! += used.input;
  counters[1]! += used.cacheRead;
  counters[2]! += used.cacheWrite;
  counters[3]! += used.cacheWriteHour;
  counters[4]! += used.output;
  counters[5]! += used.reasoning;
  counters[6]! += used.audioInput ?? 0;
  counters[7]! += used.audioOutput ?? 0;
  counters[8]! += used.searches ?? 0;
}
