/**
 * Circuit breaker of a service, one for all threads: closed, it counts; open, it refuses at once; after a while a single request tries
 * whether the service is back, and its outcome closes the breaker or keeps it open.
 */
import type { ServiceConfiguration } from "../abi.ts";
import type { SharedSlot } from "./shared-table.ts";
import { Window } from "./window.ts";

const CLOSED = 0;
const OPEN = 1;
const PROBING = 2;

export type Admission = "yes" | "no" | "probe";

export class Breaker {
  readonly #settings: NonNullable<ServiceConfiguration["breaker"]>;
  readonly #slot: SharedSlot;
  readonly #window: Window;
  readonly #changed: (open: boolean) => void;

  constructor(
    settings: NonNullable<ServiceConfiguration["breaker"]>,
    slot: SharedSlot,
    changed: (open: boolean) => void,
  ) {
    this.#settings = settings;
    this.#slot = slot;
    this.#window = new Window(slot, settings.within);
    this.#changed = changed;
  }

  get open(): boolean {
    return this.#slot.state !== CLOSED;
  }

  admit(now: number): Admission {
    const { state } = this.#slot;
    if (state === CLOSED) return "yes";
    if (state === OPEN && now - this.#slot.time >= this.#settings.probe && this.#slot.change(OPEN, PROBING))
      return "probe";
    return "no";
  }

  /** `bad` null: nothing was learnt, as when the client left. Exactly once for each "probe", and for each "yes" that ended. */
  record(bad: boolean | null, probe: boolean, now: number): void {
    if (probe) {
      this.#probed(bad, now);
      return;
    }
    if (bad === null || this.#slot.state !== CLOSED) return;
    const { failures, of } = this.#settings;
    this.#window.roll(now);
    this.#slot.count(bad);
    if (!bad) return;
    const { total } = this.#window;
    if (total < of || this.#window.bad < failures * total) return;
    this.#slot.time = now;
    if (this.#slot.change(CLOSED, OPEN)) this.#changed(true);
  }

  release(): void {
    this.#slot.release();
  }

  #probed(bad: boolean | null, now: number): void {
    if (bad === false) {
      // The counts of every thread begin anew.
      this.#slot.nextEpoch();
      if (this.#slot.change(PROBING, CLOSED)) this.#changed(false);
      return;
    }
    // A probe that told nothing is made up for by the next request.
    this.#slot.time = bad === null ? now - this.#settings.probe : now;
    this.#slot.change(PROBING, OPEN);
  }
}
