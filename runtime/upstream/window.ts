/** How much was counted in a slot within the last so many milliseconds, over all threads. */
import type { SharedSlot } from "./shared-table.ts";

/** Snapshots kept per window; the window is exact to one part in so many. */
const PARTS = 10;

interface Snapshot {
  readonly at: number;
  readonly total: number;
  readonly bad: number;
}

export class Window {
  readonly #slot: SharedSlot;
  readonly #length: number;
  #snapshots: Snapshot[] = [];
  #epoch = 0;
  /** What the first snapshot holds: threads that begin together see each other's counts from then on. */
  #first: Omit<Snapshot, "at"> | null;

  constructor(slot: SharedSlot, length: number) {
    this.#slot = slot;
    this.#length = length;
    this.#first = { total: slot.total, bad: slot.bad };
  }

  /** Call before something is counted. After a pause of a whole window, the window begins with this call. */
  roll(now: number): void {
    const { epoch } = this.#slot;
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.clear();
    }
    const snapshots = this.#snapshots;
    const last = snapshots.at(-1);
    if (last === undefined || now - last.at >= this.#length / PARTS) {
      const { total, bad } = this.#first ?? this.#slot;
      this.#first = null;
      snapshots.push({ at: now, total, bad });
    }
    const oldest = now - this.#length;
    while (snapshots.length > 1 && snapshots[0]!.at < oldest) snapshots.shift();
  }

  /** Since the window's beginning; differences survive the counters' wrapping. */
  get total(): number {
    return this.#since(this.#slot.total, this.#snapshots[0]?.total);
  }

  get bad(): number {
    return this.#since(this.#slot.bad, this.#snapshots[0]?.bad);
  }

  /** Forgets what was. */
  clear(): void {
    this.#snapshots = [];
    this.#first = null;
  }

  #since(now: number, before: number | undefined): number {
    // Fewer than before: a thread ended, and its row was cleared.
    return before === undefined ? 0 : Math.max(0, (now - before) | 0);
  }
}

/** The same for answers by class of latency. */
export class LatencyWindow {
  readonly #slot: SharedSlot;
  readonly #length: number;
  #snapshots: { readonly at: number; readonly latencies: Int32Array }[] = [];

  constructor(slot: SharedSlot, length: number) {
    this.#slot = slot;
    this.#length = length;
  }

  /** Call now and then, the first time before anything is counted. */
  roll(now: number): void {
    const snapshots = this.#snapshots;
    const last = snapshots.at(-1);
    if (last === undefined || now - last.at >= this.#length / PARTS)
      snapshots.push({ at: now, latencies: this.#slot.latencies() });
    while (snapshots.length > 1 && snapshots[0]!.at < now - this.#length) snapshots.shift();
  }

  /** Since the window's beginning. */
  get latencies(): Int32Array {
    const before = this.#snapshots[0]?.latencies;
    return this.#slot.latencies().map((now, latency) => (before === undefined ? 0 : (now - before[latency]!) | 0));
  }

  clear(): void {
    this.#snapshots = [];
  }
}
