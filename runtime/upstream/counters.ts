/** What a service counts, per endpoint: plain numbers on plain objects, so that counting costs next to nothing. */
import type { FailureKind } from "../failure.ts";

/** Upper bounds of the latency buckets in seconds; the histogram of requests uses the same. */
export const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** A histogram with fixed bounds; `counts` has one more place for what is above them all. */
export class Histogram {
  readonly counts = new Float64Array(LATENCY_BUCKETS.length + 1);
  sum = 0;

  /** In seconds. */
  observe(seconds: number): void {
    this.sum += seconds;
    let index = 0;
    while (index < LATENCY_BUCKETS.length && seconds > LATENCY_BUCKETS[index]!) index++;
    this.counts[index]!++;
  }
}

/** One endpoint of one service. */
export class UpstreamCounters {
  readonly service: string;
  readonly endpoint: string;
  /** Attempts that were started. */
  requests = 0;
  /** Responses by class: index 1 to 5 for 1xx to 5xx (informational ones are not counted). */
  readonly statusClasses = [0, 0, 0, 0, 0, 0];
  readonly failures = new Map<FailureKind, number>();
  /** Until the head of the response. */
  readonly latency = new Histogram();

  constructor(service: string, endpoint: string) {
    this.service = service;
    this.endpoint = endpoint;
  }

  failed(kind: FailureKind): void {
    this.failures.set(kind, (this.failures.get(kind) ?? 0) + 1);
  }
}
