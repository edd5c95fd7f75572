/** The quantile of a stream of durations, lately: a histogram of logarithmic buckets (9% wide) whose counts are halved now and then. */

/** In milliseconds. */
const SMALLEST = 0.1;
/** Buckets in which a duration doubles. */
const PER_OCTAVE = 8;
const BUCKETS = 20 * PER_OCTAVE;
/** Samples until all counts are halved. */
const GENERATION = 1024;
/** Fewer tell nothing about a tail. */
const ENOUGH = 50;
/** Samples until the quantile is worked out again. */
const FRESH = 32;

export class Quantile {
  readonly #fraction: number;
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;
  #until = GENERATION;
  #stale = 0;
  #value: number | null = null;

  /** `fraction`: 0.95 for the time within which 95 of 100 come. */
  constructor(fraction: number) {
    this.#fraction = fraction;
  }

  observe(milliseconds: number): void {
    const bucket = Math.floor(Math.log2(Math.max(milliseconds, SMALLEST) / SMALLEST) * PER_OCTAVE);
    this.#counts[Math.min(bucket, BUCKETS - 1)]!++;
    this.#total++;
    if (--this.#until === 0) this.#halve();
    if (--this.#stale <= 0) this.#workOut();
  }

  /** Milliseconds, rounded up to a bucket's end; null: nobody knows yet. */
  get value(): number | null {
    return this.#value;
  }

  #halve(): void {
    this.#until = GENERATION;
    this.#total = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      this.#counts[bucket]! /= 2;
      this.#total += this.#counts[bucket]!;
    }
  }

  #workOut(): void {
    if (this.#total < ENOUGH) return;
    this.#stale = FRESH;
    let left = this.#fraction * this.#total;
    let bucket = 0;
    while (bucket < BUCKETS - 1 && left > this.#counts[bucket]!) left -= this.#counts[bucket++]!;
    this.#value = SMALLEST * 2 ** ((bucket + 1) / PER_OCTAVE);
  }
}
