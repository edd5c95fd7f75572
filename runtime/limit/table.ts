/**
 * The counters of all limits, shared by the threads of the process: a fixed open-addressing table in shared memory. A slot is a
 * 128-bit fingerprint and one 64-bit time, the theoretical arrival time of GCRA in nanoseconds of the monotonic clock.
 *
 * Why it is exact:
 * - A slot whose time has passed says the same as no slot, so it may be given to another key; nothing is ever cleaned up.
 * - Taking is one compare-and-swap of the time. The time of a slot only grows, also when the slot changes hands, so a swap that
 *   succeeds proves that nobody touched the slot since it was read, fingerprint included.
 * - A key may stand only in the 64 slots of its region, and only who holds the region's lock gives a slot to a new key, after looking
 *   for it once more. So no key stands twice.
 * - The lock is held for the writing of one slot. It holds its owner's number, so that what a dead thread held is given back
 *   (`release`); who waits too long gives up as if the table were full. Taking from a key that is there needs no lock.
 */
import { randomBytes } from "node:crypto";
import type { Words } from "./siphash.ts";

/** Slots in which a key may stand. */
const REGION = 64;
/** Int32 words before the locks: the number of slots, the secret key. */
const HEADER = 8;
/** A slot that its new owner is writing. Any time from a clock is positive; 0 is a slot that was never used. */
const CLAIMED = -1n;
const FREE = 0n;

const SPINS = 200;
/** Milliseconds of one wait for a lock, and how many of them there are before giving up. */
const WAIT = 1;
const WAITS = 50;

export type Verdict = "admitted" | "limited" | "full";

/** A power of two, from 64 to 16,777,216. */
export function tableSlots(wanted: number): number {
  let slots = REGION;
  while (slots < wanted && slots < 2 ** 24) slots *= 2;
  return slots;
}

/** Makes the memory of a table for at least so many keys; `key` (four words) is the secret of its fingerprints. */
export function createTableMemory(wanted: number, key: Words): SharedArrayBuffer {
  const slots = tableSlots(wanted);
  const memory = new SharedArrayBuffer(bytesBefore(slots) + slots * 24);
  const header = new Int32Array(memory, 0, HEADER);
  header[0] = slots;
  header.set(key, 1);
  return memory;
}

/** A secret that no other process knows. */
export function newTableKey(): Words {
  return new Int32Array(Uint8Array.from(randomBytes(16)).buffer);
}

/** Header and locks, in whole 64-bit words. */
function bytesBefore(slots: number): number {
  return 4 * (HEADER + Math.max(2, slots / REGION));
}

export class LimitTable {
  readonly slots: number;
  /** The secret key of fingerprints; four words. */
  readonly key: Words;
  readonly #locks: Int32Array;
  readonly #times: BigInt64Array;
  /** Four planes of words: the first of all slots, the second of all slots … */
  readonly #keys: Int32Array;
  readonly #owner: number;
  /** After `take`: nanoseconds until the key owes nothing, counted from that call's `now`. */
  debt = 0;
  /** The increment of the call before, which the next one often has too: as a number, and as what is added. */
  #increment = 0;
  #added = 0n;

  /** `thread` tells this process's threads apart. */
  constructor(memory: SharedArrayBuffer, thread: number) {
    const header = new Int32Array(memory, 0, HEADER);
    const slots = header[0] ?? 0;
    this.slots = slots;
    this.key = header.slice(1, 5);
    this.#owner = thread + 1;
    const start = bytesBefore(slots);
    this.#locks = new Int32Array(memory, HEADER * 4, Math.max(2, slots / REGION));
    this.#times = new BigInt64Array(memory, start, slots);
    this.#keys = new Int32Array(memory, start + slots * 8, slots * 4);
  }

