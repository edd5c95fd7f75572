/** A rate as GCRA counts it, and the names under which Redis knows the keys that it is counted by. */
import { createHash } from "node:crypto";

const MILLISECOND = 1e6;
/** Nanoseconds in a second. */
const SECOND = 1e9;

/** Names that a rule keeps, and characters of their keys. */
const MOST_KEPT = 2048;
const LONGEST_KEPT = 64;

export interface Rate {
  readonly count: number;
  /** Milliseconds. */
  readonly per: number;
}

export class Rule {
  readonly count: number;
  readonly per: number;
  readonly burst: number;
  /** Nanoseconds that one unit costs, rounded up so that the rate is never passed, and that a key may owe. */
  readonly interval: number;
  readonly capacity: number;
  readonly #begin: string;
  readonly #about: string;
  readonly #names = new Map<string, string>();

  /** `begin`: of all names in Redis; `identity`: of the limit. */
  constructor(begin: string, identity: string, { count, per }: Rate, burst: number) {
    this.count = count;
    this.per = per;
    this.burst = burst;
    this.interval = Math.max(1, Math.ceil((per * MILLISECOND) / count));
    this.capacity = Math.min(Math.max(1, burst) * this.interval, Number.MAX_SAFE_INTEGER);
    this.#begin = `${begin}rate:`;
    this.#about = `${identity}\n${count}/${per}/${burst}\n`;
  }

  is(rate: Rate, burst: number): boolean {
    return rate.count === this.count && rate.per === this.per && burst === this.burst;
  }

  /** A digest: what callers are told apart by is nobody's business who reads the names in Redis, and may be long. */
  name(key: string): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = nameOf(this.#begin, this.#about + key);
    if (key.length > LONGEST_KEPT) return name;
    if (this.#names.size >= MOST_KEPT) this.#names.clear();
    this.#names.set(key, name);
    return name;
  }

  /** Whole units that a key which owes so much can take. */
  room(owed: number): number {
    return Math.max(0, Math.floor((this.capacity - owed) / this.interval));
  }

  /** Seconds, rounded up, until a key that owes so much owes nothing. */
  reset(owed: number): number {
    return Math.ceil(owed / SECOND);
  }

  /** Seconds, rounded up, until there is room for so many units; 0: never. */
  retryAfter(owed: number, cost: number): number {
    const increment = cost * this.interval;
    return increment > this.capacity ? 0 : Math.max(1, Math.ceil((owed + increment - this.capacity) / SECOND));
  }
}

/** 128 bits of SHA-256. */
export function nameOf(begin: string, text: string): string {
  return begin + createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
