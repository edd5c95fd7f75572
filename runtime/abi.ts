/**
 * The contract between a bundle and the host, versioned. A bundle is a CommonJS file with one export, `load`; the host
 * calls it with a `Host` and gets a `Program`. The host owns sockets, upstream pools, counters, health and timers, all of
 * which outlive a generation; a bundle holds only the program's code and leaves no callback behind.
 * Longer than other files because a contract is read, and versioned, as a whole.
 */
import type { Exchange, Headers } from "./http/exchange.ts";
import type { Failure } from "./failure.ts";
import type { WebSocketSettings } from "./websocket/index.ts";
import type { IdentityConfiguration } from "./identity/configuration.ts";
import type { ModelConfiguration, PoolConfiguration } from "./model/configuration.ts";
import type { BudgetConfiguration } from "./model/money/configuration.ts";
import type { RouteBudget } from "./http/spending.ts";
import type { ClientDialect, ProviderDialect } from "./model/dialect/dialect.ts";
import type { Operation } from "./model/operation/operation.ts";

/** Raised by one whenever a bundle built before could not run on this host, or the other way round. */
export const ABI_VERSION = 5;

export interface BundleModule {
  /** Reads the environment and gives what the host must provide. Throws a `StartError` (`start-error.ts`) naming every variable that is missing or malformed. */
  configure(environment: { readonly [name: string]: string | undefined }): Configuration;
  load(host: Host): Program;
}

export interface Program {
  readonly abi: number;
  /** Answers the exchange, now or later. Never throws synchronously by design; the host catches what does. */
  handle(exchange: Exchange): void | Promise<void>;
  /**
   * Runs what is worth compiling before the first request (the matcher over a few made-up paths), without running a step or
   * touching the host. Called once, before the switch.
   */
  warm?(): void;
}

/** What the host hands to a bundle. */
export interface Host {
  /** The environment as `configure` accepted it: typed values by variable name. */
  readonly environment: { readonly [name: string]: string | number | boolean };
  service(name: string): Service;
  /** `Caller` is the record that the identity's declared claims make. */
  identity<Caller>(name: string): Identity<Caller>;
  /**
   * Several identities asked together, in this order: "any" recognises a caller whom one of them knows (`{ identity, claims }`: the
   * `name` of the one, and what it knows), "all" one whom each of them knows (their claims by `name`).
   */
  identities<Recognised>(
    how: "any" | "all",
    members: readonly { readonly name: string; readonly identity: string }[],
  ): Identity<Recognised>;
  /**
   * The counters of a limit, shared by all threads and by every generation that asks for the same identity. `whenFull` says what
   * happens to a key for which the host has no place left.
   */
  limiter(identity: string, whenFull: "allow" | "deny"): Limiter;
  /** The places of a concurrency limit, shared in the same way. */
  concurrency(identity: string, whenFull: "allow" | "deny"): ConcurrencyLimiter;
  /** A limit that gateways share over the configuration's `state`. `whenAway` null: what `state` says. */
  sharedLimiter(identity: string, sharing: Sharing): SharedLimiter;
  sharedConcurrency(identity: string, sharing: Omit<Sharing, "how">): SharedConcurrencyLimiter;
  /** A model of the configuration, or a choice of several. `providers`: the dialects that it may have to speak; the host knows none by itself. */
  model(name: string, providers: readonly ProviderDialect[]): Model;
  /** A budget that routes hold their requests to. `providers`: the dialects of whoever is asked where it is used up. */
  budget(configuration: BudgetConfiguration, providers: readonly ProviderDialect[]): RouteBudget;
  log(exchange: Exchange, level: "debug" | "info" | "warn" | "error", fields: LogValue): void;
  /**
   * Arms the route's deadline: `milliseconds` after `exchange.startedAt` the host answers 504 (or cuts an answer that has
   * begun), unless the exchange is over by then. The timer is the host's; it is dropped when the exchange ends, and what the program
   * does with the exchange afterwards has no effect. Arming again replaces the deadline.
   */
  deadline(exchange: Exchange, milliseconds: number): void;
  /** Milliseconds since the epoch; tests replace it. */
  now(): number;
  /** 0 ≤ n < 1. */
  random(): number;
}

/** JSON-like. */
export type LogValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly LogValue[]
  | { readonly [key: string]: LogValue };

// ---------------------------------------------------------------- limits

