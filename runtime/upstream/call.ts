/** One buffered call of a program to a service: the whole answer, bounded, or a failure. */
import type { Answer, CallRequest } from "../abi.ts";
import type { Failure } from "../failure.ts";
import type { Exchange, Headers } from "../http/exchange.ts";
import { isFramingField, isPlain, toFieldValue } from "../http/fields.ts";
import { hasDotSegment } from "../http/path.ts";
import { formatTraceparent } from "../observe/trace.ts";
import { ServiceAttempt, triggerOf, type ServiceState } from "./attempt.ts";
import type { UpstreamAttempt, UpstreamError, UpstreamSink } from "./client.ts";
import type { Endpoint } from "./endpoint.ts";
import * as failures from "./failures.ts";
import { traceFlags } from "./request-headers.ts";
import { responseHead, UNSOUND } from "./response-headers.ts";

const EMPTY = new Uint8Array(0);

/** The calls of an exchange that are under way: an exchange has one abort listener, its calls may be many. */
const underWay = new WeakMap<Exchange, Set<Calling>>();

export class Calling extends ServiceAttempt implements UpstreamSink {
  readonly #request: CallRequest;
  readonly #settle: (result: Answer | Failure) => void;
  readonly #limit: number;
  #attempt: UpstreamAttempt | null = null;
  #status = 0;
  #headers: Headers = [];
  #chunks: Uint8Array[] = [];
  #received = 0;
  #over = false;

  constructor(
    state: ServiceState,
    exchange: Exchange,
    request: CallRequest,
    settle: (result: Answer | Failure) => void,
  ) {
    super(state, exchange, request);
    this.#request = request;
    this.#settle = settle;
    this.#limit = state.configuration.answerLimit;
  }

  start(): void {
    if (this.exchange.aborted) {
      this.#finish(failures.clientLeft());
      return;
    }
    if (hasDotSegment(this.#request.target.split("?", 1)[0]!)) {
      this.#finish(failures.pathLeft());
      return;
    }
    let calls = underWay.get(this.exchange);
    if (calls === undefined) {
      calls = new Set();
      underWay.set(this.exchange, calls);
    }
    if (calls.size === 0) this.exchange.onAbort(() => clientLeft(this.exchange));
    calls.add(this);
    const { signal } = this.#request;
    if (signal !== null) signal.onAbort = () => this.#abandon(failures.aborted(), null);
    this.begin();
  }

  cancel(): void {
    this.#abandon(failures.clientLeft(), null);
  }

  // ------------------------------------------------------------ ServiceAttempt

  protected override send(endpoint: Endpoint): void {
    const { method, target, headers, body } = this.#request;
    const outgoing: Headers = [];
    let host = endpoint.authority;
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index]!;
      const value = headers[index + 1]!;
      if (name === "host") host = value;
      else if (name !== "accept-encoding" && !isFramingField(name))
        outgoing.push(name, isPlain(value) ? value : toFieldValue(value));
    }
    // The answer is decoded by the program, which knows no content codings.
    outgoing.push("accept-encoding", "identity");
    outgoing.push(
      "traceparent",
      formatTraceparent(this.exchange.traceId, this.trace(endpoint.basePath + target), traceFlags(this.exchange)),
    );
    this.describeAttempt(outgoing);
    const { configuration } = this.state;
    const idle = configuration.silence ?? configuration.idle;
    this.#attempt = this.dispatch(
      endpoint,
      { method, target: endpoint.basePath + target, headers: outgoing, host, body, idle },
      this,
    );
  }

  protected override giveUp(failure: Failure): void {
    this.#abandon(failure, failure);
  }

  protected override awaitingUpstream(): boolean {
    return true;
  }

  protected override get method(): string {
    return this.#request.method;
  }

  protected override replayable(): boolean {
    return !this.#over && this.#status === 0;
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
    if (this.retryStatus(status, headers)) return;
    const length = responseHead(headers);
    const { name } = this.state.configuration;
    if (length === UNSOUND) {
      this.giveUp(failures.failureOf({ kind: "malformed", detail: "framing" }, name));
      return;
    }
    if (this.#request.method !== "HEAD" && length > this.#limit) {
      this.giveUp(failures.answerTooLarge(name, this.#limit));
      return;
    }
    this.#status = status;
    this.#headers = headers;
    this.watchDeadline();
  }

  data(chunk: Uint8Array): void {
    this.#received += chunk.length;
    if (this.#received > this.#limit) {
      this.giveUp(failures.answerTooLarge(this.state.configuration.name, this.#limit));
      return;
    }
    this.#chunks.push(Buffer.from(chunk));
  }

  complete(): void {
    const status = this.#status;
    this.free(null);
    if (status >= 400 && !(status === 404 && this.#request.absentOn404)) {
      this.#finish(failures.statusFailure(this.state.configuration.name, status));
      return;
    }
    this.#finish({ status, headers: this.#headers, body: joined(this.#chunks, this.#received) });
  }

  failed(error: UpstreamError): void {
    const failure = failures.failureOf(error, this.state.configuration.name);
    if (!this.retry(triggerOf(error), failure)) this.giveUp(failure);
  }

  // ------------------------------------------------------------

  #abandon(failure: Failure, blame: Failure | null): void {
    if (this.#over) return;
    this.#attempt?.abort();
    this.free(blame);
    this.#finish(failure);
  }

  #finish(result: Answer | Failure): void {
    if (this.#over) return;
    this.#over = true;
    const { signal } = this.#request;
    if (signal !== null) signal.onAbort = null;
    underWay.get(this.exchange)?.delete(this);
    this.#settle(result);
  }
}

function clientLeft(exchange: Exchange): void {
  const calls = underWay.get(exchange);
  if (calls !== undefined) for (const call of [...calls]) call.cancel();
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 0) return EMPTY;
  if (chunks.length === 1) return chunks[0]!;
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
