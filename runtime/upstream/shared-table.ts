/**
 * What the threads of one process know together about endpoints and services: counts, one row per thread, and states. Each
 * thread writes its own rows only, so that nothing is locked on the request path; the lock below guards the giving out of slots.
 */
import { createHash } from "node:crypto";

/** Endpoints, breakers and budgets that can be shared at once; what finds no slot is kept per thread. */
const SLOTS = 4096;
const HEADER = 16;
const LOCK = 0;
const VERSION = 1;

/** Per slot, shared: who uses it, its key, by how much its share is reduced (‰), why, and a state and a count of its owner's. */
const WORDS = 7;
const USERS = 0;
const KEY = 1;
const REDUCED = 3;
const REASONS = 4;
const STATE = 5;
const EPOCH = 6;

/** Per slot and thread: attempts under way, attempts that ended (wrapping), and those of them that ended badly. */
const COLUMNS = 3;

export const EJECTED = 1;
export const UNHEALTHY = 2;
/** Together with `EJECTED`: for slowness. */
export const SLOW = 4;

/** Classes of how long answers took: below 1 ms, then two in each doubling, up to 33 s and more. */
export const LATENCY_CLASSES = 32;

/** The class of so many milliseconds: floor(2·log₂ ms) + 1. */
export function latencyClass(milliseconds: number): number {
  const bounded = Math.min(milliseconds, 46_000);
  return 32 - Math.clz32(bounded * bounded);
}

export interface TableLayout {
  readonly words: SharedArrayBuffer;
  /** One moment per slot, on the clock of `monotonic`. */
  readonly times: SharedArrayBuffer;
  /** Per thread and slot, answers by class of latency. Memory that no service asks for is never touched. */
  readonly latencies: SharedArrayBuffer;
  readonly threads: number;
}

export function createTableLayout(threads: number, slots: number = SLOTS): TableLayout {
  return {
    words: new SharedArrayBuffer(4 * (HEADER + slots * (WORDS + threads * COLUMNS))),
    times: new SharedArrayBuffer(8 * slots),
    latencies: new SharedArrayBuffer(4 * slots * threads * LATENCY_CLASSES),
    threads,
  };
}

/** The counts and states of one endpoint, breaker or budget, as one thread sees them. */
export class SharedSlot {
  readonly #table: SharedTable;
  readonly #slot: number;
  readonly #words: Int32Array;
  readonly #times: Float64Array;
  readonly #shared: number;
  readonly #latencies: Int32Array;
  /** First cell of this thread's row, and of the first thread's. */
  readonly #own: number;
  readonly #first: number;
  readonly #threads: number;

  constructor(table: SharedTable, slot: number) {
    this.#table = table;
    this.#slot = slot;
    this.#words = table.words;
    this.#times = table.times;
    this.#latencies = table.latencies;
    this.#shared = HEADER + slot * WORDS;
    this.#first = table.rowOf(0) + slot * COLUMNS;
    this.#own = table.rowOf(table.thread) + slot * COLUMNS;
    this.#threads = table.threads;
  }

  enter(): void {
    this.#words[this.#own]!++;
  }

  leave(): void {
    this.#words[this.#own]!--;
  }

  /** Attempts under way in all threads. */
  get load(): number {
    return this.#sum(0);
  }

  count(bad: boolean): void {
    this.#words[this.#own + 1]!++;
    if (bad) this.#words[this.#own + 2]!++;
  }

  /** One that had been counted as good turned out bad. */
  countLateBad(): void {
    this.#words[this.#own + 2]!++;
  }

  /** An answer that took so long (`latencyClass`). */
  countLatency(latency: number): void {
    this.#latencies[this.#table.latencyRowOf(this.#table.thread, this.#slot) + latency]!++;
  }

  /** Answers by class of latency since the start, in all threads, wrapping as `total` does. */
  latencies(): Int32Array {
    const sums = new Int32Array(LATENCY_CLASSES);
    for (let thread = 0; thread < this.#threads; thread++) {
      const row = this.#table.latencyRowOf(thread, this.#slot);
      for (let latency = 0; latency < LATENCY_CLASSES; latency++) sums[latency]! += this.#latencies[row + latency]!;
    }
    return sums;
  }

  /** Since the start, in all threads, wrapping at 2³²: only differences mean something. */
  get total(): number {
    return this.#sum(1);
  }

  get bad(): number {
    return this.#sum(2);
  }

  /** In ‰: 0, all of its share; 1000, nothing. */
  get reduced(): number {
    return this.#words[this.#shared + REDUCED]!;
  }

  get reasons(): number {
    return this.#words[this.#shared + REASONS]!;
  }