/** One limit. The fields tell about the latest `take`, and are read before anything is awaited. */
export interface Limiter {
  /**
   * GCRA: admits `burst` units at once and `rate.count` in each `rate.per` (milliseconds) from then on. True: admitted, and `cost`
   * units were taken; false: nothing was changed. Other rates and bursts count apart.
   */
  take(key: string, rate: { readonly count: number; readonly per: number }, burst: number, cost: number): boolean;
  /** Whole units that could be taken now. */
  readonly remaining: number;
  /** Seconds, rounded up, until all of `burst` is there again. */
  readonly reset: number;
  /** After a refusal: seconds, rounded up, until the same cost is admitted; 0: never. */
  readonly retryAfter: number;
}

/**
 * One concurrency limit. Who is let in has its place until the exchange ends, whichever way; the host gives it back. An exchange counts
 * once for a key, however often it asks; one that is over is refused.
 */
export interface ConcurrencyLimiter {
  /** True: fewer than `most` exchanges of the key were inside, over all threads, and nobody waited. */
  enter(exchange: Exchange, key: string, most: number): boolean;
  /**
   * As `enter`; where there is no room, the exchange waits its turn, behind at most `queue` others of the key and at most `wait`
   * milliseconds. False: it was refused, waited for too long, or is over.
   */
  join(exchange: Exchange, key: string, most: number, queue: number, wait: number): boolean | Promise<boolean>;
}

/** How a limit is counted over gateways. */
export interface Sharing {
  /** "exact": each decision is made where all count together; "leased": units are taken from there in advance, for a short time. */
  readonly how: "exact" | "leased";
  /** What happens while nobody can be asked there: "allow": this gateway counts alone. null: what `state` says. */
  readonly whenAway: "refuse" | "allow" | null;
  /** Of this gateway's own table, in which it counts alone. */
  readonly whenFull: "allow" | "deny";
}

/** A limit that gateways share. */
export interface SharedLimiter {
  /** As `Limiter.take`, over all gateways. A promise only where it had to be asked for; it never rejects. */
  take(
    key: string,
    rate: { readonly count: number; readonly per: number },
    burst: number,
    cost: number,
  ): Taken | Promise<Taken>;
}

/** What became of a request to a shared limit. */
export interface Taken {
  readonly admitted: boolean;
  /** Refused because nobody could be asked; the figures say nothing then, but for `retryAfter`. */
  readonly away: boolean;
  /** Whole units that could be taken now. */
  readonly remaining: number;
  /** Seconds, rounded up, until all of the burst is there again. */
  readonly reset: number;
  /** After a refusal: seconds, rounded up, until the same cost is admitted; 0: never. */
  readonly retryAfter: number;
}

/** A concurrency limit that gateways share. */
export interface SharedConcurrencyLimiter {
  /** As `ConcurrencyLimiter.enter`, over all gateways; "away": refused because nobody could be asked. A promise never rejects. */
  enter(exchange: Exchange, key: string, most: number): Entered | Promise<Entered>;
}

export type Entered = "inside" | "refused" | "away";

// ---------------------------------------------------------------- identities

export interface Identity<Caller> {
  /** Who sent the request; or the failure (401 with a challenge, 503 while no key is known) that it ends with. Never rejects. */
  identify(exchange: Exchange): Caller | Failure | Promise<Caller | Failure>;
}

// ---------------------------------------------------------------- services

export interface Service {
  readonly name: string;
  /**
   * Proxies the exchange: request head and body out, answer back, streaming both ways with back-pressure. Resolves to null when an
   * answer has been sent (or the client left), to a Failure while nothing has been sent. Never rejects.
   */
  forward(exchange: Exchange, options: ForwardOptions): Promise<Failure | null>;
  /** As `forward`, and a failure is answered with its standard problem: the last thing that a program does with the exchange. */
  proxy(exchange: Exchange, options: ForwardOptions): void;
  /**
   * As `forward`, for an exchange that is a WebSocket handshake (`asksForWebSocket`): settled when the service has answered it, which
   * may be long before the WebSocket ends. `body` and `answer` of the options are not used.
   */
  webSocket(exchange: Exchange, options: ForwardOptions, settings: WebSocketSettings): Promise<Failure | null>;
  /** One buffered call. Never rejects. */
  call(exchange: Exchange, request: CallRequest): Promise<Answer | Failure>;
}

