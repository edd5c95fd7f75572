/** One endpoint of a service: its address, its client, and what is known about how it does. */
import type { ServiceConfiguration } from "../abi.ts";
import type { EndpointCounters, UpstreamCounterSet } from "../observe/upstream-counters.ts";
import type { CreateUpstreamClient, UpstreamClient } from "./client.ts";
import { LatencyMean } from "./peak-ewma.ts";
import { upstreamTlsOf } from "./service-tls.ts";
import { hashText } from "../value/hash-text.ts";
import { LATENCY_CLASSES, latencyClass, type SharedSlot } from "./shared-table.ts";
import type { Surroundings } from "./surroundings.ts";

/** How an attempt went, for those who choose. */
export type Outcome = "good" | "bad" | "refused";

/** Anything from 500 on speaks against the endpoint; 429 only says that it has no room just now. */
export function outcomeOf(status: number): Outcome {
  return status >= 500 ? "bad" : status === 429 ? "refused" : "good";
}

/** A client that never grows too old. A constant of the module: V8 looks globals up. */
const ALWAYS = Number.POSITIVE_INFINITY;

export class Endpoint {
  /** Host, with the port unless it is the scheme's: goes out as Host, and into logs and metrics. */
  readonly authority: string;
  readonly scheme: "http" | "https";
  /** Path put before each target, without a slash at its end; mostly "". */
  readonly basePath: string;
  readonly #createClient: () => UpstreamClient;
  readonly #maxAge: number;
  #client: UpstreamClient;
  #clientSince: number;
  readonly counters: EndpointCounters;
  /** What `hash` draws its lots with. */
  readonly seed: number;
  readonly latency = new LatencyMean();
  readonly shared: SharedSlot;
  readonly #retiring = new Set<UpstreamClient>();
  #openedBefore = 0;
  /** Of this thread. */
  inFlight = 0;
  /** As configured, times the share that it has just now. */
  weight: number;
  readonly #weight: number;
  readonly #now: () => number;
  /** Whether its latency is held against those of the others. */
  readonly #compared: boolean;

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
    this.scheme = url.protocol === "https:" ? "https" : "http";
    this.basePath = url.pathname.replace(/\/+$/, "");
    this.seed = hashText(address);
    this.#weight = configuration.weights?.[index] ?? 1;
    this.weight = this.#weight;
    this.#now = surroundings.now;
    this.#compared = configuration.eject?.slow === true && configuration.endpoints.length > 1;
    this.counters = counters.of(configuration.name, this.authority);
    this.shared = surroundings.table.acquire(`endpoint ${index} ${JSON.stringify(configuration)}`);
    const tls = upstreamTlsOf(configuration);
    this.#createClient = () =>
      createClient({
        origin: url.origin,
        tls,
        connections: configuration.connections,
        pipelining: configuration.pipelining,
        connectTimeout: configuration.connectTimeout,
        keepAlive: configuration.idle,
      });
    this.#maxAge = configuration.maxAge ?? ALWAYS;
    this.#client = this.#createClient();
    this.#clientSince = surroundings.now();
  }

  /** For the next request. Connections that are too old end with what they are doing; new ones look the name up again. */
  get client(): UpstreamClient {
    if (this.#maxAge === ALWAYS) return this.#client;
    const now = this.#now();
    if (now - this.#clientSince < this.#maxAge) return this.#client;
    const old = this.#client;
    this.#client = this.#createClient();
    this.#clientSince = now;
    this.#retiring.add(old);
    void old.close().then(() => this.#retire(old));
    return this.#client;
  }

  /** Open connections, and those opened since the start; the ones that are ending included. */
  get connections(): number {
    return this.#sum((client) => client.connections);
  }

  get opened(): number {
    return this.#openedBefore + this.#sum((client) => client.opened);
  }

  async close(): Promise<void> {
    await Promise.all([this.#client, ...this.#retiring].map((client) => client.close()));
  }

  #sum(count: (client: UpstreamClient) => number): number {
    let sum = count(this.#client);
    for (const client of this.#retiring) sum += count(client);
    return sum;
  }

  #retire(client: UpstreamClient): void {
    if (this.#retiring.delete(client)) this.#openedBefore += client.opened;
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
    if (this.#compared && outcome === "good") this.shared.countLatency(latencyClass(milliseconds));
    this.latency.observe(milliseconds, outcome !== "good", this.#now());
  }

  /** Another endpoint, asked later, was quicker: it would have taken longer than so many milliseconds, nobody knows how long. */
  overtaken(milliseconds: number): void {
    if (this.#compared) this.shared.countLatency(LATENCY_CLASSES - 1);
    this.latency.atLeast(milliseconds, this.#now());
  }

  /** Of what is configured, 0 to 1, as it is published. */
  get share(): number {
    return (1000 - this.shared.reduced) / 1000;
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
