/** Passive ejection: which endpoints fail, or are slow, so much more than the others that they are left alone for a while. Pure decisions. */
import { LATENCY_CLASSES } from "./shared-table.ts";

/** 95% sure (two-sided). */
const Z = 1.96;
/**
 * Where less than this part of the endpoints is left, all are asked: the few would only fall too, and what says that so many are
 * ill may be ill itself.
 */
export const PANIC = 0.3;
/** How many times the pool's median an endpoint must fail at least. */
const FACTOR = 3;
/** Nobody is ejected who may well fail less often than this. */
const FLOOR = 0.1;

/** The lower end of Wilson's score interval: how often it surely fails, as far as `total` attempts can tell. */
export function wilsonLowerBound(bad: number, total: number): number {
  if (total === 0) return 0;
  const rate = bad / total;
  const z2 = (Z * Z) / total;
  const spread = Z * Math.sqrt((rate * (1 - rate) + z2 / 4) / total);
  return Math.max(0, (rate + z2 / 2 - spread) / (1 + z2));
}

export interface Record {
  readonly total: number;
  readonly bad: number;
  /** Gets requests just now. */
  readonly usable: boolean;
}

/**
 * Indices of those to eject now, the worst first. At most half of the pool (or one) is ejected, and never the last that is left.
 * `ejected`: how many are already. The lower median is taken, so that with two endpoints the better one is the measure.
 */
export function toEject(pool: readonly Record[], ejected: number, least: number): number[] {
  const known = pool.flatMap(({ total, bad, usable }) => (usable && total > 0 ? [bad / total] : []));
  const median = known.sort((one, other) => one - other)[Math.floor((known.length - 1) / 2)] ?? 0;
  const limit = Math.max(FACTOR * median, FLOOR);
  const suspects = pool
    .map(({ total, bad, usable }, index) => ({ index, usable, total, sure: wilsonLowerBound(bad, total) }))
    .filter(({ usable, total, sure }) => usable && total >= least && sure > limit)
    .sort((one, other) => other.sure - one.sure);
  const usable = pool.filter((one) => one.usable).length;
  const room = Math.min(Math.max(1, Math.floor(pool.length / 2)) - ejected, usable - 1);
  return suspects.slice(0, Math.max(0, room)).map(({ index }) => index);
}

/** Classes above the usual one from which on an answer is slow: about three times as long. */
const SLOWER = 4;
/** In milliseconds: what takes less more than usual is not slow. */
const UNNOTICED = 10;

/** The class from which on an answer is slow, by what is usual in the pool: the lower median of the endpoints' medians. null: not known. */
export function slowFrom(pool: readonly Int32Array[], least: number): number | null {
  const medians = pool.flatMap((latencies) => medianOf(latencies, least) ?? []).sort((one, other) => one - other);
  if (medians.length < 2) return null;
  const usual = medians[Math.floor((medians.length - 1) / 2)]!;
  let from = usual + SLOWER;
  while (from < LATENCY_CLASSES - 1 && beginOf(from) < beginOf(usual + 1) + UNNOTICED) from++;
  return Math.min(from, LATENCY_CLASSES - 1);
}

/** Milliseconds with which a class begins. */
function beginOf(latency: number): number {
  return 2 ** ((latency - 1) / 2);
}

function medianOf(latencies: Int32Array, least: number): number | null {
  const total = sum(latencies, 0);
  if (total < least) return null;
  let seen = 0;
  return latencies.findIndex((count) => {
    seen += count;
    return seen * 2 >= total;
  });
}

/** How many answers there were in all, and how many of them were slow. */
export function slowness(latencies: Int32Array, from: number): { readonly total: number; readonly bad: number } {
  return { total: sum(latencies, 0), bad: sum(latencies, from) };
}

function sum(latencies: Int32Array, from: number): number {
  let result = 0;
  for (let latency = from; latency < latencies.length; latency++) result += latencies[latency]!;
  return result;
}
