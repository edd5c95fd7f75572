/**
 * One request of the gateway's own to a service, whose answer is handed on as it comes: what models are asked with. It shares a service's endpoints,
 * breaker, time limits and counts with forwards and calls.
 */
import type { Failure } from "../failure.ts";
import type { Headers } from "../http/exchange.ts";
import type { Pieces } from "../pieces.ts";
import { formatTraceparent } from "../observe/trace.ts";
import { ServiceAttempt, type ServiceState, type Traced } from "./attempt.ts";
import type { UpstreamAttempt, UpstreamError, UpstreamSink } from "./client.ts";
import type { Endpoint } from "./endpoint.ts";
import * as failures from "./failures.ts";
import { traceFlags } from "./request-headers.ts";
import { responseHead, UNSOUND } from "./response-headers.ts";

export interface StreamedRequest {
  readonly method: string;
  /** Path and query, encoded. */
  readonly target: string;
  /** Flat, names in lower case, values sound; taken over. */
  readonly headers: Headers;
  readonly body: string | Uint8Array | Pieces;
  /** Milliseconds until the head must have arrived. */
  readonly timeout: number;
  /** `performance.now()` by which the answer must be complete. */
  readonly deadline: number;
  /** Milliseconds without a byte after which the body counts as stalled. */
  readonly silence: number;
  /** Of which it is a part, where the exchange is recorded; left out or null: it has one of its own. */
  readonly span?: StreamedSpan | null | undefined;
}

export interface StreamedSpan {
  /** What the service is told as the parent of its own spans. */
  readonly id: string;
  /** Of the answer; 0: none came yet. */
  status: number;
}

/** Hears of one answer: `failed` at any time, or `head`, any number of `data` and `complete`; nothing before whoever asked holds the attempt. */
export interface StreamReceiver {
  /** Content of any coding but identity is told as a failure before. */
  head(status: number, headers: Headers): void;
  /** Only valid during the call. Not called while the attempt is paused. */
  data(chunk: Uint8Array): void;
  complete(): void;
  /** Nothing comes behind it. */
  failed(failure: Failure): void;
}

export interface StreamedAttempt {
  /** Holds `data` and `complete` back; only within `head` and `data`. */
  pause(): void;
  resume(): void;
  /** The answer is not wanted any more; nothing is told behind it. `failure` null: that says nothing about the service. */
  abandon(failure: Failure | null): void;
}

export class Streaming extends ServiceAttempt<Traced> implements UpstreamSink, StreamedAttempt {
  readonly #request: StreamedRequest;
  readonly #receiver: StreamReceiver;
  #attempt: UpstreamAttempt | null = null;
  #over = false;
  /** Nobody holds it yet. */
  #starting = false;
  /** Whoever asked wants to hear nothing more. */
  #unwanted = false;

  constructor(state: ServiceState, exchange: Traced, request: StreamedRequest, receiver: StreamReceiver) {
    super(state, exchange, { timeout: request.timeout, deadline: request.deadline, key: null });
    this.#request = request;
    this.#receiver = receiver;
  }

  start(): void {
    this.#starting = true;
    this.begin();
    this.#starting = false;
  }

  pause(): void {
    if (!this.#over) this.#attempt?.pause();
  }

  resume(): void {
    this.#attempt?.resume();
  }

  abandon(failure: Failure | null): void {
    this.#unwanted = true;
    this.#end(failure);
  }

  #end(failure: Failure | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#attempt?.abort();
    this.free(failure);
  }

  // ------------------------------------------------------------ ServiceAttempt

  protected override send(endpoint: Endpoint): void {
    const { method, target, headers, body, silence } = this.#request;
    const { exchange } = this;
    const outgoing = headers.slice();
    // What is read here is read as it comes.
    outgoing.push("accept-encoding", "identity");
    const spanId = this.#request.span?.id ?? this.trace(endpoint.basePath + target);
    outgoing.push("traceparent", formatTraceparent(exchange.traceId, spanId, traceFlags(exchange)));
    this.describeAttempt(outgoing);
    const host = endpoint.authority;
    this.#attempt = this.dispatch(
      endpoint,
      { method, target: endpoint.basePath + target, headers: outgoing, host, body, idle: silence },
      this,
    );
  }

  protected override giveUp(failure: Failure): void {
    if (this.#over) return;
    this.#end(failure);
    if (!this.#starting) this.#receiver.failed(failure);
    else
      queueMicrotask(() => {
        if (!this.#unwanted) this.#receiver.failed(failure);
      });
  }

  protected override awaitingUpstream(): boolean {
    return true;
  }

  protected override get method(): string {
    return this.#request.method;
  }

  /** Whoever asks decides what is asked next. */
  protected override replayable(): boolean {
    return false;
  }

  protected override reset(): void {
    this.#attempt?.abort();
    this.#attempt = null;
  }

  // ------------------------------------------------------------ UpstreamSink

  informational(): void {}

  drain(): void {}

  head(status: number, headers: Headers): void {
    this.headArrived(status);
    const { span = null } = this.#request;
    if (span !== null) span.status = status;
    const length = responseHead(headers);
    if (length === UNSOUND || isCoded(headers)) {
      const detail = length === UNSOUND ? "framing" : "a content coding that nobody asked for";
      this.giveUp(failures.failureOf({ kind: "malformed", detail }, this.state.configuration.name));
      return;
    }
    this.watchDeadline();
    this.#receiver.head(status, headers);
  }

  data(chunk: Uint8Array): void {
    this.#receiver.data(chunk);
  }

  complete(): void {
    if (this.#over) return;
    this.#over = true;
    this.free(null);
    this.#receiver.complete();
  }

  failed(error: UpstreamError): void {
    this.giveUp(failures.failureOf(error, this.state.configuration.name));
  }
}

function isCoded(headers: Headers): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== "content-encoding") continue;
    const value = headers[index + 1]!.trim().toLowerCase();
    if (value !== "" && value !== "identity") return true;
  }
  return false;
}
