/** What is counted per service and endpoint. The set belongs to the thread: counters go on when a swap replaces a service. */
import type { FailureKind } from "../failure.ts";
import { Histogram } from "./histogram.ts";
import { METRICS } from "./metrics.ts";
import { histogramValues, type Labels, type Sample, type SampleValue, sample } from "./sample.ts";

export class EndpointCounters {
  readonly labels: Labels;
  /** Responses by class of status; index 2 to 5. */
  readonly statuses = new Float64Array(6);
  readonly failures = new Map<FailureKind, number>();
  readonly duration = new Histogram();
  /** Connections that closed clients had opened. */
  opened = 0;

  constructor(service: string, endpoint: string) {
    this.labels = { service, endpoint };
  }

  failed(kind: FailureKind): void {
    this.failures.set(kind, (this.failures.get(kind) ?? 0) + 1);
  }
}

/** What of a service is true only now. */
export interface LiveService {
  readonly name: string;
  readonly waiting: number;
  readonly endpoints: readonly {
    readonly inFlight: number;
    readonly counters: EndpointCounters;
    readonly client: { readonly connections: number; readonly opened: number };
  }[];
}

export class UpstreamCounterSet {
  readonly #endpoints = new Map<string, EndpointCounters>();
  readonly #rejected = new Map<string, number>();
  readonly #live = new Set<LiveService>();

  of(service: string, endpoint: string): EndpointCounters {
    const key = `${service}\n${endpoint}`;
    let counters = this.#endpoints.get(key);
    if (counters === undefined) {
      counters = new EndpointCounters(service, endpoint);
      this.#endpoints.set(key, counters);
    }
    return counters;
  }

  /** No endpoint had room. */
  rejected(service: string): void {
    this.#rejected.set(service, (this.#rejected.get(service) ?? 0) + 1);
  }

  opened(service: LiveService): void {
    this.#live.add(service);
  }

  closed(service: LiveService): void {
    if (!this.#live.delete(service)) return;
    for (const { counters, client } of service.endpoints) counters.opened += client.opened;
  }

  samples(): Sample[] {
    const requests: SampleValue[] = [];
    const failures: SampleValue[] = [];
    const duration: SampleValue[] = [];
    const opened = new Map<EndpointCounters, number>();
    for (const counters of this.#endpoints.values()) {
      const { labels } = counters;
      counters.statuses.forEach((value, index) => {
        if (value > 0) requests.push({ value, labels: { ...labels, status: `${index}xx` } });
      });
      for (const [kind, value] of counters.failures) failures.push({ value, labels: { ...labels, kind } });
      duration.push(...histogramValues(METRICS.upstreamDuration, labels, counters.duration));
      opened.set(counters, counters.opened);
    }
    const inFlight: SampleValue[] = [];
    const connections: SampleValue[] = [];
    const waiting: SampleValue[] = [];
    for (const service of this.#live) {
      waiting.push({ value: service.waiting, labels: { service: service.name } });
      for (const endpoint of service.endpoints) {
        const { labels } = endpoint.counters;
        inFlight.push({ value: endpoint.inFlight, labels });
        connections.push({ value: endpoint.client.connections, labels });
        opened.set(endpoint.counters, (opened.get(endpoint.counters) ?? 0) + endpoint.client.opened);
      }
    }
    return [
      sample(METRICS.upstreamRequests, requests),
      sample(METRICS.upstreamFailures, failures),
      sample(METRICS.upstreamDuration, duration),
      sample(METRICS.upstreamInFlight, inFlight),
      sample(METRICS.upstreamConnections, connections),
      sample(
        METRICS.upstreamConnectionsOpened,
        [...opened].map(([{ labels }, value]) => ({ value, labels })),
      ),
      sample(METRICS.upstreamWaiting, waiting),
      sample(
        METRICS.upstreamRejected,
        [...this.#rejected].map(([service, value]) => ({ value, labels: { service } })),
      ),
    ];
  }
}
