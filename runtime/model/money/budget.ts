/** One budget as a program declares it, and where its keys stand in the table that all threads share. */
import { createHash } from "node:crypto";
import { sipHash128, TextMessage, type Words } from "../../limit/siphash.ts";
import { PICO_PER_UNIT } from "./amount.ts";
import { type Period, type Span, spanAt } from "./period.ts";

export interface BudgetDefinition {
  /** Of the program, one line. Two generations with a budget of the same name, unit and period share what is spent; its limit may differ. */
  readonly name: string;
  /** Pico-units of the currency, or tokens: all that went in and all that came out. */
  readonly unit: "money" | "tokens";
  readonly currency: string;
  /** Most in one period, in the unit. */
  readonly limit: bigint;
  readonly period: Period;
  /** Parts of the limit, in whole percent, at which to alert, once each per period. */
  readonly alerts: readonly number[];
}

/** Decisions of one budget on this thread since the start. */
export interface BudgetCounts {
  reserved: number;
  exhausted: number;
  /** Neither: the table had no place for the key. */
  full: number;
  /** Neither: the store that machines share did not answer. */
  away: number;
}

/** Fingerprints that a budget keeps on each thread, and characters of their keys. */
const MOST_KEPT = 2048;
const LONGEST_KEPT = 64;

export class Budget {
  readonly definition: BudgetDefinition;
  readonly counts: BudgetCounts = { reserved: 0, exhausted: 0, full: 0, away: 0 };
  /** Ascending. */
  readonly thresholds: readonly { readonly percent: number; readonly at: bigint }[];
  /** What the ledger knows it by: name, unit, currency and period, a line each. */
  readonly title: string;
  readonly #secret: Words;
  readonly #fingerprints = new Map<string, Words>();
  #span: Span = { start: 0, end: 0 };

  /** `secret`: of the table. */
  constructor(definition: BudgetDefinition, secret: Words) {
    this.definition = definition;
    this.title = [definition.name, definition.unit, definition.currency, definition.period].join("\n");
    this.#secret = secret;
    this.thresholds = thresholdsOf(definition);
  }

  /** The period that `now` lies in. */
  span(now: number): Span {
    if (now < this.#span.start || now >= this.#span.end) {
      this.#span = spanAt(this.definition.period, now);
      this.#fingerprints.clear();
    }
    return this.#span;
  }

  /** Of a key (`budgetKey`) in the period that `span` gave last. */
  fingerprint(key: string): Words {
    const known = this.#fingerprints.get(key);
    if (known !== undefined) return known;
    const { name, unit, period } = this.definition;
    const fingerprint = fingerprintOf(this.#secret, { name, unit, period: `${period}`, start: this.#span.start, key });
    if (key.length > LONGEST_KEPT) return fingerprint;
    if (this.#fingerprints.size >= MOST_KEPT) this.#fingerprints.clear();
    this.#fingerprints.set(key, fingerprint);
    return fingerprint;
  }
}

/** Ascending. */
export function thresholdsOf({ alerts, limit }: BudgetDefinition): Budget["thresholds"] {
  return [...alerts]
    .sort((one, other) => one - other)
    .map((percent) => ({ percent, at: atLeastOne((limit * BigInt(percent)) / 100n) }));
}

export interface BudgetKey {
  readonly name: string;
  readonly unit: string;
  readonly period: string;
  readonly start: number;
  readonly key: string;
}

/** The key comes last and everything before it is one line, so two different ones never make the same text. */
export function fingerprintOf(secret: Words, { name, unit, period, start, key }: BudgetKey): Words {
  const message = new TextMessage();
  message.set(`${name}\n${unit}/${period}/${start}\n${key}`);
  const fingerprint = new Int32Array(4);
  sipHash128(secret, message.words, message.length, fingerprint);
  return fingerprint;
}

function atLeastOne(amount: bigint): bigint {
  return amount > 0n ? amount : 1n;
}

/** Characters of a key that is kept as it is. */
const LONGEST_KEY = 200;

/**
 * A key as it is counted and kept: itself where it is short and plain, else its digest, since keys come from callers and every call writes them down.
 * Two different ones stay different.
 */
export function budgetKey(text: string): string {
  if (text.length <= LONGEST_KEY && !/[\p{C}]/u.test(text) && !text.startsWith("sha256:")) return text;
  return `sha256:${createHash("sha256").update(text, "utf16le").digest("hex")}`;
}

/** The largest limit of a budget in whole units of its currency: sums of it stay within 64 bits. */
export const LARGEST_BUDGET = 4_000_000n * PICO_PER_UNIT;