  /** For the one thread that decides. The others notice by the table's version. */
  reduce(reduced: number, reasons: number): void {
    if (this.reduced === reduced && this.reasons === reasons) return;
    this.#words[this.#shared + REDUCED] = reduced;
    this.#words[this.#shared + REASONS] = reasons;
    this.#table.changed();
  }

  get state(): number {
    return Atomics.load(this.#words, this.#shared + STATE);
  }

  /** Whether this thread was the one that changed it. */
  change(from: number, to: number): boolean {
    return Atomics.compareExchange(this.#words, this.#shared + STATE, from, to) === from;
  }

  /** The threads run on machines of 64 bits, where a double is written at once. */
  get time(): number {
    return this.#times[this.#slot]!;
  }

  set time(value: number) {
    this.#times[this.#slot] = value;
  }

  get epoch(): number {
    return Atomics.load(this.#words, this.#shared + EPOCH);
  }

  nextEpoch(): void {
    Atomics.add(this.#words, this.#shared + EPOCH, 1);
  }

  /** The slot is this service's no more. */
  release(): void {
    this.#table.release(this.#slot);
  }

  #sum(column: number): number {
    const words = this.#words;
    let cell = this.#first + column;
    if (this.#threads === 1) return words[cell]!;
    const step = this.#table.rowLength;
    let sum = 0;
    for (let thread = 0; thread < this.#threads; thread++, cell += step) sum += words[cell]!;
    return sum | 0;
  }
}

export class SharedTable {
  readonly words: Int32Array;
  readonly times: Float64Array;
  readonly latencies: Int32Array;
  readonly threads: number;
  readonly thread: number;
  readonly #slots: number;

  constructor(layout: TableLayout = createTableLayout(1, 256), thread = 0) {
    this.words = new Int32Array(layout.words);
    this.times = new Float64Array(layout.times);
    this.latencies = new Int32Array(layout.latencies);
    this.threads = layout.threads;
    this.thread = thread;
    this.#slots = this.times.length;
  }

  /** Raised whenever the share of some slot changes. */
  get version(): number {
    return this.words[VERSION]!;
  }

  changed(): void {
    Atomics.add(this.words, VERSION, 1);
  }

  /** The slot for this key, the same in every thread; in a table of this thread alone where all are taken. `release` it once. */
  acquire(key: string): SharedSlot {
    const digest = createHash("sha256").update(key).digest();
    const slot = this.#locked(() => this.#find(digest.readInt32LE(0), digest.readInt32LE(4)));
    return slot < 0 ? new SharedTable(createTableLayout(1, 1)).acquire(key) : new SharedSlot(this, slot);
  }

  release(slot: number): void {
    this.#locked(() => {
      this.words[HEADER + slot * WORDS + USERS]!--;
    });
  }

  /** What a thread that ended had under way is under way no more. */
  clearThread(thread: number): void {
    const from = this.rowOf(thread);
    for (let cell = from; cell < from + this.rowLength; cell += COLUMNS) this.words[cell] = 0;
  }

  get rowLength(): number {
    return this.#slots * COLUMNS;
  }

  rowOf(thread: number): number {
    return HEADER + this.#slots * WORDS + thread * this.rowLength;
  }

  latencyRowOf(thread: number, slot: number): number {
    return (thread * this.#slots + slot) * LATENCY_CLASSES;
  }

  #find(high: number, low: number): number {
    let free = -1;
    for (let slot = 0; slot < this.#slots; slot++) {
      const at = HEADER + slot * WORDS;
      if (this.words[at + USERS]! > 0) {
        if (this.words[at + KEY] !== high || this.words[at + KEY + 1] !== low) continue;
        this.words[at + USERS]!++;
        return slot;
      }
      if (free < 0) free = slot;
    }
    if (free >= 0) this.#clear(free, high, low);
    return free;
  }

  #clear(slot: number, high: number, low: number): void {
    const at = HEADER + slot * WORDS;
    this.words.fill(0, at, at + WORDS);
    this.words[at + USERS] = 1;
    this.words[at + KEY] = high;
    this.words[at + KEY + 1] = low;
    this.times[slot] = 0;
    for (let thread = 0; thread < this.threads; thread++) {
      const row = this.rowOf(thread) + slot * COLUMNS;
      this.words.fill(0, row, row + COLUMNS);
      const latencies = this.latencyRowOf(thread, slot);
      this.latencies.fill(0, latencies, latencies + LATENCY_CLASSES);
    }
  }

  /** Held for microseconds, when a service is made or closed: whoever finds it taken tries again. */
  #locked<T>(work: () => T): T {
    while (Atomics.compareExchange(this.words, LOCK, 0, 1) !== 0) Atomics.wait(this.words, LOCK, 1, 1);
    try {
      return work();
    } finally {
      Atomics.store(this.words, LOCK, 0);
      Atomics.notify(this.words, LOCK);
    }
  }
}