export interface ForwardOptions {
  /** Path and query as they go out, canonical. */
  readonly target: string;
  /** Changes to the request headers after hygiene, in order; value null removes. Null: none. */
  readonly edits: readonly { readonly name: string; readonly value: string | null }[] | null;
  /** Replaces the request's body. `mediaType` null: these are its own bytes again, and its content headers stay. */
  readonly body: { readonly data: string | Uint8Array; readonly mediaType: string | null } | null;
  /** Milliseconds for the head to arrive; null: the service's timeout. */
  readonly timeout: number | null;
  /** Milliseconds for which the answer's body may stand still; left out: the service's. */
  readonly silence?: number;
  /** `performance.now()` by which the whole answer must be complete; null: none. */
  readonly deadline: number | null;
  /** In bytes; the request body may not be longer. */
  readonly bodyLimit: number;
  /** What requests that belong together have in common, for services that balance by `hash`; null or left out: nothing. */
  readonly key?: string | null;
  /**
   * Called when the upstream's head has arrived, before anything is sent. May change `exchange.edits`; returns true when
   * it has answered the exchange itself, so that the upstream's body is to be discarded.
   */
  readonly answer: ((head: AnswerHead) => boolean | Promise<boolean>) | null;
}

export interface AnswerHead {
  readonly status: number;
  readonly headers: Headers;
}

export interface CallRequest {
  readonly method: string;
  /** Path and query, encoded. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: string | Uint8Array | null;
  readonly timeout: number | null;
  readonly deadline: number | null;
  /** A status of 400 or more is a failure, except 404 where this is set. */
  readonly absentOn404: boolean;
  /** As of `ForwardOptions`. */
  readonly key?: string | null;
  readonly signal: CallSignal | null;
}

/** Lets a `together` abort the calls that no longer matter. */
export interface CallSignal {
  abort(): void;
  onAbort: (() => void) | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Bounded by the service's `answer` limit. */
  readonly body: Uint8Array;
}

// ---------------------------------------------------------------- models

export interface Model {
  readonly name: string;
  /**
   * Takes the exchange's request for one to a model, asks one, and answers in the client's dialect, whole or as a stream. Resolves to null
   * when an answer has been sent (or the client left), to a Failure while nothing has been sent. Never rejects.
   */
  answer(exchange: Exchange, options: ModelOptions): Promise<Failure | null>;
  /** As `answer`, and what goes wrong is answered in the client's dialect: the last thing that a program does with the exchange. */
  serve(exchange: Exchange, options: ModelOptions): void;
  /** As `answer`, for what is asked of a model beside an answer to a conversation. */
  operate(exchange: Exchange, options: OperationOptions): Promise<Failure | null>;
  /** As `serve`. */
  serveOperation(exchange: Exchange, options: OperationOptions): void;
}

export interface OperationOptions {
  /** With the codecs of every provider that may be asked. */
  readonly operation: Operation;
  /** As of `ModelOptions`. */
  readonly body: { readonly data: Uint8Array } | null;
  readonly bodyLimit: number;
  readonly deadline: number | null;
  /** As of `ModelOptions`, where tokens are counted. */
  readonly prompt?: SystemPrompt | undefined;
}

/** Instructions of the program for a model. */
export interface SystemPrompt {
  /** Goes before what the client gives; null or "": nothing. */
  readonly system: string | null;
  /** What becomes of the client's own instructions: they follow, are left out, or a request with some is an error of the client. */
  readonly client: "keep" | "drop" | "refuse";
}

export interface ModelOptions {
  /** What the client speaks. */
  readonly client: ClientDialect;
  /** The request's body where it has been read already; null: it is read here. */
  readonly body: { readonly data: Uint8Array } | null;
  /** In bytes; the request body may not be longer. */
  readonly bodyLimit: number;
  /** `performance.now()` by which the whole answer must be complete; null: none. */
  readonly deadline: number | null;
  /** Requests with the same text go to the same model of a choice; left out or null: each for itself. */
  readonly sticky?: string | null | undefined;
  /** Left out: the client's instructions go as they are. */
  readonly prompt?: SystemPrompt | undefined;
}

// ---------------------------------------------------------------- configuration

