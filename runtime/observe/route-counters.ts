/** What is counted per route: one object each, found by the route's name, so that no request builds a label. */
import type { Exchange } from "../http/exchange.ts";
import { Histogram } from "./histogram.ts";
import { METRICS } from "./metrics.ts";
import { histogramValues, type Sample, type SampleValue, sample } from "./sample.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "other"] as const;
const OTHER = METHODS.length - 1;
const METHOD_INDEX: ReadonlyMap<string, number> = new Map(METHODS.slice(0, OTHER).map((name, index) => [name, index]));
/** Index 0: the client left before an answer began. */
const STATUSES = ["aborted", "1xx", "2xx", "3xx", "4xx", "5xx"] as const;

class RouteCounters {
  /** By method, then by class of status. */
  readonly requests = new Float64Array(METHODS.length * STATUSES.length);
  readonly duration = new Histogram();
  received = 0;
  sent = 0;
}

export class RouteCounterSet {
  readonly #routes = new Map<string, RouteCounters>();

  /** `seconds` is the time the exchange took. */
  count(exchange: Exchange, seconds: number): void {
    let counters = this.#routes.get(exchange.route);
    if (counters === undefined) {
      counters = new RouteCounters();
      this.#routes.set(exchange.route, counters);
    }
    const method = METHOD_INDEX.get(exchange.method) ?? OTHER;
    counters.requests[method * STATUSES.length + ((exchange.status / 100) | 0)]!++;
    counters.duration.observe(seconds);
    counters.received += exchange.bytesReceived;
    counters.sent += exchange.bytesSent;
  }

  samples(): Sample[] {
    const requests: SampleValue[] = [];
    const duration: SampleValue[] = [];
    const received: SampleValue[] = [];
    const sent: SampleValue[] = [];
    for (const [route, counters] of this.#routes) {
      counters.requests.forEach((value, index) => {
        if (value === 0) return;
        const method = METHODS[Math.floor(index / STATUSES.length)]!;
        const status = STATUSES[index % STATUSES.length]!;
        requests.push({ value, labels: { route, method, status } });
      });
      duration.push(...histogramValues(METRICS.requestDuration, { route }, counters.duration));
      received.push({ value: counters.received, labels: { route } });
      sent.push({ value: counters.sent, labels: { route } });
    }
    return [
      sample(METRICS.requests, requests),
      sample(METRICS.requestDuration, duration),
      sample(METRICS.requestBytes, received),
      sample(METRICS.responseBytes, sent),
    ];
  }
}
