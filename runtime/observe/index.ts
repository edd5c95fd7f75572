/** What is noted about requests on one serving thread: the access log, `log` steps and counters, all off the request path. */
import { performance } from "node:perf_hooks";
import type { LogValue } from "../abi.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Concurrency, Limits, SharedPlaces, SharedRates } from "../limit/index.ts";
import { accessRecord, quoted } from "./access-record.ts";
import type { Accounts } from "../model/money/accounts.ts";
import { moneySamples } from "./money-samples.ts";
import { METRICS } from "./metrics.ts";
import type { ModelCounterSet } from "./model-counters.ts";
import { processSamples } from "./process-samples.ts";
import { RouteCounterSet } from "./route-counters.ts";
import { type Sample, type SampleValue, sample } from "./sample.ts";
import { stepRecord } from "./step-record.ts";
import { endRecording, type Tracing } from "./traces/tracing.ts";
import type { UpstreamCounterSet } from "./upstream-counters.ts";

export { descriptorOutput, streamOutput } from "./log-output.ts";
export { LogQueue } from "./log-queue.ts";
export type { Sample } from "./sample.ts";
export { ModelCounterSet } from "./model-counters.ts";
export { Tracing } from "./traces/tracing.ts";
export { UpstreamCounterSet } from "./upstream-counters.ts";

export interface ObserverOptions {
  readonly accessLog: boolean;
  readonly lines: LogLines;
  readonly upstreams?: UpstreamCounterSet;
  readonly limits?: Limits;
  /** Left out: the program has no budgets. */
  readonly accounts?: Accounts | undefined;
  readonly concurrency?: Concurrency;
  /** Limits that gateways share; left out: there are none. */
  readonly shared?: { readonly rates: SharedRates; readonly places: SharedPlaces } | undefined;
  readonly models?: ModelCounterSet;
  /** Left out: nothing is recorded for traces. */
  readonly tracing?: Pick<Tracing, "values"> | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Where records go; a `LogQueue`, or a plain function where a test or an embedding process reads them. */
export interface LogLines {
  /** Takes a whole line and returns at once. */
  readonly write: (line: string) => void;
  /** Lines that had to be dropped. */
  readonly dropped?: number;
  /** Writes out what was collected. */
  close?(): Promise<void>;
}

export class Observer {
  readonly #options: ObserverOptions;
  readonly #now: () => number;
  readonly #routes = new RouteCounterSet();
  readonly #refused = new Map<string, number>();
  /** Text of the fields that all records of a generation share, by its hash. */
  readonly #heads = new Map<string, string>();
  #gateway = "";
  #generation = "";
  #currentHead = "";

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** New requests go to this gateway's bundle with this hash from now on. */
  serving(gateway: string, generation: string): void {
    this.#gateway = gateway;
    this.#generation = generation;
    this.#currentHead = `,"gateway":${quoted(gateway)},"generation":${quoted(short(generation))}`;
    this.#heads.set(generation, this.#currentHead);
    // Generations that drain still need theirs; of those before, none is left.
    if (this.#heads.size > 64) this.#heads.delete(this.#heads.keys().next().value ?? "");
  }

  /** The exchange is over; it began on the generation whose bundle has this hash. */
  done(exchange: Exchange, generation: string): void {
    const milliseconds = performance.now() - exchange.startedAt;
    this.#routes.count(exchange, milliseconds / 1000);
    endRecording(exchange);
    if (!this.#options.accessLog) return;
    this.#options.lines.write(accessRecord(exchange, this.#head(generation), this.#now(), milliseconds));
  }

  /** A `log` step. */
  log(exchange: Exchange, level: "debug" | "info" | "warn" | "error", fields: LogValue): void {
    this.#options.lines.write(stepRecord(exchange, level, fields, this.#currentHead, this.#now()));
  }

  /** A request was refused before there was an exchange. `code` is one of `errors.ts`. */
  refused(code: string, status: number, address: string): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
    if (!this.#options.accessLog) return;
    const record = { time: new Date(this.#now()).toISOString(), level: "warn", message: "refused" };
    this.#options.lines.write(`${JSON.stringify({ ...record, status, reason: code, client: address })}\n`);
  }

  /** `inFlight`: exchanges that have begun and not ended. */
  async metrics(inFlight: number): Promise<readonly Sample[]> {
    const { upstreams, limits, concurrency, shared, models, accounts, tracing, lines } = this.#options;
    const labels = { gateway: this.#gateway, generation: short(this.#generation) };
    return [
      ...this.#routes.samples(),
      sample(METRICS.requestsInFlight, [{ value: inFlight, labels: {} }]),
      sample(
        METRICS.requestsRefused,
        [...this.#refused].map(([code, value]) => ({ value, labels: { code } })),
      ),
      ...(upstreams?.samples() ?? []),
      sample(METRICS.limitDecisions, [...limitValues(limits), ...limitValues(shared?.rates)]),
      ...concurrencySamples(concurrency, shared?.places),
      ...(models?.samples() ?? []),
      ...moneySamples(accounts),
      sample(METRICS.traceSpans, tracing?.values() ?? []),
      sample(METRICS.generation, [{ value: 1, labels }]),
      sample(METRICS.logDropped, [{ value: lines.dropped ?? 0, labels: {} }]),
      ...processSamples(),
    ];
  }

  get openWebSockets(): number {
    return this.#options.upstreams?.openWebSockets ?? 0;
  }

  async close(): Promise<void> {
    await this.#options.lines.close?.();
  }

  #head(generation: string): string {
    return generation === this.#generation ? this.#currentHead : (this.#heads.get(generation) ?? this.#currentHead);
  }
}

function limitValues(limits: Pick<Limits | SharedRates, "counts"> | undefined): SampleValue[] {
  return [...(limits?.counts ?? [])].flatMap(([limit, counts]) =>
    Object.entries(counts).map(([result, value]) => ({ value, labels: { limit, result } })),
  );
}

function concurrencySamples(own: Concurrency | undefined, shared: SharedPlaces | undefined): Sample[] {
  if (own === undefined) return [];
  const counts = [
    ...own.counts,
    ...[...(shared?.counts ?? [])].map(([limit, one]) => [limit, { ...one, waiting: 0 }] as const),
  ];
  const gauge = (which: "inside" | "waiting"): SampleValue[] =>
    counts.map(([limit, one]) => ({ value: one[which], labels: { limit } }));
  const decisions = counts.flatMap(([limit, { inside: _, waiting: __, ...results }]) =>
    Object.entries(results).map(([result, value]) => ({ value, labels: { limit, result } })),
  );
  return [
    sample(METRICS.concurrencyInside, gauge("inside")),
    sample(METRICS.concurrencyWaiting, gauge("waiting")),
    sample(METRICS.concurrencyDecisions, decisions),
  ];
}

function short(hash: string): string {
  return hash.slice(0, 12);
}

export function createObserver(options: ObserverOptions): Observer {
  return new Observer(options);
}
