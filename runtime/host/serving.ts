/**
 * One serving thread: its listeners, its service pools and its generations. Listeners, pools and counters outlive generations;
 * a swap touches none of them (test: `swap.test.ts`).
 */
import type { Configuration, Host, Identity, LogValue } from "../abi.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Listener, Transport } from "../http/transport.ts";
import { type Recogniser, together, type Verifier } from "../identity/index.ts";
import { giveBackAll } from "../http/held.ts";
import type { Concurrency, Limits } from "../limit/index.ts";
import type { KeyEvent, KeyParts, KeyTable, SpeedTable } from "../model/engine/index.ts";
import type { ModelCounterSet, Tracing } from "../observe/index.ts";
import { StartError } from "../start-error.ts";
import type { Artifact } from "./artifact.ts";
import type { ReadyListener } from "./certificates.ts";
import { Deadlines } from "./deadlines.ts";
import { Dispatcher } from "./dispatcher.ts";
import { answerDeadline } from "./expired.ts";
import type { Generation } from "./generation.ts";
import type { HostLog, LogLevel } from "./host-log.ts";
import type { ThreadLimits } from "./shared-limits.ts";
import type { ThreadMoney } from "./treasury.ts";
import { listenError } from "./listen-error.ts";
import { IdentityPool, type MakeVerifier } from "./identity-pool.ts";
import { accessTokenOf } from "../model/vertex/tokens.ts";
import { allServices, identifier, isConnections, type ModelSource, modelOf, routeBudget } from "./models.ts";
import { redirecting } from "./redirect.ts";
import { type MakeService, ServicePool } from "./service-pool.ts";
import { wait } from "./wait.ts";
import type { BoundListener, ListenOrder, Thread, ThreadMetrics, ThreadStatus } from "./thread.ts";

/** Settings that shared services read on each request; a switch puts the new generation's values. */
export interface LiveSettings {
  via: string;
  forwarded: Configuration["gateway"]["forwarded"];
}

/** What the host notes about exchanges, off the request path. */
export interface Observer {
  /** The exchange began on the generation with this hash. */
  done(exchange: Exchange, generation: string): void;
  /** A `log` step. */
  log(exchange: Exchange, level: LogLevel, fields: LogValue): void;
  /** Refused before there was an exchange. */
  refused(code: string, status: number, address: string): void;
  metrics(inFlight: number): Promise<ThreadMetrics>;
  readonly openWebSockets: number;
  /** New requests go to this gateway's bundle with this hash from now on. */
  serving(gateway: string, generation: string): void;
  /** Writes out what is buffered. */
  close(): Promise<void>;
}

export interface ServingParts {
  readonly thread: number;
  /** `configure` and `load` of the artifact; throws a `StartError`. */
  readonly load: (id: number, artifact: Artifact, makeHost: (configuration: Configuration) => Host) => Generation;
  /** The transport that serves a listener, chosen at the start. */
  readonly transport: (listen: ReadyListener) => Transport;
  readonly makeService: MakeService;
  readonly limits: Limits;
  readonly concurrency: Concurrency;
  /** null: the program shares no limit with other gateways. */
  readonly shared: ThreadLimits | null;
  readonly models: ModelCounterSet;
  readonly speeds: SpeedTable;
  readonly keys: KeyTable;
  /** null: the program has no budgets. */
  readonly money: ThreadMoney | null;
  /** null: nothing is recorded for traces. */
  readonly tracing: Tracing | null;
  readonly makeVerifier: MakeVerifier;
  readonly live: LiveSettings;
  readonly observer: Observer;
  readonly log: HostLog;
  readonly now: () => number;
  readonly random: () => number;
}

/** Milliseconds that the last spans are given even where a drain has used all its time. */
const LAST_SPANS = 250;

const KEY_EVENTS: { readonly [event in Exclude<KeyEvent, "asked">]: string } = {
  rate: "the provider wants fewer requests with this key: it rests for as long as the provider says",
  quota: "the account of this key has nothing left: it is set aside for ten minutes",
  auth: "the provider does not take this key: it is set aside for ten minutes",
};

/** What a generation shares with others. */
type Acquired = Pick<Configuration, "services" | "identities" | "models">;
const NOTHING: Acquired = { services: [] };

export class Serving implements Thread {
  readonly #parts: ServingParts;
  readonly #pool: ServicePool;
  readonly #identities: IdentityPool;
  readonly #deadlines = new Deadlines(answerDeadline);
  /** Every generation that is prepared, serving or draining. */
  readonly #generations = new Map<number, Generation>();
  #listeners: readonly Listener[] = [];
  #dispatcher: Dispatcher | null = null;

  constructor(parts: ServingParts) {
    this.#parts = parts;
    this.#pool = new ServicePool(parts.makeService);
    this.#identities = new IdentityPool(parts.makeVerifier);
  }

