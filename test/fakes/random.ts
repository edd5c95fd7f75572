/** A row of random numbers from a seed, for tests that must be able to happen again. */
export class Random {
  #state: number;

  /** The same row for the same numbers; another for any other. */
  constructor(...seeds: readonly number[]) {
    this.#state = 0;
    for (const seed of seeds) this.#state = mix((this.#state ^ seed) >>> 0) + 0x9e3779b9;
  }

  /** 0 ≤ n < 1 (Tommy Ettinger's mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    return mix(this.#state) / 2 ** 32;
  }

  /** A whole number, 0 ≤ n < `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** A whole number, `least` ≤ n ≤ `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  /** By weight: `[thing, weight]`. */
  weighed<T>(from: readonly (readonly [T, number])[]): T {
    let left = this.next() * from.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [thing, weight] of from) {
      left -= weight;
      if (left < 0) return thing;
    }
    return from[0]![0];
  }
}

function mix(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return (mixed ^ (mixed >>> 14)) >>> 0;
}