/** Plain data; checked with zod by the host. Durations in milliseconds, sizes in bytes. */
export interface Configuration {
  readonly gateway: GatewayConfiguration;
  readonly services: readonly ServiceConfiguration[];
  /** The largest message, in bytes, of the WebSockets that the program lets through; left out: it lets none through. */
  readonly webSockets?: number | undefined;
  /** Left out: none. */
  readonly identities?: readonly IdentityConfiguration[] | undefined;
  /** Left out: none. */
  readonly models?: readonly ModelConfiguration[] | undefined;
  /** Choices of several models; left out: none. */
  readonly pools?: readonly PoolConfiguration[] | undefined;
  /** Of routes and policies, in programs with `gateway.alert`; left out: none. */
  readonly budgets?: readonly BudgetConfiguration[] | undefined;
  /** Values for `Host.environment`. */
  readonly environment: { readonly [name: string]: string | number | boolean };
}

export interface GatewayConfiguration {
  readonly name: string;
  readonly listen: readonly ListenConfiguration[];
  readonly admin: { readonly address: string; readonly port: number; readonly token: string | null } | null;
  /** null: one per core. */
  readonly threads: number | null;
  readonly limits: {
    readonly body: number;
    readonly headers: number;
    readonly idle: number;
    /** Time for the whole request head to arrive. */
    readonly head: number;
    readonly connections: number | null;
    /** Values of `limit … by` that can be counted at the same time. */
    readonly counters: number;
  };
  /** How the client's address is passed on: "x-forwarded", "forwarded", "both" or "none". */
  readonly forwarded: "x-forwarded" | "forwarded" | "both" | "none";
  /** Proxies in front whose X-Forwarded-For is believed, as CIDRs. */
  readonly trustedProxies: readonly string[];
  /** The pseudonym in Via; null: no Via on responses (requests always carry one). */
  readonly via: string;
  /** Time a drain may take before what is left is cut. */
  readonly drain: number;
  readonly accessLog: boolean;
  /**
   * Where what calls to models cost is kept: a folder, in which relative paths begin where those of certificates do, and for how long, in milliseconds.
   * Left out: nothing is counted.
   */
  readonly ledger?: { readonly folder: string; readonly keep: number } | undefined;
  /** Where budgets and shared limits are counted that gateways on other machines count in too; left out: in this process alone. */
  readonly state?: StateConfiguration | undefined;
  /** Whether there are limits that are counted there; left out: none. */
  readonly sharedLimits?: boolean | undefined;
  /** Whom alerts of budgets are sent to; left out: nobody. */
  readonly alert?: AlertConfiguration | undefined;
  /** Where spans of requests are sent; left out: nothing is recorded. */
  readonly traces?: TracesConfiguration | undefined;
}