  /**
   * GCRA: adds `increment` nanoseconds to what the key owes, unless that would be more than `capacity`. `now` is in nanoseconds of a
   * clock that all threads share. What is not admitted changes nothing.
   */
  take(fingerprint: Words, now: bigint, increment: number, capacity: number): Verdict {
    if (increment > capacity) return this.#look(fingerprint, now);
    for (;;) {
      const slot = this.#find(fingerprint);
      const time = slot === -1 ? CLAIMED : Atomics.load(this.#times, slot);
      if (time === CLAIMED) {
        const inserted = this.#insert(fingerprint, now, increment);
        if (inserted === null) continue;
        this.debt = inserted === "admitted" ? increment : 0;
        return inserted;
      }
      if (!this.#is(slot, fingerprint)) continue;
      const owes = time > now;
      const owed = owes ? Number(time - now) : 0;
      if (owed + increment > capacity) {
        if (Atomics.load(this.#times, slot) !== time) continue;
        this.debt = owed;
        return "limited";
      }
      if (increment !== this.#increment) {
        this.#increment = increment;
        this.#added = BigInt(increment);
      }
      if (Atomics.compareExchange(this.#times, slot, time, (owes ? time : now) + this.#added) !== time) continue;
      this.debt = owed + increment;
      return "admitted";
    }
  }

  /** Gives back what a dead thread held. */
  release(thread: number): void {
    for (let region = 0; region * REGION < this.slots; region++) {
      if (Atomics.load(this.#locks, region) !== thread + 1) continue;
      for (let slot = region * REGION; slot < (region + 1) * REGION; slot++) {
        // Half-written: a time that has passed.
        Atomics.compareExchange(this.#times, slot, CLAIMED, 1n);
      }
      this.#unlock(region);
    }
  }

  /** A demand that no waiting makes possible. */
  #look(fingerprint: Words, now: bigint): Verdict {
    const slot = this.#find(fingerprint);
    const time = slot === -1 ? FREE : Atomics.load(this.#times, slot);
    this.debt = time > now ? Number(time - now) : 0;
    return "limited";
  }

  /** The slot of a key, by plain reads: a slot that is found is looked at again, a key that is not found is looked for under the lock. */
  #find(fingerprint: Words): number {
    const keys = this.#keys;
    const tag = tagOf(fingerprint);
    const region = this.#region(fingerprint) * REGION;
    const start = fingerprint[2]! & (REGION - 1);
    for (let step = 0; step < REGION; step++) {
      const slot = region + ((start + step) & (REGION - 1));
      const found = keys[slot];
      if (found === tag && this.#is(slot, fingerprint)) return slot;
      // Never used, so nothing was put behind it.
      if (found === 0) return -1;
    }
    return -1;
  }

  #is(slot: number, fingerprint: Words): boolean {
    const keys = this.#keys;
    const { slots } = this;
    return (
      keys[slot] === tagOf(fingerprint) &&
      keys[slot + slots] === fingerprint[1] &&
      keys[slot + 2 * slots] === fingerprint[2] &&
      keys[slot + 3 * slots] === fingerprint[3]
    );
  }

  /** null: another thread was quicker, the key is there. */
  #insert(fingerprint: Words, now: bigint, increment: number): Verdict | null {
    const region = this.#region(fingerprint);
    if (!this.#lock(region)) return "full";
    try {
      if (this.#find(fingerprint) !== -1) return null;
      const start = fingerprint[2]! & (REGION - 1);
      for (let step = 0; step < REGION; step++) {
        const slot = region * REGION + ((start + step) & (REGION - 1));
        const time = Atomics.load(this.#times, slot);
        if (time > now) continue;
        // Its key may be asked for at this very moment: one of the two is first.
        if (Atomics.compareExchange(this.#times, slot, time, CLAIMED) !== time) continue;
        const { slots } = this;
        this.#keys[slot + slots] = fingerprint[1]!;
        this.#keys[slot + 2 * slots] = fingerprint[2]!;
        this.#keys[slot + 3 * slots] = fingerprint[3]!;
        this.#keys[slot] = tagOf(fingerprint);
        Atomics.store(this.#times, slot, now + BigInt(increment));
        return "admitted";
      }
      return "full";
    } finally {
      this.#unlock(region);
    }
  }

  #region(fingerprint: Words): number {
    return fingerprint[3]! & (this.slots / REGION - 1);
  }

  #lock(region: number): boolean {
    const locks = this.#locks;
    for (let spin = 0; spin < SPINS; spin++) {
      if (Atomics.compareExchange(locks, region, 0, this.#owner) === 0) return true;
    }
    for (let wait = 0; wait < WAITS; wait++) {
      const owner = Atomics.compareExchange(locks, region, 0, this.#owner);
      if (owner === 0) return true;
      Atomics.wait(locks, region, owner, WAIT);
    }
    return false;
  }

  #unlock(region: number): void {
    Atomics.store(this.#locks, region, 0);
    Atomics.notify(this.#locks, region, 1);
  }
}

/** 0 stands for a slot that was never used. */
function tagOf(fingerprint: Words): number {
  return fingerprint[0]! === 0 ? 1 : fingerprint[0]!;
}
