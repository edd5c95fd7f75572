/**
 * One proxied request: the exchange's body goes up, the upstream's answer comes down, each side held back by the other.
 * A single object is both ends' listener, so that a request costs hardly a closure.
 */
import type { ForwardOptions } from "../abi.ts";
import type { Failure } from "../failure.ts";
import type { BodySink, Exchange, Headers } from "../http/exchange.ts";
import { fieldLines, soundTrailers } from "../http/fields.ts";
import { replyFailure } from "../http/problem.ts";
import { ServiceAttempt, triggerOf, type ServiceState } from "./attempt.ts";
import type { UpstreamAttempt, UpstreamError, UpstreamSink } from "./client.ts";
import type { Endpoint } from "./endpoint.ts";
import * as failures from "./failures.ts";
import { forwardFields, forwardHost, type UpstreamSettings } from "./request-headers.ts";
import { REPLAY_LIMIT } from "./retry.ts";
import { responseHead, UNDECLARED, UNSOUND } from "./response-headers.ts";

/** Request bodies of known length up to this are gathered first: one write, and a slow client holds no upstream connection. */
const GATHER_LIMIT = 16 * 1024;
/** Answers up to this are sent with one call if their body arrives together with their head. */
const WHOLE_LIMIT = 64 * 1024;
/** So much of an unwanted answer is read to keep its connection; beyond, the connection is closed. */
const DISCARD_LIMIT = 64 * 1024;

/**
 * "request": no head yet; "deciding": the program looks at the head; "held": the head waits for the first bytes of its body;
 * "body": the answer has begun; "discarding": the program answered itself; "over".
 */
type Phase = "request" | "deciding" | "held" | "body" | "discarding" | "over";

export class Forwarding extends ServiceAttempt implements UpstreamSink, BodySink {
  readonly #options: ForwardOptions;
  /** Null: nobody waits, and a failure is answered here. */
  readonly #settle: ((result: Failure | null) => void) | null;
  #phase: Phase = "request";
  #attempt: UpstreamAttempt | null = null;
  /** The request's body where it is gathered before it is sent. */
  #gathered: Uint8Array | null = null;
  #gatheredLength = 0;
  /** The whole request has been handed on. */
  #requestComplete = true;
  /** The body went on as it came, and is gone. */
  #streamed = false;
  /** The upstream takes no more just now. */
  #upstreamFull = false;
  #status = 0;
  #headers: Headers = [];
  #length: number | null = null;
  #discarded = 0;
  #drained: (() => void) | null = null;

  constructor(
    state: ServiceState,
    exchange: Exchange,
    options: ForwardOptions,
    settle: ((result: Failure | null) => void) | null,
  ) {
    super(state, exchange, options);
    this.#options = options;
    this.#settle = settle;
  }

