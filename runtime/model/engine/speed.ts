/**
 * How fast models have been, as all threads of the process know together: each thread writes a row of its own and adds all of them up to read, so nothing is
 * locked on the request path. What was measured fades, so that a model that was slow is some day one of which little is known.
 */

import { hashText } from "../../value/hash-text.ts";

/** Milliseconds in which a measurement loses 63% of its weight. */
const FADING = 60_000;
/** Less than so many measurements, as faded, are none; for a quantile more are needed. */
const FEWEST = 0.5;
const FEWEST_FOR_QUANTILE = 3;
/** More than so many weigh no more: a model that was asked a lot is not forgotten later than after some six minutes. */
const MOST = 200;
/** Milliseconds that a failure counts as at least: errors must not look like the best of answers. */
const FAILED = 10_000;

/** Classes of times, four in each doubling, from 4 ms to about 4 min. */
const CLASSES = 64;
const LOWEST = 4;

/** Of a row: when it was written last, how many measurements, the sums of their milliseconds to the first token and behind it, and of their tokens. */
const AT = 0;
const WEIGHT = 1;
const FIRST = 2;
const REST = 3;
const TOKENS = 4;
const HISTOGRAM = 5;
const ROW = HISTOGRAM + CLASSES;
/** Streams, and answers that come whole: the time to the first token means another thing for each. */
const KINDS = 2;

/** Models that can be told apart; those beyond are known to each thread alone. */
const MODELS = 256;

export interface SpeedMemory {
  readonly rows: SharedArrayBuffer;
  /** The fingerprint of the model in each slot; 0: free. */
  readonly names: SharedArrayBuffer;
  readonly threads: number;
}

export function createSpeedMemory(threads: number, models: number = MODELS): SpeedMemory {
  return {
    rows: new SharedArrayBuffer(8 * models * threads * KINDS * ROW),
    names: new SharedArrayBuffer(4 * models),
    threads,
  };
}

export class SpeedTable {
  readonly #memory: SpeedMemory;
  readonly #rows: Float64Array;
  readonly #names: Int32Array;
  readonly #thread: number;
  readonly #now: () => number;

  /** `now`: milliseconds on one clock for all threads. */
  constructor(memory: SpeedMemory, thread: number, now: () => number) {
    this.#memory = memory;
    this.#rows = new Float64Array(memory.rows);
    this.#names = new Int32Array(memory.names);
    this.#thread = thread;
    this.#now = now;
  }

  /** `model`: what it is, the same in every thread and generation. */
  of(model: string): Speed {
    const slot = this.#slot(hashText(model) | 0 || 1);
    if (slot >= 0) return new Speed(this.#rows, slot, this.#memory.threads, this.#thread, this.#now);
    return new Speed(new Float64Array(KINDS * ROW), 0, 1, 0, this.#now);
  }

  /** A slot that is given to a model stays its own: programs have few models, and a swap changes few of them. */
  #slot(fingerprint: number): number {
    const names = this.#names;
    for (let slot = 0; slot < names.length; slot++) {
      const before = Atomics.compareExchange(names, slot, 0, fingerprint);
      if (before === 0 || before === fingerprint) return slot;
    }
    return -1;
  }
}

export class Speed {
  readonly #rows: Float64Array;
  readonly #slot: number;
  readonly #threads: number;
  readonly #thread: number;
  readonly #now: () => number;

  constructor(rows: Float64Array, slot: number, threads: number, thread: number, now: () => number) {
    this.#rows = rows;
    this.#slot = slot;
    this.#threads = threads;
    this.#thread = thread;
    this.#now = now;
  }

  /** `first`, `rest`: milliseconds until the first token and behind it; of an answer that came whole `first` is all. `tokens` 0: not told. */
  answered(stream: boolean, first: number, rest: number, tokens: number): void {
    const row = this.#write(stream, first);
    if (tokens <= 0) return;
    this.#rows[row + REST]! += stream ? rest : first;
    this.#rows[row + TOKENS]! += tokens;
  }

  /** It gave no answer. */
  failed(stream: boolean, milliseconds: number): void {
    const lost = Math.max(milliseconds, FAILED);
    const row = this.#write(stream, lost);
    if (!stream) this.#rows[row + REST]! += lost;
  }

  /** Milliseconds that an answer of so many tokens takes; null: not known. */
  expected(stream: boolean, tokens: number): number | null {
    const now = this.#now();
    let [weight, first, rest, told] = [0, 0, 0, 0];
    for (let thread = 0; thread < this.#threads; thread++) {
      const row = this.#row(stream, thread);
      const left = this.#left(row, now);
      weight += this.#rows[row + WEIGHT]! * left;
      first += this.#rows[row + FIRST]! * left;
      rest += this.#rows[row + REST]! * left;
      told += this.#rows[row + TOKENS]! * left;
    }
    if (weight < FEWEST) return null;
    if (told <= 0) return first / weight;
    return (stream ? first / weight : 0) + (tokens * rest) / told;
  }

  /** Milliseconds to the first token that `share` of the answers keep; null: too little is known. */
  quantile(stream: boolean, share: number): number | null {
    const now = this.#now();
    const sums = new Float64Array(CLASSES);
    let weight = 0;
    for (let thread = 0; thread < this.#threads; thread++) {
      const row = this.#row(stream, thread);
      const left = this.#left(row, now);
      weight += this.#rows[row + WEIGHT]! * left;
      for (let index = 0; index < CLASSES; index++) sums[index]! += this.#rows[row + HISTOGRAM + index]! * left;
    }
    if (weight < FEWEST_FOR_QUANTILE) return null;
    let wanted = weight * share;
    for (let index = 0; index < CLASSES; index++) {
      const here = sums[index]!;
      // Within its class they are taken for evenly spread.
      if (wanted <= here && here > 0) return LOWEST * 2 ** ((index + wanted / here - 1) / 4);
      wanted -= here;
    }
    return LOWEST * 2 ** (CLASSES / 4);
  }

  /** Gives the row, with this measurement counted. */
  #write(stream: boolean, first: number): number {
    const rows = this.#rows;
    const now = this.#now();
    const row = this.#row(stream, this.#thread);
    const weight = rows[row + WEIGHT]! * this.#left(row, now);
    // What little is left of long ago would only mislead beside what is measured now.
    const kept = weight < FEWEST ? 0 : Math.min(1, MOST / (weight + 1));
    const factor = kept * this.#left(row, now);
    for (let column = WEIGHT; column < ROW; column++) rows[row + column]! *= factor;
    rows[row + AT] = now;
    rows[row + WEIGHT]! += 1;
    rows[row + FIRST]! += first;
    rows[row + HISTOGRAM + classOf(first)]! += 1;
    return row;
  }

  #row(stream: boolean, thread: number): number {
    return ((this.#slot * this.#threads + thread) * KINDS + (stream ? 0 : 1)) * ROW;
  }

  #left(row: number, now: number): number {
    return Math.exp((this.#rows[row + AT]! - now) / FADING);
  }
}

/** The class whose upper bound is the lowest that is not passed. */
function classOf(milliseconds: number): number {
  const place = Math.ceil(4 * Math.log2(Math.max(milliseconds, LOWEST) / LOWEST));
  return Math.min(place, CLASSES - 1);
}
