/**
 * Who is inside: how many requests of each key every thread has between a concurrency limit and their end, and how many wait. A fixed
 * open-addressing table in shared memory; a slot is a 128-bit fingerprint, a counter of tickets, and three columns per thread.
 *
 * Why it is exact:
 * - There is no total that could go wrong: a key's requests are the sum of the threads' columns, each written by its thread alone.
 * - Only who holds the lock of a region of 64 slots adds to a sum, after adding it up. Giving back needs no lock: a sum that shrinks
 *   meanwhile only looks larger than it is.
 * - A slot without requests, inside or waiting, says the same as no slot, so it may be given to another key; nothing is cleaned up.
 * - What a thread had dies with its columns (`release`), a lock that it held included.
 *
 * Waiting: each waiter has a ticket, each thread tells the ticket of its first one, and only the lowest of them may go in. So it is first
 * come, first served over all threads, and nobody overtakes those who wait. Whoever makes room rings for the thread whose turn it is.
 */
/// <reference lib="es2024.sharedmemory" />
import type { Words } from "./siphash.ts";
import { tableSlots } from "./table.ts";

/** Slots in which a key may stand. */
const REGION = 64;
/** Int32 words: the number of slots, of threads, the secret key. */
const HEADER = 8;

/** Columns of a slot: requests inside, requests waiting, the ticket of the first that waits. */
const INSIDE = 0;
const WAITING = 1;
const FIRST = 2;

const SPINS = 200;
/** Milliseconds of one wait for a lock, and how many of them there are before giving up. */
const WAIT = 1;
const WAITS = 200;

/** In place of a slot: no room among those inside; no place in the table. */
export const REFUSED = -1;
export const FULL = -2;

/** Makes the memory for at least so many keys that are in use at once; `key` (four words) is the secret of its fingerprints. */
export function createPermitMemory(wanted: number, threads: number, key: Words): SharedArrayBuffer {
  const slots = tableSlots(wanted);
  const words = HEADER + threads + slots / REGION + slots * (4 + 1 + 3 * threads);
  const memory = new SharedArrayBuffer(4 * words);
  const header = new Int32Array(memory, 0, HEADER);
  header[0] = slots;
  header[1] = threads;
  header.set(key, 2);
  return memory;
}

export class PermitTable {
  readonly slots: number;
  readonly threads: number;
  readonly thread: number;
  /** The secret key of fingerprints; four words. */
  readonly key: Words;
  readonly #words: Int32Array;
  readonly #bells: number;
  readonly #locks: number;
  /** Four planes of words: the first of all slots, the second of all slots … */
  readonly #keys: number;
  readonly #rows: number;
  readonly #rowLength: number;

  constructor(memory: SharedArrayBuffer, thread: number) {
    const words = new Int32Array(memory);
    this.#words = words;
    this.slots = words[0]!;
    this.threads = words[1]!;
    this.key = words.slice(2, 6);
    this.thread = thread;
    this.#bells = HEADER;
    this.#locks = this.#bells + this.threads;
    this.#keys = this.#locks + this.slots / REGION;
    this.#rows = this.#keys + 4 * this.slots;
    this.#rowLength = 1 + 3 * this.threads;
  }