  start(): void {
    const { exchange } = this;
    if (exchange.aborted) {
      this.#finish(null);
      return;
    }
    exchange.service = this.state.configuration.name;
    const { body } = exchange;
    if (this.#options.body !== null || body.length === 0) {
      exchange.onAbort(() => this.#clientLeft());
      this.begin();
      return;
    }
    const limit = this.#options.bodyLimit;
    if (body.length !== null && body.length > limit) {
      this.#finish(failures.bodyTooLarge());
      return;
    }
    exchange.onAbort(() => this.#clientLeft());
    this.#requestComplete = false;
    body.limit = limit;
    if (body.length === null || body.length > (this.state.retry === null ? GATHER_LIMIT : REPLAY_LIMIT)) {
      this.begin();
      return;
    }
    this.#gathered = new Uint8Array(body.length);
    body.consume(this);
  }

  // ------------------------------------------------------------ ServiceAttempt

  protected override send(endpoint: Endpoint): void {
    const { exchange } = this;
    const { configuration, settings } = this.state;
    const target = endpoint.basePath + this.#options.target;
    const headers = this.#fields(configuration.passDeadline === true, settings, this.trace(target));
    if (headers === null) {
      this.failed({ kind: "unsendable", detail: "a field's name is no token" });
      return;
    }
    const host = forwardHost(exchange, this.#options.edits, endpoint, configuration.preserveHost);
    const streamed = !this.#requestComplete;
    this.#streamed ||= streamed;
    const body = this.#options.body?.data ?? this.#gathered ?? (streamed ? { length: exchange.body.length } : null);
    this.#attempt = this.dispatch(
      endpoint,
      {
        method: exchange.method,
        target,
        headers,
        host,
        body,
        idle: this.#options.silence ?? configuration.silence ?? configuration.idle,
      },
      this,
    );
    if (streamed) exchange.body.consume(this);
  }

  #fields(passDeadline: boolean, settings: UpstreamSettings, spanId: string): string | null {
    const fields = forwardFields(this.exchange, this.#options, settings, passDeadline, spanId);
    if (fields === null || !this.described) return fields;
    const own: Headers = [];
    this.describeAttempt(own);
    return fields + fieldLines(own);
  }

  protected override giveUp(failure: Failure): void {
    this.#abandon(failure, failure);
  }

  protected override awaitingUpstream(): boolean {
    return this.#requestComplete || this.#upstreamFull;
  }

  protected override get method(): string {
    return this.exchange.method;
  }

  protected override replayable(): boolean {
    return this.#phase === "request" && !this.#streamed;
  }

  protected override reset(): void {
    this.#attempt?.abort();
    this.#attempt = null;
  }

  // ------------------------------------------------------------ BodySink: from the client

  chunk(data: Uint8Array): void {
    if (this.#phase === "over") return;
    if (this.#gathered !== null) {
      this.#gathered.set(data, this.#gatheredLength);
      this.#gatheredLength += data.length;
      return;
    }
    if (this.#phase === "request") this.touch();
    if (this.#attempt!.write(data)) return;
    this.#upstreamFull = true;
    this.exchange.body.pause();
  }

  /** Trailers of a request are dropped (RFC 9110 §6.5.1 allows it): whether the upstream wants them is not known. */
  end(): void {
    this.#requestComplete = true;
    if (this.#phase === "over") return;
    if (this.#gathered !== null) {
      this.begin();
      return;
    }
    if (this.#phase === "request") this.touch();
    this.#attempt!.end();
  }

  fail(reason: "too-large" | "aborted" | "malformed"): void {
    if (this.#phase === "over") return;
    if (reason === "aborted") this.#clientLeft();
    else this.#abandon(reason === "too-large" ? failures.bodyTooLarge() : failures.bodyMalformed(), null);
  }

  // ------------------------------------------------------------ UpstreamSink: from the upstream

  drain(): void {
    this.#upstreamFull = false;
    if (this.#phase === "request") this.touch();
    this.exchange.body.resume();
  }

  informational(status: number, headers: Headers): void {
    if (responseHead(headers) !== UNSOUND) this.exchange.informational(status, headers);
  }

  head(status: number, headers: Headers, more: boolean): void {
    this.headArrived(status);
    if (this.retryStatus(status, headers)) return;
    const decide = this.#options.answer;
    // The program sees the head as it came.
    const received = decide === null ? headers : headers.slice();
    const length = responseHead(headers);
    if (length === UNSOUND) {
      const error: UpstreamError = { kind: "malformed", detail: "framing" };
      this.giveUp(failures.failureOf(error, this.state.configuration.name));
      return;
    }
    this.#status = status;
    this.#headers = headers;
    this.#length = length === UNDECLARED ? null : length;
    if (decide === null) {
      this.#deliver(more);
      return;
    }
    this.#phase = "deciding";
    let decision: boolean | Promise<boolean>;
    try {
      decision = decide({ status, headers: received });
    } catch (error) {
      this.#abandon(failures.programFailed(error), null);
      return;
    }
    if (typeof decision === "boolean") {
      this.#decided(decision, more);
      return;
    }
    this.#attempt!.pause();
    decision.then(
      (answered) => {
        this.#decided(answered, false);
        this.#attempt!.resume();
      },
      (error: unknown) => this.#abandon(failures.programFailed(error), null),
    );
  }

  data(chunk: Uint8Array): void {
    if (this.#phase === "discarding") {
      this.#discarded += chunk.length;
      if (this.#discarded > DISCARD_LIMIT) this.#stop(null);
      return;
    }
    if (this.#phase === "held") {
      if (chunk.length === this.#length) {
        this.#respond(chunk);
        return;
      }
      this.#begin();
    }
    if (this.exchange.write(chunk)) return;
    this.#attempt!.pause();
    if (this.#drained === null) {
      this.#drained = () => this.#attempt!.resume();
      this.exchange.onDrain(this.#drained);
    }
  }

  complete(trailers: Headers): void {
    if (this.#phase === "held") this.#respond(null);
    else if (this.#phase === "body") {
      if (!this.#requestComplete) this.exchange.closeAfter();
      this.exchange.end(this.#length === null ? soundTrailers(trailers) : []);
    }
    this.free(null);
    this.#finish(null);
  }

  failed(error: UpstreamError): void {
    const failure = failures.failureOf(error, this.state.configuration.name);
    if (!this.retry(triggerOf(error), failure)) this.giveUp(failure);
  }

  // ------------------------------------------------------------

  #decided(answered: boolean, more: boolean): void {
    if (this.#phase !== "deciding") return;
    if (answered) {
      this.#phase = "discarding";
      this.#settle?.(null);
      if (this.#length !== null && this.#length > DISCARD_LIMIT) {
        this.#stop(null);
        return;
      }
      this.watchDeadline();
    } else {
      this.#deliver(more);
    }
  }

  /** `more`: the body follows at once, at least its beginning. */
  #deliver(more: boolean): void {
    const bodiless = this.exchange.method === "HEAD" || this.#status === 204 || this.#status === 304;
    if (more && !bodiless && this.#length !== null && this.#length <= WHOLE_LIMIT) this.#phase = "held";
    else this.#begin();
  }

  #begin(): void {
    this.#phase = "body";
    this.exchange.begin(this.#status, this.#headers, this.#length);
    this.watchDeadline();
  }

  #respond(body: Uint8Array | null): void {
    // Whatever still follows of the answer (its end) concerns only the connection.
    this.#phase = "discarding";
    if (!this.#requestComplete) this.exchange.closeAfter();
    this.exchange.respond(this.#status, this.#headers, body);
  }

  #clientLeft(): void {
    if (this.#phase !== "over") this.#stop(null);
  }

  /** Ends both sides. `blame` is counted against the endpoint. */
  #abandon(failure: Failure, blame: Failure | null): void {
    if (this.#phase === "over") return;
    const begun = this.#phase === "body";
    const answered = begun || this.#phase === "discarding";
    const unread = !this.#requestComplete;
    this.#stop(blame, answered ? null : failure);
    if (begun) this.exchange.cut();
    else if (unread) this.exchange.closeAfter();
  }

  #stop(blame: Failure | null, result: Failure | null = null): void {
    this.#attempt?.abort();
    this.free(blame);
    this.#finish(result);
  }

  #finish(result: Failure | null): void {
    this.#phase = "over";
    this.exchange.onAbort(null);
    if (this.#drained !== null) this.exchange.onDrain(null);
    if (this.#settle !== null) this.#settle(result);
    else if (result !== null && !this.exchange.aborted) replyFailure(this.exchange, result);
  }
}
