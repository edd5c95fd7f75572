/**
 * One request and its response, whichever transport they came through. Generated handlers, services and the host know
 * only this; `uws/` and `node/` implement it, and one suite (`exchange.suite.ts`) proves both.
 *
 * Headers travel as flat arrays `[name, value, name, value, …]`, names in lower case, order and repetition kept.
 * All methods may be called from any tick; after `aborted` every write is a no-op. None of them throws.
 */
import type { Problem } from "../failure.ts";
import type { Held } from "./held.ts";
import type { Spending } from "./spending.ts";

import type { ModelErrorClass } from "../model/canonical/error.ts";
import type { Usage } from "../model/canonical/usage.ts";
import type { Recording } from "../observe/traces/recording.ts";
import type { WebSocketNote, WebSocketReceiver, WebSocketSide } from "../websocket/index.ts";

export type Headers = string[];

export interface RequestBody {
  /** Declared length; null: chunked (unknown); 0: there is no body. */
  readonly length: number | null;
  /** In bytes; the listener's limit until a route puts its own. Must be set before `consume`; passing it is `fail("too-large")`. */
  limit: number;
  /**
   * Starts delivery; at most once per exchange. Chunks are the receiver's to keep. `end` or `fail` follows, exactly one, once.
   * Bytes that arrived before are kept (bounded: the transport pauses the socket).
   */
  consume(sink: BodySink): void;
  pause(): void;
  resume(): void;
}

export interface BodySink {
  chunk(data: Uint8Array): void;
  /** Trailers, where the transport can see them, flat. */
  end(trailers: Headers): void;
  /** The body limit was passed ("too-large"), the client went away ("aborted"), or its framing broke ("malformed"). */
  fail(reason: "too-large" | "aborted" | "malformed"): void;
}

/** An error that the gateway makes itself. */
export interface Fault {
  readonly status: number;
  /** Of `errors.ts`. */
  readonly code: string;
  readonly title: string;
  /** What a client may read of why. */
  readonly detail: string | null;
  readonly problems: readonly Problem[] | null;
}

/** Gives JSON, in the words of those who ask. */
export type FaultWriter = (fault: Fault) => string;

export interface Exchange {
  /** As sent; upper case by convention. */
  readonly method: string;
  /** The canonical path (`canonicalPath`), always beginning with "/"; the same bytes for matching, checking and forwarding. */
  readonly path: string;
  /** Without "?", as sent, refused where malformed. */
  readonly query: string;
  /** The Host field (or :authority), validated, lower case, with port where sent. */
  readonly host: string;
  /** Whether the client speaks TLS: to us, or to a trusted proxy in front that says so. */
  readonly secure: boolean;
  readonly headers: Headers;
  /** The client's address as text, IPv4-mapped IPv6 unwrapped: the peer's, or what a trusted proxy in front says it is. */
  readonly address: string;
  /** The address of the other end of the connection. */
  readonly peer: string;
  /** The peer is one of the trusted proxies: what it says about the client is believed and passed on. */
  readonly peerTrusted: boolean;
  readonly httpVersion: "1.0" | "1.1" | "2";
  readonly body: RequestBody;
  /** 16 random bytes of the trace: `traceparent`'s trace-id, taken over or made; hexadecimal. */
  readonly traceId: string;
  readonly spanId: string;
  /** What is recorded of it for its trace; null: nothing. */
  recording: Recording | null;
  /** Its trace begins here and is not recorded: whoever is asked for it is told so. */
  unsampled: boolean;

  /** `performance.now()` when the head was read. */
  readonly startedAt: number;
  readonly aborted: boolean;
  /** Called once when the client goes away before the answer is complete. At most one listener; a later one replaces it. */
  onAbort(listener: (() => void) | null): void;

  /** Response headers that `set response.header` put or removed so far; applied to whatever answer leaves. Null until used. */
  edits: ResponseEdits | null;
  /** The number of the generation that answers it; 0: none yet, or no more. The host's alone. */
  generation: number;
  /** What is to be given back when the exchange ends. The host's alone. */
  held: Held | null;
  /** The route's name and what decided, for the access log. */
  route: string;
  /** Who writes errors of the gateway's own, where its clients read others than problem details; null: problem details (RFC 9457). */
  faults: FaultWriter | null;
  /** What logs and traces say in the place of the path, a part of which is labelled; "": the path itself. */
  shownPath: string;
  /** Problem code or step that decided the answer; "" where the upstream did. */
  reason: string;
  /** Of the failure that ended the request, for the access log only; "" where none did. */
  detail: string;
  /** Fields of `log` steps and measurements are written by `observe`; the service that answered, for the log. */
  service: string;
  /** What the service noted about its latest attempt, for the log; null: no upstream was asked. */
  upstream: UpstreamNote | null;