  async prepare({ id, artifact }: { readonly id: number; readonly artifact: Artifact }): Promise<void> {
    let acquired: Acquired = NOTHING;
    await this.#parts.money?.ready;
    await this.#parts.shared?.ready;
    try {
      const generation = this.#parts.load(id, artifact, (configuration) => {
        const identities = this.#identities.acquire(configuration.identities ?? []);
        acquired = configuration;
        return this.#hostFor(configuration, identities);
      });
      this.#checkWebSockets(generation);
      this.#generations.set(id, generation);
    } catch (error) {
      await this.#release(acquired);
      throw error;
    }
  }

  async activate({ id }: { readonly id: number }): Promise<void> {
    const next = this.#generations.get(id);
    if (next === undefined) throw new Error(`generation ${id} was not prepared`);
    if (this.#dispatcher === null) this.#dispatcher = new Dispatcher(next, this.#discard);
    else this.#dispatcher.switchTo(next);
    const { name, via, forwarded } = next.configuration.gateway;
    Object.assign(this.#parts.live, { via, forwarded });
    this.#parts.observer.serving(name, next.hash);
  }

  async abandon({ id }: { readonly id: number }): Promise<void> {
    const generation = this.#generations.get(id);
    if (generation !== undefined && generation !== this.#dispatcher?.current) this.#discard(generation);
  }

  async listen({ listeners, shared }: ListenOrder): Promise<readonly BoundListener[]> {
    const dispatcher = this.#dispatcher;
    if (dispatcher === null) throw new Error("no generation is active");
    const { limits, trustedProxies } = dispatcher.current.configuration.gateway;
    const { webSockets } = dispatcher.current.configuration;
    const opened: Listener[] = [];
    const bound: BoundListener[] = [];
    for (const listen of listeners) {
      const transport = this.#parts.transport(listen);
      try {
        const listener = await transport.listen({
          address: listen.address,
          port: listen.port,
          ...(listen.tls !== undefined && { tls: listen.tls }),
          shared,
          limits,
          webSockets,
          trustedProxies,
          handler: this.#recorded(
            listen.redirect === undefined ? dispatcher.begin : redirecting(dispatcher, listen.redirect),
          ),
          done: (exchange) => this.#done(dispatcher, exchange),
          failed: (exchange, error) => this.#failed(dispatcher, exchange, error),
          refused: (code, status, address) => this.#parts.observer.refused(code, status, address),
        });
        opened.push(listener);
        bound.push({
          address: listen.address,
          port: listener.port,
          transport: transport.name,
          scheme: listen.tls === undefined ? "http" : "https",
        });
      } catch (error) {
        await Promise.all(opened.map((listener) => listener.close()));
        throw error instanceof StartError ? error : listenError(listen.address, listen.port, error);
      }
    }
    this.#listeners = opened;
    return bound;
  }

  async status(): Promise<ThreadStatus> {
    return {
      thread: this.#parts.thread,
      inFlight: this.#dispatcher?.inFlight ?? 0,
      webSockets: this.#parts.observer.openWebSockets,
      generations: [...this.#generations.values()].map(({ id, inFlight }) => ({ id, inFlight })),
      pools: this.#pool.size,
      heapUsed: process.memoryUsage().heapUsed,
    };
  }

  metrics(): Promise<ThreadMetrics> {
    return this.#parts.observer.metrics(this.#dispatcher?.inFlight ?? 0);
  }

  async drain({ milliseconds }: { readonly milliseconds: number }): Promise<{ readonly cut: number }> {
    const end = performance.now() + milliseconds;
    const late = wait(milliseconds);
    await Promise.race([Promise.all(this.#listeners.map((listener) => listener.drain())), late.promise]);
    late.cancel();
    const cut = this.#dispatcher?.inFlight ?? 0;
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    const generations = [...this.#generations.values()];
    this.#generations.clear();
    await Promise.all(generations.map((generation) => this.#release(generation.configuration)));
    await this.#parts.tracing?.close(Math.max(LAST_SPANS, end - performance.now()));
    await this.#parts.observer.close();
    await this.#parts.shared?.close();
    await this.#parts.money?.close();
    return { cut };
  }

  /** It is decided first whether a request is recorded. */
  #recorded(handler: (exchange: Exchange) => void | Promise<void>): (exchange: Exchange) => void | Promise<void> {
    const { tracing } = this.#parts;
    if (tracing === null) return handler;
    return (exchange) => {
      tracing.begin(exchange);
      return handler(exchange);
    };
  }

  /** The object that one generation's program talks to; it holds nothing of another generation. */
  #hostFor(configuration: Configuration, identities: ReadonlyMap<string, Verifier>): Host {
    const { observer, limits, concurrency, shared, models, speeds, money, now, random } = this.#parts;
    const services = this.#pool.acquire(allServices(configuration));
    const deadlines = this.#deadlines;
    const verifierOf = (name: string): Verifier => {
      const verifier = identities.get(name);
      if (verifier === undefined) throw new Error(`the program asks for the identity "${name}" without configuring it`);
      return verifier;
    };
    const source: ModelSource = {
      configuration,
      connections: (name) => {
        const service = services.get(name);
        if (service === undefined || !isConnections(service)) throw new Error(`the model "${name}" has no connections`);
        return service;
      },
      parts: {
        counters: models,
        speeds,
        keys: this.#keyParts(),
        tokens: accessTokenOf,
        now,
        random,
        identifier,
        shadows: true,
        accounts: money?.accounts,
      },
    };
    return {
      environment: configuration.environment,
      service(name) {
        const service = services.get(name);
        if (service === undefined) throw new Error(`the program asks for the service "${name}" without configuring it`);
        return service;
      },
      identity: (name) => identityOf(verifierOf(name)),
      identities: (how, members) =>
        identityOf(
          together(
            how,
            members.map(({ name, identity }) => ({ name, verifier: verifierOf(identity) })),
          ),
        ),
      limiter: (identity, whenFull) => limits.limiter(identity, whenFull),
      concurrency: (identity, whenFull) => concurrency.limiter(identity, whenFull),
      sharedLimiter: (identity, sharing) => given(shared).rates.limiter(identity, sharing),
      sharedConcurrency: (identity, sharing) => given(shared).places.limiter(identity, sharing),
      model: (name, providers) => modelOf(name, providers, source),
      budget: (budget, providers) => routeBudget(budget, providers, source),
      log: (exchange, level, fields) => observer.log(exchange, level, fields),
      deadline: (exchange, milliseconds) => deadlines.arm(exchange, milliseconds),
      now,
      random,
    };
  }

  /** A key that is not taken is told of, by the name of its variable. */
  #keyParts(): KeyParts {
    const { keys, limits, models, log } = this.#parts;
    return {
      table: keys,
      limiter: (identity) => limits.limiter(identity, "deny"),
      note: (model, key, event, fresh) => {
        models.key(model, key, event);
        // Requests that were under way meanwhile say the same.
        if (event === "asked" || !fresh) return;
        log("warn", "model.key", { message: KEY_EVENTS[event], model, key });
      },
    };
  }

  /** Listeners are there before the program is: those that cannot carry its WebSockets would have to be opened anew. */
  #checkWebSockets({ configuration: { webSockets } }: Generation): void {
    if (webSockets === undefined) return;
    if (this.#listeners.every((listener) => listener.allowWebSockets(webSockets))) return;
    throw new StartError(
      "swap-restart",
      "the listeners were opened for smaller WebSocket messages, or for no WebSockets",
      [`websocket.message: ${webSockets} bytes`],
      "Restart the gateway with the new program.",
    );
  }

  #release(acquired: Acquired): Promise<void> {
    this.#identities.release(acquired.identities ?? []);
    return this.#pool.release(allServices(acquired));
  }

  #done(dispatcher: Dispatcher, exchange: Exchange): void {
    this.#deadlines.clear(exchange);
    giveBackAll(exchange);
    const generation = dispatcher.ownerOf(exchange);
    if (generation !== undefined) this.#parts.observer.done(exchange, generation.hash);
    dispatcher.end(exchange);
  }

  /** The transport answers (500, or a cut); here it is said why. */
  #failed(dispatcher: Dispatcher, exchange: Exchange, error: unknown): void {
    const stack = error instanceof Error && error.stack !== undefined ? error.stack : String(error);
    const remapper = dispatcher.ownerOf(exchange)?.remapper;
    this.#parts.log("error", "request.failed", {
      message: "the program threw while it answered a request",
      traceId: exchange.traceId,
      route: exchange.route,
      at: remapper?.origin(stack) ?? null,
      stack: remapper?.remap(stack) ?? stack,
    });
  }

  readonly #discard = (generation: Generation): void => {
    if (!this.#generations.delete(generation.id)) return;
    this.#parts.log("info", "generation.discarded", { generation: generation.id, hash: generation.hash });
    this.#release(generation.configuration).catch((error: unknown) => {
      this.#parts.log("error", "upstream.close", { message: String(error) });
    });
  };
}

/** What it recognises is what the configuration says, which the same compiler wrote as the type. */
function identityOf<Recognised>(recogniser: Recogniser<unknown>): Identity<Recognised> {
  return {
    identify: (exchange) => recogniser.identify(exchange.headers) as ReturnType<Identity<Recognised>["identify"]>,
  };
}

function given(shared: ThreadLimits | null): ThreadLimits {
  if (shared === null) throw new Error("the program asks for a shared limit without configuring where it is counted");
  return shared;
}