  /** Lets one more request of the key in, unless `most` are inside or some wait: its slot. Else `REFUSED` or `FULL`. */
  enter(fingerprint: Words, most: number): number {
    const region = this.#regionOf(fingerprint);
    if (!this.#lock(region)) return FULL;
    const slot = this.#place(fingerprint);
    const admitted = slot >= 0 && this.#sum(slot, WAITING) === 0 && this.#sum(slot, INSIDE) < most;
    if (admitted) this.#change(slot, INSIDE, 1);
    this.#unlock(region);
    return admitted ? slot : slot < 0 ? FULL : REFUSED;
  }

  /** Puts one more at the end of those who wait for the key, unless they are `most`: its slot, and `ticket`. Else `REFUSED` or `FULL`. */
  join(fingerprint: Words, most: number): number {
    const region = this.#regionOf(fingerprint);
    if (!this.#lock(region)) return FULL;
    const slot = this.#place(fingerprint);
    const accepted = slot >= 0 && this.#sum(slot, WAITING) < most;
    if (accepted) {
      const row = this.#row(slot);
      this.ticket = Atomics.add(this.#words, row, 1);
      const own = this.#cell(slot, WAITING);
      if (this.#words[own] === 0) Atomics.store(this.#words, this.#cell(slot, FIRST), this.ticket);
      Atomics.add(this.#words, own, 1);
    }
    this.#unlock(region);
    return accepted ? slot : slot < 0 ? FULL : REFUSED;
  }

  /** After `join`. */
  ticket = 0;

  /** Lets this thread's first waiter in, if it is its turn and fewer than `most` are inside. `next`: the ticket of the one behind it. */
  promote(slot: number, most: number, next: number): boolean {
    const region = (slot / REGION) | 0;
    if (!this.#lock(region)) {
      // Once more, later.
      this.ring(this.thread);
      return false;
    }
    const admitted = this.turn(slot) === this.thread && this.#sum(slot, INSIDE) < most;
    if (admitted) {
      this.#change(slot, INSIDE, 1);
      this.#leaveQueue(slot, next);
    }
    this.#unlock(region);
    return admitted;
  }

  /** A waiter of this thread went away. `next`: the ticket of the thread's first one that is left. */
  leave(slot: number, next: number): void {
    this.#leaveQueue(slot, next);
  }

  /** One that was inside is not any more. */
  giveBack(slot: number): void {
    this.#change(slot, INSIDE, -1);
  }

  /** The thread whose waiter came first; -1: nobody waits. */
  turn(slot: number): number {
    const words = this.#words;
    let best = -1;
    let lowest = 0;
    for (let thread = 0; thread < this.threads; thread++) {
      if (Atomics.load(words, this.#cell(slot, WAITING, thread)) <= 0) continue;
      const first = Atomics.load(words, this.#cell(slot, FIRST, thread));
      // Tickets wrap: only their distance means something.
      if (best >= 0 && ((first - lowest) | 0) >= 0) continue;
      best = thread;
      lowest = first;
    }
    return best;
  }

  /** Tells a thread to look whether its waiters may go in. */
  ring(thread: number): void {
    Atomics.add(this.#words, this.#bells + thread, 1);
    Atomics.notify(this.#words, this.#bells + thread);
  }

  /** Resolves at the next ring for this thread. It keeps no process alive. */
  rung(): Promise<unknown> {
    const bell = this.#bells + this.thread;
    const waiting = Atomics.waitAsync(this.#words, bell, Atomics.load(this.#words, bell));
    return waiting.async ? waiting.value : Promise.resolve();
  }

  /** Requests of the key inside, and waiting, in all threads. */
  inside(slot: number): number {
    return this.#sum(slot, INSIDE);
  }

  waiting(slot: number): number {
    return this.#sum(slot, WAITING);
  }

  /** Over all keys and threads; for tests and the end of threads, not for the request path. */
  total(): { readonly inside: number; readonly waiting: number } {
    let inside = 0;
    let waiting = 0;
    for (let slot = 0; slot < this.slots; slot++) {
      inside += this.inside(slot);
      waiting += this.waiting(slot);
    }
    return { inside, waiting };
  }

  /** What a dead thread had is nobody's. */
  release(thread: number): void {
    for (let slot = 0; slot < this.slots; slot++) {
      Atomics.store(this.#words, this.#cell(slot, WAITING, thread), 0);
      Atomics.store(this.#words, this.#cell(slot, INSIDE, thread), 0);
    }
    for (let region = 0; region * REGION < this.slots; region++) {
      if (Math.abs(Atomics.load(this.#words, this.#locks + region)) === thread + 1) this.#unlock(region);
    }
    for (let other = 0; other < this.threads; other++) if (other !== thread) this.ring(other);
  }

  #regionOf(fingerprint: Words): number {
    return fingerprint[3]! & (this.slots / REGION - 1);
  }

  #row(slot: number): number {
    return this.#rows + slot * this.#rowLength;
  }

  #cell(slot: number, column: number, thread = this.thread): number {
    return this.#rows + slot * this.#rowLength + 1 + column * this.threads + thread;
  }

  #sum(slot: number, column: number): number {
    const words = this.#words;
    const from = this.#cell(slot, column, 0);
    let sum = 0;
    for (let thread = 0; thread < this.threads; thread++) sum += Atomics.load(words, from + thread);
    return sum;
  }

  #change(slot: number, column: number, by: number): void {
    Atomics.add(this.#words, this.#cell(slot, column), by);
  }

  /** In this order: meanwhile this thread seems to have its turn still, so that nobody comes before the one who has it. */
  #leaveQueue(slot: number, next: number): void {
    Atomics.store(this.#words, this.#cell(slot, FIRST), next);
    this.#change(slot, WAITING, -1);
  }

  /** Under the region's lock: the key's slot, or a free one that is its from now on; `FULL`: neither. */
  #place(fingerprint: Words): number {
    const words = this.#words;
    const { slots } = this;
    const keys = this.#keys;
    const tag = fingerprint[0]! === 0 ? 1 : fingerprint[0]!;
    const region = this.#regionOf(fingerprint) * REGION;
    const start = fingerprint[2]! & (REGION - 1);
    let free = FULL;
    for (let step = 0; step < REGION; step++) {
      const slot = region + ((start + step) & (REGION - 1));
      const at = keys + slot;
      const found = words[at];
      if (
        found === tag &&
        words[at + slots] === fingerprint[1] &&
        words[at + 2 * slots] === fingerprint[2] &&
        words[at + 3 * slots] === fingerprint[3]
      )
        return slot;
      if (free === FULL && (found === 0 || this.#unused(slot))) free = slot;
      // Never used, so nothing was put behind it.
      if (found === 0) break;
    }
    if (free === FULL) return FULL;
    const at = keys + free;
    words[at + slots] = fingerprint[1]!;
    words[at + 2 * slots] = fingerprint[2]!;
    words[at + 3 * slots] = fingerprint[3]!;
    words[at] = tag;
    return free;
  }

  #unused(slot: number): boolean {
    return this.#sum(slot, INSIDE) === 0 && this.#sum(slot, WAITING) === 0;
  }

  /** A lock is 0, or its owner's number, negative where others may wait for it (Drepper's third mutex). */
  #lock(region: number): boolean {
    const words = this.#words;
    const at = this.#locks + region;
    const own = this.thread + 1;
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.compareExchange(words, at, 0, own) === 0) return true;
    for (let wait = 0; wait < WAITS; wait++) {
      const owner = Atomics.compareExchange(words, at, 0, -own);
      if (owner === 0) return true;
      const marked = -Math.abs(owner);
      if (owner === marked || Atomics.compareExchange(words, at, owner, marked) === owner)
        Atomics.wait(words, at, marked, WAIT);
    }
    return false;
  }

  #unlock(region: number): void {
    const at = this.#locks + region;
    if (Atomics.exchange(this.#words, at, 0) < 0) Atomics.notify(this.#words, at, 1);
  }
}
