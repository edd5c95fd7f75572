/** What is noted about requests on one serving thread: the access log, `log` steps and counters, all off the request path. */
import type { LogValue } from "../abi.ts";
import type { Exchange } from "../http/exchange.ts";
import { accessRecord, quoted } from "./access-record.ts";
import { METRICS } from "./metrics.ts";
import { processSamples } from "./process-samples.ts";
import { RouteCounterSet } from "./route-counters.ts";
import { type Sample, sample } from "./sample.ts";
import { stepRecord } from "./step-record.ts";
import type { UpstreamCounterSet } from "./upstream-counters.ts";

export { descriptorOutput, streamOutput } from "./log-output.ts";
export { LogQueue } from "./log-queue.ts";
export { metricsText } from "./exposition.ts";
export type { Sample } from "./sample.ts";
export { UpstreamCounterSet } from "./upstream-counters.ts";

export interface ObserverOptions {
  readonly accessLog: boolean;
  /** Takes a whole line and returns at once (`LogQueue.write`). */
  readonly write: (line: string) => void;
  /** Lines that `write` had to drop. */
  readonly dropped?: () => number;
  /** Writes out what `write` has collected. */
  readonly flush?: () => Promise<void>;
  /** The gateway's name, in each record. */
  readonly gateway?: string;
  readonly upstreams?: UpstreamCounterSet;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** What the thread alone knows when it is asked for metrics. */
export interface ThreadState {
  readonly inFlight: number;
  /** Hash of the bundle that new requests go to. */
  readonly generation: string;
}

export class Observer {
  readonly #options: ObserverOptions;
  readonly #now: () => number;
  readonly #routes = new RouteCounterSet();
  readonly #refused = new Map<string, number>();
  /** Text of the fields that all records of a generation share, by its hash. */
  readonly #heads = new Map<string, string>();
  #lastGeneration = "";
  #lastHead = "";

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** The exchange is over; it began on the generation whose bundle has this hash. */
  done(exchange: Exchange, generation: string): void {
    const milliseconds = performance.now() - exchange.startedAt;
    this.#routes.count(exchange, milliseconds / 1000);
    if (!this.#options.accessLog) return;
    this.#options.write(accessRecord(exchange, this.#head(generation), this.#now(), milliseconds));
  }

  /** A `log` step. */
  log(exchange: Exchange, level: "debug" | "info" | "warn" | "error", fields: LogValue): void {
    this.#options.write(stepRecord(exchange, level, fields, this.#head(this.#lastGeneration), this.#now()));
  }

  /** A request was refused before there was an exchange. `code` is one of `errors.ts`. */
  refused(code: string, status: number, address: string): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
    if (!this.#options.accessLog) return;
    const record = { time: new Date(this.#now()).toISOString(), level: "warn", message: "refused" };
    this.#options.write(`${JSON.stringify({ ...record, status, reason: code, client: address })}\n`);
  }

  async metrics(state?: ThreadState): Promise<readonly Sample[]> {
    const { upstreams, gateway, dropped } = this.#options;
    const samples = [
      ...this.#routes.samples(),
      sample(
        METRICS.requestsRefused,
        [...this.#refused].map(([code, value]) => ({ value, labels: { code } })),
      ),
      ...(upstreams?.samples() ?? []),
      sample(METRICS.logDropped, [{ value: dropped?.() ?? 0, labels: {} }]),
      ...processSamples(),
    ];
    if (state === undefined) return samples;
    const { inFlight, generation } = state;
    const labels = { gateway: gateway ?? "", generation: short(generation) };
    samples.push(
      sample(METRICS.requestsInFlight, [{ value: inFlight, labels: {} }]),
      sample(METRICS.generation, [{ value: 1, labels }]),
    );
    return samples;
  }

  async close(): Promise<void> {
    await this.#options.flush?.();
  }

  #head(generation: string): string {
    if (generation === this.#lastGeneration && this.#lastHead !== "") return this.#lastHead;
    let head = this.#heads.get(generation);
    if (head === undefined) {
      const { gateway } = this.#options;
      head = gateway === undefined ? "" : `,"gateway":${quoted(gateway)}`;
      if (generation !== "") head += `,"generation":${quoted(short(generation))}`;
      this.#heads.set(generation, head);
    }
    this.#lastGeneration = generation;
    this.#lastHead = head;
    return head;
  }
}

function short(hash: string): string {
  return hash.slice(0, 12);
}

export function createObserver(options: ObserverOptions): Observer {
  return new Observer(options);
}
