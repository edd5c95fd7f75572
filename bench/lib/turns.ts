/** Measures several running servers in turns within one run, so that a machine whose speed drifts favours none of them. */
import { type LoadOptions, wrk } from "./load.ts";
import { cpuMicroseconds } from "./process.ts";

export interface Entry {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  readonly load: Omit<LoadOptions, "seconds">;
}

/** One figure per round. */
export interface Figures {
  /** Microseconds per request, user and system time. */
  readonly cpu: number[];
  readonly user: number[];
  readonly perSecond: number[];
  /** Milliseconds. */
  readonly p50: number[];
  readonly p99: number[];
  /** Of all rounds. */
  errors: number;
}

export interface Turns {
  readonly rounds: number;
  readonly seconds: number;
  /** Seconds of load per entry that are not counted. */
  readonly warmUp: number;
}

export async function measureInTurns(entries: readonly Entry[], turns: Turns): Promise<Map<Entry, Figures>> {
  const figures = new Map<Entry, Figures>(
    entries.map((entry) => [entry, { cpu: [], user: [], perSecond: [], p50: [], p99: [], errors: 0 }]),
  );
  for (const { url, load } of entries) await wrk(url, { ...load, seconds: turns.warmUp });
  for (let round = 0; round < turns.rounds; round++) {
    for (const [entry, figure] of figures) {
      const before = cpuMicroseconds(entry.pid);
      const load = await wrk(entry.url, { ...entry.load, seconds: turns.seconds });
      const after = cpuMicroseconds(entry.pid);
      const user = after.user - before.user;
      figure.user.push(user / load.requests);
      figure.cpu.push((user + after.system - before.system) / load.requests);
      figure.perSecond.push(load.perSecond);
      figure.p50.push(load.p50);
      figure.p99.push(load.p99);
      figure.errors += load.errors;
    }
  }
  return figures;
}

/** `figure` over `base`, each round by itself. */
export function ratios(figure: Figures, base: Figures): number[] {
  return figure.cpu.map((value, round) => value / (base.cpu[round] ?? Number.NaN));
}
