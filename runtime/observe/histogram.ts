/** A histogram with fixed bounds as a row of numbers: what Prometheus calls buckets, without a label in sight. */

/** Upper bounds in seconds, from a gateway's own time to a slow model's. */
export const DURATION_BUCKETS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

export class Histogram {
  /** In rising order. */
  readonly bounds: readonly number[];
  /** Per bucket, not cumulative; one more at the end for what exceeds every bound. */
  readonly counts: Float64Array;
  sum = 0;

  constructor(bounds: readonly number[] = DURATION_BUCKETS) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  /** Seconds, or whatever the bounds are. */
  observe(value: number): void {
    const { bounds } = this;
    this.sum += value;
    let index = 0;
    while (index < bounds.length && value > bounds[index]!) index++;
    this.counts[index]!++;
  }
}
