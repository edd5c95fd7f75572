/**
 * What budgets have spent and reserved, shared by the threads of the process: a fixed open-addressing table in shared memory. A slot is a 128-bit
 * fingerprint of a budget, its key and its period, and four amounts: committed (spent and reserved together), spent, when the period ends, and
 * reserved, once per thread.
 *
 * Why it is exact:
 * - Only who holds the locks of all regions that a call's budgets stand in adds to what is committed, after looking whether everything fits. So a
 *   call reserves in all of its budgets or in none, and committed passes no budget. Locks are taken in ascending order: nobody waits in a circle.
 * - Settling only replaces a reservation by what was used, with atomic additions, and needs no lock, so it can never be refused.
 * - A slot is given to another key only when its period is over and no thread has a reservation in it.
 * - What a thread had reserved when it died counts as spent (`release`): its calls were sent, and nobody will tell what they cost.
 *
 * Amounts are 64-bit integers; the table does not know their unit.
 */
import type { Words } from "../../limit/siphash.ts";
import { tableSlots } from "../../limit/table.ts";
import type { Claim } from "./store.ts";

/** Slots in which a key may stand. */
const REGION = 64;
/** Int32 words: the number of slots, of threads, the secret key. */
const HEADER = 8;

const SPINS = 200;
/** Milliseconds of one wait for a lock, and how many of them there are before giving up. */
const WAIT = 1;
const WAITS = 200;

/** "exhausted": a budget has not enough left; "full": the table has no place for a key, or a lock was not to be had. */
export type Verdict = "reserved" | "exhausted" | "full";

/** Makes the memory for at least so many keys at once; `key` (four words) is the secret of their fingerprints. */
export function createBudgetMemory(wanted: number, threads: number, key: Words): SharedArrayBuffer {
  const slots = tableSlots(wanted);
  const memory = new SharedArrayBuffer(amountsAt(slots) + slots * (8 * (3 + threads) + 4 * (4 + threads)));
  const header = new Int32Array(memory, 0, HEADER);
  header[0] = slots;
  header[1] = threads;
  header.set(key, 2);
  return memory;
}

/** Header and locks, in whole 64-bit words. */
function amountsAt(slots: number): number {
  return 4 * (HEADER + Math.max(2, slots / REGION));
}

export class BudgetTable {
  readonly slots: number;
  readonly threads: number;
  readonly thread: number;
  /** The secret key of fingerprints; four words. */
  readonly key: Words;
  readonly #locks: Int32Array;
  readonly #committed: BigInt64Array;
  readonly #spent: BigInt64Array;
  /** Milliseconds since the epoch; 0: nobody's. */
  readonly #ends: BigInt64Array;
  /** Row by row: what each thread has reserved in the slot. Only that thread writes there, and others read when it is no more. */
  readonly #reserved: BigInt64Array;
  /** Four planes of words: the first of all slots, the second of all slots … */
  readonly #keys: Int32Array;
  /** Row by row: how many reservations each thread has in the slot. */
  readonly #open: Int32Array;
  readonly #regions: number[] = [];
  /** After `reserve` refused: the index of the claim that did not fit, and what its budget had left. */
  failed = 0;
  left = 0n;

  constructor(memory: SharedArrayBuffer, thread: number) {
    const header = new Int32Array(memory, 0, HEADER);
    const slots = header[0]!;
    const threads = header[1]!;
    this.slots = slots;
    this.threads = threads;
    this.thread = thread;
    this.key = header.slice(2, 6);
    this.#locks = new Int32Array(memory, HEADER * 4, Math.max(2, slots / REGION));
    const start = amountsAt(slots);
    this.#committed = new BigInt64Array(memory, start, slots);
    this.#spent = new BigInt64Array(memory, start + slots * 8, slots);
    this.#ends = new BigInt64Array(memory, start + slots * 16, slots);
    this.#reserved = new BigInt64Array(memory, start + slots * 24, slots * threads);
    const words = start + slots * (24 + 8 * threads);
    this.#keys = new Int32Array(memory, words, slots * 4);
    this.#open = new Int32Array(memory, words + slots * 16, slots * threads);
  }

  /** Reserves each claim's amount in its budget, or nothing at all. `now`: milliseconds since the epoch. */
  reserve(claims: readonly Claim[], now: number): Verdict {
    return claims.length === 1 ? this.#reserveOne(claims[0]!, now) : this.#reserveAll(claims, now);
  }

