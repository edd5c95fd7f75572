/** Passive ejection: which endpoints fail so much more than the others that they are left alone for a while. Pure decisions. */

/** 95% sure (two-sided). */
const Z = 1.96;
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
