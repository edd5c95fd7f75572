/** What is counted per service and endpoint. The set belongs to the thread: counters go on when a swap replaces a service. */
import type { FailureKind } from "../failure.ts";
import { Histogram } from "./histogram.ts";
import type { WebSocketCounters } from "../websocket/index.ts";
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
  readonly ejections = { failing: 0, slow: 0 };
  checksPassed = 0;
  checksFailed = 0;

  constructor(service: string, endpoint: string) {
    this.labels = { service, endpoint };
  }

  ejected(reason: "failing" | "slow"): void {
    this.ejections[reason]++;
  }

  failed(kind: FailureKind): void {
    this.failures.set(kind, (this.failures.get(kind) ?? 0) + 1);
  }
}

/** What of a service is true only now. */
export interface LiveService {
  readonly name: string;
  readonly waiting: number;
  /** null: it has no breaker. */
  readonly breakerOpen: boolean | null;
  readonly endpoints: readonly {
    readonly inFlight: number;
    /** 0 to 1. */
    readonly share: number;
    readonly counters: EndpointCounters;
    readonly connections: number;
    readonly opened: number;
  }[];
}

export class UpstreamCounterSet {
  readonly #endpoints = new Map<string, EndpointCounters>();
  readonly #rejected = new Map<string, number>();
  readonly #refused = new Map<string, number>();
  readonly #retries = new Map<string, number>();
  readonly #retriesRefused = new Map<string, number>();
  readonly #webSockets = new Map<string, WebSocketCounters>();
  readonly #hedges = new Map<string, number>();
  readonly #hedgesWon = new Map<string, number>();
  readonly #hedgesRefused = new Map<string, number>();
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
    raise(this.#rejected, service);
  }

  /** The breaker was open. */
  refused(service: string): void {
    raise(this.#refused, service);
  }

  retried(service: string): void {
    raise(this.#retries, service);
  }

  /** The budget was used up. */
  retryRefused(service: string): void {
    raise(this.#retriesRefused, service);
  }

  webSockets(service: string): WebSocketCounters {
    let counters = this.#webSockets.get(service);
    if (counters === undefined) {
      counters = { open: 0, opened: 0, fromClient: 0, fromService: 0 };
      this.#webSockets.set(service, counters);
    }
    return counters;
  }

  /** WebSockets that are open, of all services. */
  get openWebSockets(): number {
    let open = 0;
    for (const counters of this.#webSockets.values()) open += counters.open;
    return open;
  }

  hedged(service: string): void {
    raise(this.#hedges, service);
  }

  /** It was quicker than what it was sent beside. */
  hedgeWon(service: string): void {
    raise(this.#hedgesWon, service);
  }

  /** The budget was used up. */
  hedgeRefused(service: string): void {
    raise(this.#hedgesRefused, service);
  }

  opened(service: LiveService): void {
    this.#live.add(service);
  }

  closed(service: LiveService): void {
    if (!this.#live.delete(service)) return;
    for (const { counters, opened } of service.endpoints) counters.opened += opened;
  }

  samples(): Sample[] {
    const requests: SampleValue[] = [];
    const failures: SampleValue[] = [];
    const duration: SampleValue[] = [];
    const ejections: SampleValue[] = [];
    const checks: SampleValue[] = [];
    const opened = new Map<EndpointCounters, number>();
    for (const counters of this.#endpoints.values()) {
      const { labels } = counters;
      counters.statuses.forEach((value, index) => {
        if (value > 0) requests.push({ value, labels: { ...labels, status: `${index}xx` } });
      });
      for (const [kind, value] of counters.failures) failures.push({ value, labels: { ...labels, kind } });
      duration.push(...histogramValues(METRICS.upstreamDuration, labels, counters.duration));
      opened.set(counters, counters.opened);
      for (const [reason, value] of Object.entries(counters.ejections))
        if (value > 0) ejections.push({ value, labels: { ...labels, reason } });
      const { checksPassed, checksFailed } = counters;
      if (checksPassed > 0) checks.push({ value: checksPassed, labels: { ...labels, result: "passed" } });
      if (checksFailed > 0) checks.push({ value: checksFailed, labels: { ...labels, result: "failed" } });
    }
    const inFlight: SampleValue[] = [];
    const connections: SampleValue[] = [];
    const waiting: SampleValue[] = [];
    const share: SampleValue[] = [];
    const breakers: SampleValue[] = [];
    for (const service of this.#live) {
      waiting.push({ value: service.waiting, labels: { service: service.name } });
      const { breakerOpen } = service;
      if (breakerOpen !== null) breakers.push({ value: Number(breakerOpen), labels: { service: service.name } });
      for (const endpoint of service.endpoints) {
        const { labels } = endpoint.counters;
        inFlight.push({ value: endpoint.inFlight, labels });
        share.push({ value: endpoint.share, labels });
        connections.push({ value: endpoint.connections, labels });
        opened.set(endpoint.counters, (opened.get(endpoint.counters) ?? 0) + endpoint.opened);
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
      sample(METRICS.upstreamShare, share),
      sample(METRICS.upstreamEjections, ejections),
      sample(METRICS.upstreamChecks, checks),
      sample(METRICS.upstreamBreakerOpen, breakers),
      sample(METRICS.upstreamRejected, byService(this.#rejected)),
      sample(METRICS.upstreamBreakerRefused, byService(this.#refused)),
      sample(METRICS.upstreamRetries, byService(this.#retries)),
      sample(METRICS.upstreamRetriesRefused, byService(this.#retriesRefused)),
      sample(METRICS.upstreamHedges, byService(this.#hedges)),
      sample(METRICS.upstreamHedgesWon, byService(this.#hedgesWon)),
      sample(METRICS.upstreamHedgesRefused, byService(this.#hedgesRefused)),
      ...webSocketSamples(this.#webSockets),
    ];
  }
}

function raise(counts: Map<string, number>, service: string): void {
  counts.set(service, (counts.get(service) ?? 0) + 1);
}

function byService(counts: ReadonlyMap<string, number>): SampleValue[] {
  return [...counts].map(([service, value]) => ({ value, labels: { service } }));
}

function webSocketSamples(services: ReadonlyMap<string, WebSocketCounters>): Sample[] {
  const all = [...services];
  return [
    sample(
      METRICS.webSocketsOpen,
      all.map(([service, { open }]) => ({ value: open, labels: { service } })),
    ),
    sample(
      METRICS.webSocketsOpened,
      all.map(([service, { opened }]) => ({ value: opened, labels: { service } })),
    ),
    sample(
      METRICS.webSocketMessages,
      all.flatMap(([service, { fromClient, fromService }]) => [
        { value: fromClient, labels: { service, from: "client" } },
        { value: fromService, labels: { service, from: "service" } },
      ]),
    ),
  ];
}
