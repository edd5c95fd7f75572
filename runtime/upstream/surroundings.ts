/** What a service takes from outside itself: time, chance, and what it shares with the same service in other threads. */
import { SharedTable } from "./shared-table.ts";

export interface Surroundings {
  /** Milliseconds on one clock for all threads; it never goes back. */
  readonly now: () => number;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  readonly table: SharedTable;
  /** A line of the host's log: what was decided about endpoints and services. */
  readonly note: (level: "info" | "warn", event: string, fields: { readonly [key: string]: string | number }) => void;
}

// A thread's `performance.now()` begins with the thread; the system's monotonic clock is one for all.
const offset = Number(process.hrtime.bigint()) / 1e6 - performance.now();

export function monotonic(): number {
  return performance.now() + offset;
}

/** Alone in its process. */
export function ownSurroundings(): Surroundings {
  return { now: monotonic, random: Math.random, table: new SharedTable(), note: () => {} };
}