/** A collector of OpenTelemetry, over HTTP. */
export interface TracesConfiguration {
  /** What `/v1/traces` is put behind, unless it ends so. */
  readonly url: string;
  /** Of the requests whose trace begins here, the part that is recorded; 0 to 1. */
  readonly sample: number;
  /** Sent with all spans; names in lower case. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** A Redis that gateways share. */
export interface StateConfiguration {
  /** `redis://` or `rediss://`, with user, password and number of the database where it has them; several addresses with commas in between. */
  readonly url: string;
  /** What becomes of calls that count in a budget, and of requests to shared limits, while it does not answer: "allow": this process counts alone. */
  readonly whenAway: "refuse" | "allow";
  /** For an answer; milliseconds. */
  readonly timeout: number;
  /** What gateways that count together have in common. */
  readonly name: string;
  /** The URL's addresses are those of sentinels, which tell where the master of this name is; left out: they are Redis's own. */
  readonly sentinel?: string | undefined;
  /** Authorities whose certificates are believed; left out: those that Node brings. */
  readonly ca?: PemSource | undefined;
}

export interface AlertConfiguration {
  /** Where alerts are posted. */
  readonly url: string;
  /** Sent as a bearer token; null: none. */
  readonly token: string | null;
}

export interface ListenConfiguration {
  readonly address: string;
  /** 0: any free port (the log tells which). */
  readonly port: number;
  readonly transport: "fast" | "strict";
  /** Left out: clear text. */
  readonly tls?: ListenTlsConfiguration | undefined;
  /** Everything that comes in clear text is sent on to https on this port of the same host; left out: it is served. */
  readonly redirect?: number | undefined;
}

/** PEM text, or the file that holds it: the host reads it when it starts. */
export type PemSource = { readonly file: string } | { readonly text: string };

export type TlsVersion = "1.2" | "1.3";

/** A certificate chain, its own certificate first, with its private key; or a folder of such pairs (`host/certificate-folder.ts`). */
export type CertificateConfiguration =
  | { readonly folder: string }
  | {
      readonly certificate: PemSource;
      readonly key: PemSource;
      /** What the key is encrypted with; null: it is not. */
      readonly passphrase: string | null;
    };

export interface ListenTlsConfiguration {
  /** The first one answers clients that name no server. */
  readonly certificates: readonly CertificateConfiguration[];
  readonly minimum: TlsVersion;
  /** What a client gets that names a server for which there is no certificate, or none: the first certificate, or nothing. */
  readonly unknown: "default" | "refuse";
}

/** How a service's endpoints are proved to be what they say, and this gateway to them. */
export interface ServiceTlsConfiguration {
  /** The authorities that are believed; null: those of Node (with NODE_EXTRA_CA_CERTS). */
  readonly ca: PemSource | null;
  /** The name that is asked for (RFC 6066 §3) and that the certificate must be for; null: the endpoint's host. */
  readonly serverName: string | null;
  /** What this gateway shows when it is asked who it is; null: nothing. */
  readonly certificate: Exclude<CertificateConfiguration, { readonly folder: string }> | null;
  readonly minimum: TlsVersion;
}

export interface ServiceConfiguration {
  readonly name: string;
  /** Origins such as "http://10.0.0.11:8080", with an optional base path. */
  readonly endpoints: readonly string[];
  /** For endpoints with https; left out: Node's authorities, the endpoint's host as the name, no certificate of one's own. */
  readonly tls?: ServiceTlsConfiguration | undefined;
  /** Of each endpoint, in their order, above 0; left out: all are equal. */
  readonly weights?: readonly number[] | undefined;
  /** Left out: endpoints that fail stay. Left alone is one that had `requests` within `within` and failed too many, for `time`, each time longer up to `longest`. */
  readonly eject?:
    | {
        readonly requests: number;
        readonly within: number;
        readonly time: number;
        readonly longest: number;
        /** Whether one that is slow beside the others is left alone too. */
        readonly slow: boolean;
      }
    | undefined;
  /** Left out: nobody asks how endpoints are. `healthy`, `unhealthy`: answers in a row that change an endpoint's state. */
  readonly health?:
    | {
        readonly get: string;
        readonly every: number;
        readonly timeout: number;
        readonly healthy: number;
        readonly unhealthy: number;
      }
    | undefined;
  /** Time in which an endpoint that comes back is given its whole share again. */
  readonly slowStart?: number | undefined;
  /** Left out: none. Opens when `failures` (a fraction) of at least `of` requests within `within` failed; tries again after `probe`. */
  readonly breaker?:
    | { readonly failures: number; readonly of: number; readonly within: number; readonly probe: number }
    | undefined;
  /** Left out: none. `on`: statuses, "connect", "timeout", "closed"; `budget`: retries per request, a fraction. */
  readonly retry?:
    | {
        readonly times: number;
        readonly on: readonly (number | string)[];
        readonly budget: number;
        readonly wait: { readonly from: number; readonly to: number };
      }
    | undefined;
  /**
   * Left out: none. Where an attempt has no answer after so many milliseconds, or after the time in which so many of the answers come
   * ("p95"), the request goes to another endpoint too, at most `most` times; `budget`: per request, a fraction.
   */
  readonly hedge?:
    | {
        readonly after: number | string;
        readonly most: number;
        readonly budget: number;
        readonly methods: "safe" | "idempotent";
      }
    | undefined;
  /** Whether the service is told how long its answer is waited for. */
  readonly passDeadline?: boolean | undefined;
  /** Labelled data may stand in the paths that it is asked for, so traces do not hold them; left out: they may. */
  readonly hidesPaths?: boolean | undefined;
  /** Milliseconds after which connections are made anew (and the name is looked up again); left out: as long as they live. */
  readonly maxAge?: number | undefined;
  /** Connections that safe requests without a body share, sent behind one another; left out or 0: none. Per endpoint and thread. */
  readonly pipelining?: number | undefined;
  readonly balance: "least_requests" | "round_robin" | "latency" | "hash";
  readonly timeout: number;
  readonly connectTimeout: number;
  /** Idle time of a kept-alive upstream connection. */
  readonly idle: number;
  /** Time for which the body of a response may stand still; left out: as `idle`. */
  readonly silence?: number | undefined;
  /** Per endpoint and thread. */
  readonly connections: number;
  /** Largest buffered answer of a call. */
  readonly answerLimit: number;
  /** Whether the client's Host goes to the upstream instead of the endpoint's. */
  readonly preserveHost: boolean;
}