  /** The status once a head was sent; 0 before. */
  readonly status: number;
  readonly bytesSent: number;
  /** Bytes of the request's body that arrived so far. */
  readonly bytesReceived: number;

  /**
   * A whole answer at once. HEAD, 204 and 304 are handled here: the caller gives the body that GET would have. Its bytes, like
   * those of `write`, are read during the call: the transport copies what it keeps.
   */
  respond(status: number, headers: Headers, body: string | Uint8Array | null): void;
  /** A 1xx other than 101 from an upstream; dropped where the transport can't send it. */
  informational(status: number, headers: Headers): void;
  /** Starts a streamed answer; `length` null: chunked. */
  begin(status: number, headers: Headers, length: number | null): void;
  /** False: the client is slower; wait for `onDrain`. */
  write(chunk: Uint8Array): boolean;
  onDrain(listener: (() => void) | null): void;
  end(trailers: Headers): void;
  /** The answer cannot be completed: the client must see that it was cut (no last chunk, connection closed). */
  cut(): void;
  /** Answers and closes the connection afterwards (framing errors, unread bodies). */
  closeAfter(): void;
  /**
   * Answers 101 and makes the connection a WebSocket: what the client sends goes to `receiver`, what it is to get to the side that
   * is given back. The exchange is over when the connection is. Null: this connection cannot become one, and nothing was sent.
   */
  webSocket(answer: WebSocketAnswer, receiver: WebSocketReceiver): WebSocketSide | null;
  /** What the log tells about a WebSocket; null: it is none. */
  webSocketNote: WebSocketNote | null;
  /** What the log tells about the model that was asked last; null: none was. */
  modelNote: ModelNote | null;
  /** What models that are asked for it count by; null: nothing of its own. */
  spending: Spending | null;
}

export interface ModelNote {
  /** As the program names it. */
  readonly model: string;
  /** What it used as far as its provider told; null: it told nothing. */
  readonly usage: Usage | null;
  /** "left": the client went away; "outrun": another was faster; or the class of what went wrong. */
  readonly outcome: "answered" | "left" | "outrun" | ModelErrorClass;
  /** Models that were given up before it. */
  readonly fallbacks: number;
  /** How often another model went on where a stream had broken off, up to and with it. */
  readonly continuations: number;
  /** Milliseconds from asking it to its first content, of a stream; null: there was none. */
  readonly firstToken: number | null;
  /** What was counted for the call; left out: nothing is counted. */
  readonly cost?: CostNote | undefined;
  /** Why it was asked: a rule of its choice, "fallback" or "hedge"; left out: there was no choice. */
  readonly by?: string | undefined;
  /** The key that it was asked with, by its variable of the environment; left out or "": there is no choice of keys. */
  readonly key?: string | undefined;
  /** Models that could not be asked, and why; left out: none. */
  readonly skipped?: readonly { readonly model: string; readonly reason: string }[] | undefined;
}

export interface CostNote {
  /** Pico-units. */
  readonly amount: bigint;
  readonly currency: string;
  /** False: its provider did not tell all of it, so that the most it can have cost is counted. */
  readonly exact: boolean;
  /** Not the most it can have cost, but what was told and received of an answer that broke off. */
  readonly estimated?: true;
}

export interface WebSocketAnswer {
  /** Without those of the handshake itself. */
  readonly headers: Headers;
  /** The client's key and what it is answered (RFC 6455 §4.2.2). */
  readonly key: string;
  readonly accept: string;
  /** The subprotocol that was agreed upon; null: none. */
  readonly protocol: string | null;
  /** Bytes of a message that the client may send. */
  readonly limit: number;
}

export interface UpstreamNote {
  /** Host and port, as configured; never user info, path or query. */
  readonly endpoint: string;
  /** Milliseconds until the upstream's head arrived, or until the attempt failed. */
  readonly milliseconds: number;
  /** 1, and one more for each retry. */
  readonly attempts: number;
}

export interface ResponseEdits {
  /** In order; value null: remove. "add" appends another field line (cookies). */
  readonly changes: { readonly kind: "set" | "add"; readonly name: string; readonly value: string | null }[];
  status: number | null;
}
