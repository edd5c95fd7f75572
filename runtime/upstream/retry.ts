/** When a failed attempt may be made again, how long to wait before, and the budget that keeps retries from becoming the load. */
import type { ServiceConfiguration } from "../abi.ts";
import type { Headers } from "../http/exchange.ts";
import type { SharedSlot } from "./shared-table.ts";
import type { Surroundings } from "./surroundings.ts";
import { Window } from "./window.ts";

/** The request header that says which attempt this is, from the second on: whoever gets it does not retry what another retries. */
export const ATTEMPT_FIELD = "vgw-attempt";
/** Request bodies up to this are kept whole by a service that retries, so that they can be sent again. */
export const REPLAY_LIMIT = 64 * 1024;

/** The time over which the budget is kept. */
const PERIOD = 10_000;
/** So many retries in a period are allowed however few requests there are. */
const RESERVE = 10;

/** What an attempt can be made again for: a kind of failure, or a status. */
export type Trigger = "connect" | "timeout" | "closed" | number;

/** At most so many retries for so many requests in any ten seconds, over all threads. */
export class RetryBudget {
  readonly #slot: SharedSlot;
  readonly #window: Window;
  readonly #ratio: number;
  readonly #threads: number;
  readonly #now: () => number;

  constructor(slot: SharedSlot, ratio: number, { now, table }: Surroundings) {
    this.#slot = slot;
    this.#window = new Window(slot, PERIOD);
    this.#ratio = ratio;
    this.#threads = table.threads;
    this.#now = now;
  }

  /** A request, on its first attempt. */
  deposit(): void {
    this.#window.roll(this.#now());
    this.#slot.count(false);
  }

  /** Whether one more retry is paid for; then it is counted. */
  withdraw(): boolean {
    this.#window.roll(this.#now());
    // Each other thread may be about to take one more at this very moment.
    const after = this.#window.bad + this.#threads;
    if (after > Math.max(RESERVE, this.#ratio * this.#window.total)) return false;
    this.#slot.countLateBad();
    return true;
  }

  release(): void {
    this.#slot.release();
  }
}

export class RetryPolicy {
  readonly times: number;
  readonly budget: RetryBudget;
  readonly #on: ReadonlySet<string | number>;
  readonly #from: number;
  readonly #to: number;
  readonly #random: () => number;

  constructor(settings: NonNullable<ServiceConfiguration["retry"]>, budget: RetryBudget, random: () => number) {
    this.times = settings.times;
    this.budget = budget;
    this.#on = new Set(settings.on);
    this.#from = settings.wait.from;
    this.#to = settings.wait.to;
    this.#random = random;
  }

  covers(trigger: Trigger): boolean {
    return this.#on.has(trigger);
  }

  /**
   * Milliseconds before the retry with this number, from 1: twice as long each time, half of it left to chance. `told`: what the answer
   * asked for by Retry-After; null: more than this service waits for.
   */
  wait(number: number, told: number): number | null {
    if (told > this.#to) return null;
    const usual = Math.min(this.#to, this.#from * 2 ** (number - 1));
    return Math.max(told, usual * (0.5 + this.#random() / 2));
  }
}

/** Milliseconds that Retry-After asks for (RFC 9110 §10.2.3: seconds or a date); 0: none, or not valid. `now` since the epoch. */
export function retryAfter(headers: Headers, now: number): number {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== "retry-after") continue;
    const value = headers[index + 1]!.trim();
    if (/^\d{1,10}$/.test(value)) return Number(value) * 1000;
    const date = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)
      ? Date.parse(value)
      : Number.NaN;
    return Number.isNaN(date) ? 0 : Math.max(0, date - now);
  }
  return 0;
}
