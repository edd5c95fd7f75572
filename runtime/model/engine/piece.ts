/** One request of an operation to a provider, and its whole answer: what came of it is told once. */
import { performance } from "node:perf_hooks";
import { Failure } from "../../failure.ts";
import type { Exchange, Headers } from "../../http/exchange.ts";
import type { StreamedAttempt, StreamedSpan, StreamReceiver } from "../../upstream/streamed.ts";
import type { ModelError } from "../canonical/error.ts";
import { EMPTY_REQUEST } from "../canonical/request.ts";
import type { ProviderRequest, WrittenBody } from "../dialect/dialect.ts";
import type { ProviderAnswer } from "../operation/operation.ts";
import { errorOf } from "./failures.ts";
import { Gathered } from "./gathered.ts";
import type { Key } from "./keys.ts";
import type { Target } from "./target.ts";

/** The error of a provider is read up to so many bytes. */
const ERROR_LIMIT = 64 * 1024;

export class Piece implements StreamReceiver {
  /** What went wrong with the connection, for the log; "": nothing. */
  detail = "";
  /** Nothing was sent, or the provider refused it: it costs nothing. */
  unused = false;
  readonly #target: Target;
  readonly #tell: (answer: ProviderAnswer | ModelError) => void;
  /** null: its model has one key, or none. */
  #key: Key | null = null;
  #attempt: StreamedAttempt | null = null;
  #status = 0;
  #headers: Headers = [];
  #body: Gathered | null = null;
  #over = false;

  constructor(target: Target, tell: (answer: ProviderAnswer | ModelError) => void) {
    this.#target = target;
    this.#tell = tell;
  }

  /** `deadline`: `performance.now()` by which it must be over; null: only the model's own limits hold. `span`: of which it is a part. */
  send(
    exchange: Exchange,
    written: ProviderRequest<WrittenBody>,
    deadline: number | null,
    span: StreamedSpan | null,
  ): void {
    const { configuration, connections, keys } = this.#target;
    this.#key = keys?.take(EMPTY_REQUEST, []) ?? null;
    if (keys !== null && this.#key === null) {
      this.unused = true;
      this.#end(keys.exhausted);
      return;
    }
    const total = performance.now() + configuration.total;
    this.#attempt = connections.stream(
      exchange,
      {
        method: "POST",
        target: written.target,
        headers: this.#target.headers(written, this.#key),
        body: written.body,
        timeout: configuration.timeout,
        deadline: deadline === null ? total : Math.min(total, deadline),
        silence: configuration.total,
        span,
      },
      this,
    );
  }

  /** Nothing is told behind this. */
  abandon(): void {
    this.#over = true;
    const attempt = this.#attempt;
    this.#attempt = null;
    attempt?.abandon(null);
  }

  head(status: number, headers: Headers): void {
    this.#status = status;
    this.#headers = headers;
    this.#body = new Gathered(this.#refused ? ERROR_LIMIT : this.#target.configuration.answerLimit);
  }

  data(chunk: Uint8Array): void {
    // Only valid during the call.
    if (this.#over || this.#body!.keep(Buffer.from(chunk))) return;
    const attempt = this.#attempt;
    this.#attempt = null;
    attempt?.abandon(null);
    this.#end(
      this.#refused
        ? this.#readError()
        : errorOf(new Failure("protocol", 502, "upstream-answer-too-large", "too large")),
    );
  }

  complete(): void {
    this.#attempt = null;
    this.#end(this.#refused ? this.#readError() : { headers: this.#headers, body: this.#body!.take() });
  }

  failed(failure: Failure): void {
    this.#attempt = null;
    this.detail = failure.detail;
    this.unused = failure.kind === "connect" || failure.kind === "overload";
    this.#end(errorOf(failure));
  }

  get #refused(): boolean {
    return this.#status < 200 || this.#status > 299;
  }

  #readError(): ModelError {
    this.unused = true;
    const problem = this.#target.readError(this.#status, this.#headers, this.#body!.take());
    if (this.#key !== null) this.#target.keys?.told(this.#key, problem);
    return problem;
  }

  #end(answer: ProviderAnswer | ModelError): void {
    if (this.#over) return;
    this.#over = true;
    this.#tell(answer);
  }
}