  #reserveOne(claim: Claim, now: number): Verdict {
    const region = this.#regionOf(claim.fingerprint);
    this.failed = 0;
    this.left = 0n;
    if (!this.#lock(region)) return "full";
    const verdict = this.#add(claim, now);
    this.#unlock(region);
    return verdict;
  }

  #reserveAll(claims: readonly Claim[], now: number): Verdict {
    const regions = this.#regionsOf(claims);
    if (!this.#lockAll(regions)) return "full";
    let verdict: Verdict = "reserved";
    let taken = 0;
    for (const claim of claims) {
      verdict = this.#add(claim, now);
      if (verdict !== "reserved") break;
      taken++;
    }
    if (verdict !== "reserved") {
      this.failed = taken;
      for (let index = 0; index < taken; index++) this.#undo(claims[index]!);
    }
    this.#unlockAll(regions);
    return verdict;
  }

  /** Replaces what was reserved by what was used. Gives what the period had spent before. */
  settle(slot: number, reserved: bigint, used: bigint): bigint {
    const own = slot * this.threads + this.thread;
    this.#reserved[own]! -= reserved;
    const before = Atomics.add(this.#spent, slot, used);
    Atomics.add(this.#committed, slot, used - reserved);
    // Last: from here on the slot may be another's.
    Atomics.sub(this.#open, own, 1);
    return before;
  }

  /** Puts back what a period had spent before the process began. False: no place. */
  restore(fingerprint: Words, spent: bigint, end: number, now: number): boolean {
    const region = this.#regionOf(fingerprint);
    if (!this.#lock(region)) return false;
    const found = this.#find(fingerprint);
    const slot = found >= 0 ? found : this.#take(fingerprint, end, now);
    if (slot >= 0) {
      if (found >= 0) Atomics.store(this.#ends, slot, BigInt(end));
      Atomics.add(this.#spent, slot, spent);
      Atomics.add(this.#committed, slot, spent);
    }
    this.#unlock(region);
    return slot >= 0;
  }

  /** Of a key's period; zeros where it stands nowhere. */
  look(fingerprint: Words): { readonly spent: bigint; readonly committed: bigint } {
    const slot = this.#find(fingerprint);
    if (slot < 0) return { spent: 0n, committed: 0n };
    return { spent: Atomics.load(this.#spent, slot), committed: Atomics.load(this.#committed, slot) };
  }

  /** What a dead thread had reserved is spent. Gives how many reservations that were. */
  release(thread: number): number {
    let lost = 0;
    for (let slot = 0; slot < this.slots; slot++) {
      const own = slot * this.threads + thread;
      const open = Atomics.exchange(this.#open, own, 0);
      const reserved = Atomics.exchange(this.#reserved, own, 0n);
      if (reserved > 0n) Atomics.add(this.#spent, slot, reserved);
      lost += open;
    }
    for (let region = 0; region * REGION < this.slots; region++) {
      if (Math.abs(Atomics.load(this.#locks, region)) === thread + 1) this.#unlock(region);
    }
    return lost;
  }

  /** Under the lock. */
  #add(claim: Claim, now: number): Verdict {
    const { amount, limit, fingerprint } = claim;
    let slot = this.#find(fingerprint);
    if (slot < 0) {
      this.left = limit;
      if (amount > limit) return "exhausted";
      slot = this.#take(fingerprint, claim.end, now);
      if (slot < 0) return "full";
    } else {
      const left = limit - Atomics.load(this.#committed, slot);
      this.left = left;
      if (amount > left) return "exhausted";
      // Where it was given up, and is asked for again.
      if (this.#ends[slot] === 0n) Atomics.store(this.#ends, slot, BigInt(claim.end));
    }
    const own = slot * this.threads + this.thread;
    Atomics.add(this.#committed, slot, amount);
    this.#reserved[own]! += amount;
    Atomics.add(this.#open, own, 1);
    claim.slot = slot;
    return "reserved";
  }

  /** Under the lock: another claim of the same call did not fit. */
  #undo({ slot, amount }: Claim): void {
    const own = slot * this.threads + this.thread;
    this.#reserved[own]! -= amount;
    const before = Atomics.sub(this.#committed, slot, amount);
    Atomics.sub(this.#open, own, 1);
    // A key that has nothing needs no place: who is refused must not fill the table.
    if (before === amount && Atomics.load(this.#spent, slot) === 0n && !this.#isOpen(slot)) {
      Atomics.store(this.#ends, slot, 0n);
    }
  }

  #find(fingerprint: Words): number {
    const keys = this.#keys;
    const { slots } = this;
    const tag = tagOf(fingerprint);
    const region = this.#regionOf(fingerprint) * REGION;
    const start = fingerprint[2]! & (REGION - 1);
    for (let step = 0; step < REGION; step++) {
      const slot = region + ((start + step) & (REGION - 1));
      const found = keys[slot];
      // Never used, so nothing was put behind it.
      if (found === 0) return -1;
      if (
        found === tag &&
        keys[slot + slots] === fingerprint[1] &&
        keys[slot + 2 * slots] === fingerprint[2] &&
        keys[slot + 3 * slots] === fingerprint[3]
      )
        return slot;
    }
    return -1;
  }

  /** Under the lock: a slot for a key that has none, which is its from now on; -1: there is none. */
  #take(fingerprint: Words, end: number, now: number): number {
    const keys = this.#keys;
    const { slots } = this;
    const region = this.#regionOf(fingerprint) * REGION;
    const start = fingerprint[2]! & (REGION - 1);
    for (let step = 0; step < REGION; step++) {
      const slot = region + ((start + step) & (REGION - 1));
      if (keys[slot] !== 0 && (Atomics.load(this.#ends, slot) > BigInt(now) || this.#isOpen(slot))) continue;
      keys[slot + slots] = fingerprint[1]!;
      keys[slot + 2 * slots] = fingerprint[2]!;
      keys[slot + 3 * slots] = fingerprint[3]!;
      keys[slot] = tagOf(fingerprint);
      Atomics.store(this.#committed, slot, 0n);
      Atomics.store(this.#spent, slot, 0n);
      Atomics.store(this.#ends, slot, BigInt(end));
      return slot;
    }
    return -1;
  }

  #isOpen(slot: number): boolean {
    const first = slot * this.threads;
    for (let thread = 0; thread < this.threads; thread++) {
      if (Atomics.load(this.#open, first + thread) > 0) return true;
    }
    return false;
  }

  #regionOf(fingerprint: Words): number {
    return fingerprint[3]! & (this.slots / REGION - 1);
  }

  /** Ascending, none twice; the list is used again by the next call. */
  #regionsOf(claims: readonly Claim[]): readonly number[] {
    const regions = this.#regions;
    regions.length = 0;
    for (const { fingerprint } of claims) {
      const region = this.#regionOf(fingerprint);
      if (!regions.includes(region)) regions.push(region);
    }
    return regions.length > 1 ? regions.sort((one, other) => one - other) : regions;
  }

  #lockAll(regions: readonly number[]): boolean {
    for (let index = 0; index < regions.length; index++) {
      if (this.#lock(regions[index]!)) continue;
      for (let held = 0; held < index; held++) this.#unlock(regions[held]!);
      this.failed = 0;
      this.left = 0n;
      return false;
    }
    return true;
  }

  #unlockAll(regions: readonly number[]): void {
    for (const region of regions) this.#unlock(region);
  }

  /** A lock is 0, or its owner's number, negative where others may wait for it (Drepper's third mutex). */
  #lock(region: number): boolean {
    const locks = this.#locks;
    const own = this.thread + 1;
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.compareExchange(locks, region, 0, own) === 0) return true;
    for (let wait = 0; wait < WAITS; wait++) {
      const owner = Atomics.compareExchange(locks, region, 0, -own);
      if (owner === 0) return true;
      const marked = -Math.abs(owner);
      if (owner === marked || Atomics.compareExchange(locks, region, owner, marked) === owner)
        Atomics.wait(locks, region, marked, WAIT);
    }
    return false;
  }

  #unlock(region: number): void {
    if (Atomics.exchange(this.#locks, region, 0) < 0) Atomics.notify(this.#locks, region, 1);
  }
}

/** 0 stands for a slot that was never used. */
function tagOf(fingerprint: Words): number {
  return fingerprint[0]! === 0 ? 1 : fingerprint[0]!;
}
