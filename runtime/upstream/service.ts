/** A service: its endpoints behind a balancer, answering `forward` and `call`. Owned by the host; outlives generations. */
import type { Answer, CallRequest, ForwardOptions, Service, ServiceConfiguration } from "../abi.ts";
import type { Failure } from "../failure.ts";
import type { Exchange } from "../http/exchange.ts";
import { UpstreamCounterSet } from "../observe/upstream-counters.ts";
import type { ServiceState, Traced } from "./attempt.ts";
import { Balancer } from "./balance.ts";
import { Breaker } from "./breaker.ts";
import { Calling } from "./call.ts";
import type { CreateUpstreamClient } from "./client.ts";
import { Endpoint } from "./endpoint.ts";
import { Forwarding } from "./forward.ts";
import { HedgedCalling, HedgedForwarding } from "./hedged.ts";
import { HedgePolicy } from "./hedge-policy.ts";
import type { UpstreamSettings } from "./request-headers.ts";
import { createHttp1Client } from "./http1/index.ts";
import { HealthChecks } from "./health.ts";
import { Keeper } from "./keeper.ts";
import { RetryBudget, RetryPolicy } from "./retry.ts";
import type { SharedSlot } from "./shared-table.ts";
import { strategyOf } from "./strategy.ts";
import { type StreamedAttempt, type StreamedRequest, Streaming, type StreamReceiver } from "./streamed.ts";
import { ownSurroundings, type Surroundings } from "./surroundings.ts";
import type { WebSocketSettings } from "../websocket/index.ts";
import { WebSocketForwarding } from "./websocket.ts";

export interface UpstreamService extends Service {
  /** For metrics and the status page. */
  readonly endpoints: readonly Endpoint[];
  /** Requests that wait for a connection. */
  readonly waiting: number;
  /** Requests under way, over all threads. */
  readonly load: number;
  /** A request of the gateway's own; `receiver` may hear of it before this returns. */
  stream(exchange: Traced, request: StreamedRequest, receiver: StreamReceiver): StreamedAttempt;
  /** null: it has no breaker. */
  readonly breakerOpen: boolean | null;
  /** Refuses new requests, lets those in flight end, closes the connections. */
  close(): Promise<void>;
}

class PooledService implements UpstreamService {
  readonly name: string;
  readonly #state: ServiceState;
  readonly #keeper: Keeper;
  readonly #health: HealthChecks;
  readonly #Forwarding: typeof Forwarding;
  readonly #Calling: typeof Calling;

  constructor(
    configuration: ServiceConfiguration,
    settings: UpstreamSettings,
    counters: UpstreamCounterSet,
    createClient: CreateUpstreamClient,
    surroundings: Surroundings,
  ) {
    this.name = configuration.name;
    const endpoints = configuration.endpoints.map(
      (_, index) => new Endpoint(configuration, index, counters, createClient, surroundings),
    );
    const strategy = strategyOf(configuration.balance, surroundings);
    const balancer = new Balancer(endpoints, configuration.connections, strategy, surroundings.table);
    const { retry, breaker } = configuration;
    const slot = (what: string): SharedSlot => surroundings.table.acquire(`${what} ${JSON.stringify(configuration)}`);
    const retrying = retry
      ? new RetryPolicy(retry, new RetryBudget(slot("budget"), retry.budget, surroundings), surroundings.random)
      : null;
    const { hedge } = configuration;
    this.#state = {
      configuration,
      settings,
      balancer,
      counters,
      now: surroundings.now,
      breaker: breaker ? new Breaker(breaker, slot("breaker"), (open) => this.#noteBreaker(open, surroundings)) : null,
      retry: retrying,
      hedge: hedge
        ? new HedgePolicy(hedge, new RetryBudget(slot("hedges"), hedge.budget, surroundings), retrying?.budget ?? null)
        : null,
      closed: false,
    };
    this.#Forwarding = hedge ? HedgedForwarding : Forwarding;
    this.#Calling = hedge ? HedgedCalling : Calling;
    counters.opened(this);
    this.#keeper = new Keeper(configuration, endpoints, surroundings);
    this.#health = new HealthChecks(configuration, endpoints, this.#keeper, createClient, surroundings);
    // One thread decides for all.
    const lead = surroundings.table.thread === 0;
    if (lead && (configuration.health || (configuration.eject && endpoints.length > 1))) {
      this.#keeper.start();
      this.#health.start();
    }
  }

  get endpoints(): readonly Endpoint[] {
    return this.#state.balancer.endpoints;
  }

  get waiting(): number {
    return this.#state.balancer.waiting;
  }

  get load(): number {
    let sum = 0;
    for (const { shared } of this.endpoints) sum += shared.load;
    return sum;
  }

  get breakerOpen(): boolean | null {
    return this.#state.breaker?.open ?? null;
  }

  forward(exchange: Exchange, options: ForwardOptions): Promise<Failure | null> {
    return new Promise((resolve) => new this.#Forwarding(this.#state, exchange, options, resolve).start());
  }

  proxy(exchange: Exchange, options: ForwardOptions): void {
    new this.#Forwarding(this.#state, exchange, options, null).start();
  }

  webSocket(exchange: Exchange, options: ForwardOptions, settings: WebSocketSettings): Promise<Failure | null> {
    return new Promise((resolve) => new WebSocketForwarding(this.#state, exchange, options, settings, resolve).start());
  }

  call(exchange: Exchange, request: CallRequest): Promise<Answer | Failure> {
    return new Promise((resolve) => new this.#Calling(this.#state, exchange, request, resolve).start());
  }

  stream(exchange: Traced, request: StreamedRequest, receiver: StreamReceiver): StreamedAttempt {
    const attempt = new Streaming(this.#state, exchange, request, receiver);
    attempt.start();
    return attempt;
  }

  async close(): Promise<void> {
    this.#state.closed = true;
    this.#keeper.stop();
    await this.#health.stop();
    await this.#state.balancer.idle();
    await Promise.all(this.endpoints.map((endpoint) => endpoint.close()));
    for (const endpoint of this.endpoints) endpoint.shared.release();
    this.#state.breaker?.release();
    this.#state.retry?.budget.release();
    this.#state.hedge?.release();
    this.#state.counters.closed(this);
  }

  #noteBreaker(open: boolean, { note }: Surroundings): void {
    note(open ? "warn" : "info", open ? "upstream.open" : "upstream.closed", { service: this.name });
  }
}

/** Opens nothing: the first request connects (and resolves the name). Throws a TypeError where an endpoint is not a URL. */
export function createService(
  configuration: ServiceConfiguration,
  settings: UpstreamSettings,
  counters: UpstreamCounterSet = new UpstreamCounterSet(),
  createClient: CreateUpstreamClient = createHttp1Client,
  surroundings: Surroundings = ownSurroundings(),
): UpstreamService {
  return new PooledService(configuration, settings, counters, createClient, surroundings);
}
