/**
 * Time limits of requests, nearly all of which never pass: a hashed wheel (Varghese and Lauck), turned by one timer, so that
 * setting and dropping a limit is a few assignments. A limit passes late by up to `TICK`, never early.
 */

/** In milliseconds. */
const TICK = 10;
const SLOTS = 512;

/** `slot` of what hangs nowhere; of what has passed and is about to be told. */
const NOWHERE = -1;
const PASSED = -2;

/** Something with at most one time limit. */
export abstract class Timed {
  /** When the limit passes; performance.now(). */
  due = 0;
  /** Where it hangs in the wheel. */
  slot = NOWHERE;
  next: Timed | null = null;
  previous: Timed | null = null;
  /** The limit has passed; it is not set any more. */
  abstract expired(): void;
}

export class TimerWheel {
  readonly #slots: (Timed | null)[] = new Array<Timed | null>(SLOTS).fill(null);
  #count = 0;
  #timer: NodeJS.Timeout | null = null;
  /** The tick up to which everything has been looked at. */
  #reached = 0;

  /** Replaces the limit that was set before. `due` and `now` as performance.now() tells. */
  set(timed: Timed, due: number, now: number): void {
    this.drop(timed);
    if (this.#timer === null) this.#begin(now);
    // Not in a slot that was looked at already: it would come a whole turn later.
    const slot = Math.max(Math.ceil(due / TICK), this.#reached + 1) % SLOTS;
    const first = this.#slots[slot]!;
    timed.due = due;
    timed.slot = slot;
    timed.next = first;
    if (first !== null) first.previous = timed;
    this.#slots[slot] = timed;
    this.#count++;
  }

  drop(timed: Timed): void {
    const { slot, next, previous } = timed;
    timed.slot = NOWHERE;
    if (slot < 0) return;
    if (previous === null) this.#slots[slot] = next;
    else previous.next = next;
    if (next !== null) next.previous = previous;
    timed.next = null;
    timed.previous = null;
    this.#count--;
  }

  #begin(now: number): void {
    this.#reached = Math.floor(now / TICK);
    this.#timer = setInterval(() => this.#turn(performance.now()), TICK);
    // What is waited for keeps the process alive, not the waiting.
    this.#timer.unref();
  }

  #turn(now: number): void {
    const tick = Math.floor(now / TICK);
    // After a long stop every slot is due, none twice.
    for (let at = Math.max(this.#reached + 1, tick - SLOTS + 1); at <= tick; at++) this.#look(at % SLOTS, now);
    this.#reached = tick;
    // Only now, not when the last limit was dropped: the next request is probably near.
    if (this.#count > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #look(slot: number, now: number): void {
    const passed: Timed[] = [];
    for (let timed: Timed | null = this.#slots[slot] ?? null; timed !== null; ) {
      const next: Timed | null = timed.next;
      // Others are due when the wheel has turned once more.
      if (timed.due <= now) {
        this.drop(timed);
        timed.slot = PASSED;
        passed.push(timed);
      }
      timed = next;
    }
    // Apart, because what expires may set and drop limits, its own and others'.
    for (const timed of passed) {
      if (timed.slot !== PASSED) continue;
      timed.slot = NOWHERE;
      timed.expired();
    }
  }
}
