/** The limits of one thread: what programs ask (`abi.ts`), answered from the table that all threads share. */
import type { Limiter } from "../abi.ts";
import type { LimitTable, Verdict } from "./table.ts";
import { sipHash128, TextMessage, type Words } from "./siphash.ts";

/** Nanoseconds in a second and in a millisecond. */
const SECOND = 1e9;
const MILLISECOND = 1e6;

/** Fingerprints that a limit keeps on each thread, and characters of their keys. */
const MOST_KEPT = 2048;
const LONGEST_KEPT = 64;

/** Decisions of one limit on this thread since the start. */
export interface LimitCounts {
  admitted: number;
  limited: number;
  /** Neither: the table had no place for the key. */
  full: number;
}

export class Limits {
  readonly #table: LimitTable;
  readonly #clock: () => bigint;
  readonly #message = new TextMessage();
  /** By identity. Generations share them, so that counts go on. */
  readonly counts = new Map<string, LimitCounts>();

  /** `clock`: nanoseconds, positive, never going back, the same for all threads. */
  constructor(table: LimitTable, clock: () => bigint = () => process.hrtime.bigint()) {
    this.#table = table;
    this.#clock = clock;
  }

  limiter(identity: string, whenFull: "allow" | "deny"): Limiter {
    let counts = this.counts.get(identity);
    if (counts === undefined) {
      counts = { admitted: 0, limited: 0, full: 0 };
      this.counts.set(identity, counts);
    }
    return new TableLimiter(this.#table, this.#clock, this.#message, identity, whenFull === "allow", counts);
  }
}

class TableLimiter implements Limiter {
  remaining = 0;
  reset = 0;
  retryAfter = 0;
  readonly #table: LimitTable;
  readonly #clock: () => bigint;
  readonly #message: TextMessage;
  readonly #identity: string;
  readonly #allowWhenFull: boolean;
  readonly #counts: LimitCounts;
  /** Fingerprints of keys that came lately: callers come again, and the hash is half of what a decision costs. */
  readonly #fingerprints = new Map<string, Words>();
  /** The secret key of this limit at the rate of the latest call: limits and rates are counted apart. */
  readonly #key = new Int32Array(4);
  #count = Number.NaN;
  #per = Number.NaN;
  #burst = Number.NaN;
  /** Nanoseconds that one unit costs, rounded up so that the rate is never passed, and that a key may owe. */
  #interval = 0;
  #capacity = 0;

  constructor(
    table: LimitTable,
    clock: () => bigint,
    message: TextMessage,
    identity: string,
    allowWhenFull: boolean,
    counts: LimitCounts,
  ) {
    this.#table = table;
    this.#clock = clock;
    this.#message = message;
    this.#identity = identity;
    this.#allowWhenFull = allowWhenFull;
    this.#counts = counts;
  }

  take(key: string, rate: { readonly count: number; readonly per: number }, burst: number, cost: number): boolean {
    if (rate.count !== this.#count || rate.per !== this.#per || burst !== this.#burst) {
      this.#choose(rate.count, rate.per, burst);
    }
    const table = this.#table;
    const fingerprint = this.#fingerprints.get(key) ?? this.#hash(key);
    const increment = Math.max(0, cost) * this.#interval;
    return this.#tell(table.take(fingerprint, this.#clock(), increment, this.#capacity), increment);
  }

  #hash(key: string): Words {
    const fingerprint = new Int32Array(4);
    this.#message.set(key);
    sipHash128(this.#key, this.#message.words, this.#message.length, fingerprint);
    if (key.length > LONGEST_KEPT) return fingerprint;
    // Who sends ever new keys makes it begin anew, which costs a hash each as before.
    if (this.#fingerprints.size >= MOST_KEPT) this.#fingerprints.clear();
    this.#fingerprints.set(key, fingerprint);
    return fingerprint;
  }

  #choose(count: number, per: number, burst: number): void {
    this.#fingerprints.clear();
    this.#count = count;
    this.#per = per;
    this.#burst = burst;
    this.#interval = Math.max(1, Math.ceil((per * MILLISECOND) / count));
    this.#capacity = Math.min(Math.max(1, burst) * this.#interval, Number.MAX_SAFE_INTEGER);
    this.#message.set(`${this.#identity}\n${count}/${per}/${burst}`);
    sipHash128(this.#table.key, this.#message.words, this.#message.length, this.#key);
  }

  #tell(verdict: Verdict, increment: number): boolean {
    const { debt } = this.#table;
    const capacity = this.#capacity;
    this.remaining = Math.max(0, Math.floor((capacity - debt) / this.#interval));
    this.reset = Math.ceil(debt / SECOND);
    if (verdict === "admitted") {
      this.#counts.admitted++;
      return true;
    }
    if (verdict === "full") {
      this.#counts.full++;
      this.remaining = 0;
      this.retryAfter = 1;
      return this.#allowWhenFull;
    }
    this.#counts.limited++;
    this.retryAfter = increment > capacity ? 0 : Math.ceil((debt + increment - capacity) / SECOND);
    return false;
  }
}
