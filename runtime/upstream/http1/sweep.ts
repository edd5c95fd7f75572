/** How often one timer looks over all connections of a client, so that none needs its own. */

/** Milliseconds between two looks at what stands still: a quarter of the shortest time that is watched, within these bounds. */
const SHORTEST_SWEEP = 10;
const LONGEST_SWEEP = 1000;

export function sweepInterval(shortest: number): number {
  return Math.min(Math.max(Math.floor(shortest / 4), SHORTEST_SWEEP), LONGEST_SWEEP);
}
