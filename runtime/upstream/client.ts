/**
 * The narrow interface to one upstream endpoint: everything above it (services, balancing, limits, hygiene) knows only this,
 * so that the HTTP/1.1 client behind it can be replaced. `client.suite.ts` proves any implementation.
 */
import type { TlsVersion } from "../abi.ts";
import type { Headers } from "../http/exchange.ts";
import type { Pieces } from "../pieces.ts";
import type { ByteStream } from "../websocket/index.ts";

/** Sends requests to one origin over a pool of connections. */
export interface UpstreamClient {
  /**
   * Starts one request. No method of `sink` runs before `send` has returned, and none after `abort`, `complete` or `failed`.
   * Never throws. The caller keeps no more than `connections` attempts going at once.
   */
  send(request: UpstreamRequest, sink: UpstreamSink): UpstreamAttempt;
  /** Connections that are open now, idle ones included. */
  readonly connections: number;
  /** Connections opened since the start. */
  readonly opened: number;
  /** Lets what is in flight end, then closes every connection. */
  close(): Promise<void>;
}

export interface UpstreamRequest {
  readonly method: string;
  /** Path and query as they go out. */
  readonly target: string;
  /**
   * Flat, names in lower case, without `host` and without framing and connection fields (content-length, transfer-encoding,
   * connection, …), which are the client's. The client takes the array over. As a text: whole lines ("name: value", CR, LF) that the caller
   * has made sure of; in an array, the client looks at each name and value.
   */
  readonly headers: Headers | string;
  /** Exactly one `host` goes out: this one. */
  readonly host: string;
  /** null: none. `{ length }`: written by `UpstreamAttempt.write` and `end`; length null: chunked. */
  readonly body: Uint8Array | string | Pieces | { readonly length: number | null } | null;
  /** Milliseconds without a byte after which a response body, while it is not paused, counts as stalled. */
  readonly idle: number;
  /** The request asks for another protocol: 101 is no fault, and `upgraded` is told. `Connection` and `Upgrade` are the caller's then. */
  readonly upgrade?: boolean;
}

/** What the client tells. A response's field values hold no NUL, CR, LF or other control character; its length fields agree. */
export interface UpstreamSink {
  /** A 1xx other than 101. An implementation may keep a 100 to itself: nobody asked for it. */
  informational(status: number, headers: Headers): void;
  /**
   * The final response's head, flat, names in lower case, connection fields included as they came. `more`: unless the receiver
   * pauses, bytes of the body or its end are told within the same event.
   */
  head(status: number, headers: Headers, more: boolean): void;
  /** The bytes are only valid during the call: the receiver copies what it keeps. Never called while paused. */
  data(chunk: Uint8Array): void;
  /** The whole response has arrived; trailers flat. The request's body need not have been sent to its end. */
  complete(trailers: Headers): void;
  /** The attempt is over. After `head`: the response is incomplete. */
  failed(error: UpstreamError): void;
  /** After a `write` that gave false: there is room again. */
  drain(): void;
  /**
   * The other side has switched protocols (101). The attempt is over; the connection belongs to the stream, whose receiver is to be set
   * within the call, or which is to be destroyed.
   */
  upgraded?(headers: Headers, stream: ByteStream): void;
}

/**
 * "connect": no connection (so nothing was sent); "closed": the connection ended before or within the response;
 * "malformed": the response breaks HTTP/1.1 or a limit on its head; "stalled": its body stood still for `idle`;
 * "unsendable": the request cannot be written as HTTP/1.1.
 */
export type UpstreamErrorKind = "connect" | "closed" | "malformed" | "stalled" | "unsendable";

export interface UpstreamError {
  readonly kind: UpstreamErrorKind;
  /** Short and technical, for logs: an error code or the parser's reason, never content. */
  readonly detail: string;
}

export interface UpstreamAttempt {
  /** False: wait for `drain`. Only for requests with a streamed body. The client takes over the bytes. */
  write(chunk: Uint8Array): boolean;
  end(): void;
  /** Holds back `data` and `complete`. Only within the sink's `head` and `data`. */
  pause(): void;
  resume(): void;
  /** Ends the attempt at once and destroys its connection; the sink hears nothing more. */
  abort(): void;
}

export interface UpstreamClientOptions {
  /** Origin, such as "http://10.0.0.11:8080". */
  readonly origin: string;
  /** For an origin with https; null or left out: Node's authorities, the origin's host as the name, no certificate of one's own. */
  readonly tls?: UpstreamTls | null;
  readonly connections: number;
  /** Milliseconds for a connection to be established, TLS included. */
  readonly connectTimeout: number;
  /**
   * Safe requests without a body share so many connections, sent behind one another (RFC 9112 §9.3.2); left out or 0: each has one of its
   * own while it is under way.
   */
  readonly pipelining?: number | undefined;
  /** Milliseconds an unused connection is kept. */
  readonly keepAlive: number;
}

/** PEM texts. Clients that are given the same object share what is made of it. */
export interface UpstreamTls {
  /** Only these authorities are believed; null: Node's. */
  readonly ca: string | null;
  /** What the certificate must be for, and the name that is asked for; null: the origin's host. */
  readonly serverName: string | null;
  readonly certificate: { readonly chain: string; readonly key: string } | null;
  readonly minimum: TlsVersion;
}

export type CreateUpstreamClient = (options: UpstreamClientOptions) => UpstreamClient;

/** Largest response head, in bytes; whether more than names and values counts is left to the implementation. */
export const RESPONSE_HEAD_LIMIT = 32 * 1024;
/** More 1xx responses than this before the final one count as malformed. */
export const INFORMATIONAL_LIMIT = 16;
