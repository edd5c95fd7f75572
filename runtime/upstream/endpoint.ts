/** One endpoint of a service: its address, its client, and what is known about how it does. */
import type { ServiceConfiguration } from "../abi.ts";
import type { EndpointCounters, UpstreamCounterSet } from "../observe/upstream-counters.ts";
import type { CreateUpstreamClient, UpstreamClient } from "./client.ts";
import { LatencyMean } from "./peak-ewma.ts";
import { hashText } from "./rendezvous.ts";
import type { SharedSlot } from "./shared-table.ts";
import type { Surroundings } from "./surroundings.ts";

/** How an attempt went, for those who choose. */
export type Outcome = "good" | "bad" | "refused";

/** Anything from 500 on speaks against the endpoint; 429 only says that it has no room just now. */
export function outcomeOf(status: number): Outcome {
  return status >= 500 ? "bad" : status === 429 ? "refused" : "good";
}

export class Endpoint {
  /** Host, with the port unless it is the scheme's: goes out as Host, and into logs and metrics. */
  readonly authority: string;
  /** Path put before each target, without a slash at its end; mostly "". */
  readonly basePath: string;
  readonly client: UpstreamClient;
  readonly counters: EndpointCounters;
  /** What `hash` draws its lots with. */
  readonly seed: number;
  readonly latency = new LatencyMean();
  readonly shared: SharedSlot;
  /** Of this thread. */
  inFlight = 0;
  /** As configured, times the share that it has just now. */
  weight: number;
  readonly #weight: number;
  readonly #now: () => number;

  constructor(
    configuration: ServiceConfiguration,
    index: number,
    counters: UpstreamCounterSet,
    createClient: CreateUpstreamClient,
    surroundings: Surroundings,
  ) {
    const address = configuration.endpoints[index]!;
    const url = new URL(address);
    this.authority = url.host;
    this.basePath = url.pathname.replace(/\/+$/, "");
    this.seed = hashText(address);
    this.#weight = configuration.weights?.[index] ?? 1;
    this.weight = this.#weight;
    this.#now = surroundings.now;
    this.counters = counters.of(configuration.name, this.authority);
    this.shared = surroundings.table.acquire(`endpoint ${index} ${JSON.stringify(configuration)}`);
    this.client = createClient({
      origin: url.origin,
      connections: configuration.connections,
      connectTimeout: configuration.connectTimeout,
      keepAlive: configuration.idle,
    });
  }

  /** Attempts under way in all threads. */
  get load(): number {
    return this.shared.load;
  }

  enter(): void {
    this.inFlight++;
    this.shared.enter();
  }

  leave(): void {
    this.inFlight--;
    this.shared.leave();
  }

  /** An answer's head came, or the attempt failed, after so many milliseconds. */
  observe(outcome: Outcome, milliseconds: number): void {
    this.shared.count(outcome === "bad");
    this.latency.observe(milliseconds, outcome !== "good", this.#now());
  }

  /** Takes over what was decided about its share; false: none at all. */
  refresh(): boolean {
    const { reduced } = this.shared;
    this.weight = (this.#weight * (1000 - reduced)) / 1000;
    return reduced < 1000;
  }

  /** Everything is in a bad way: asked as if it were not. */
  ignoreShare(): void {
    this.weight = this.#weight;
  }
}
