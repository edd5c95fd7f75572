/**
 * The narrow interface to one upstream endpoint: everything above it (services, balancing, limits, hygiene) knows only this,
 * so that the HTTP/1.1 client behind it can be replaced. `client.suite.ts` proves any implementation.
 */
import type { Headers } from "../http/exchange.ts";

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
   * connection, …), which are the client's. The client takes the array over.
   */
  readonly headers: Headers;
  /** Exactly one `host` goes out: this one. */
  readonly host: string;
  /** null: none. `{ length }`: written by `UpstreamAttempt.write` and `end`; length null: chunked. */
  readonly body: Uint8Array | string | { readonly length: number | null } | null;
  /** Milliseconds without a byte after which a response body, while it is not paused, counts as stalled. */
  readonly idle: number;
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
  readonly connections: number;
  /** Milliseconds for a connection to be established, TLS included. */
  readonly connectTimeout: number;
  /** Milliseconds an unused connection is kept. */
  readonly keepAlive: number;
}

export type CreateUpstreamClient = (options: UpstreamClientOptions) => UpstreamClient;

/** Largest response head, in bytes; whether more than names and values counts is left to the implementation. */
export const RESPONSE_HEAD_LIMIT = 32 * 1024;
/** More 1xx responses than this before the final one count as malformed. */
export const INFORMATIONAL_LIMIT = 16;
