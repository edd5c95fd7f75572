/** One request through undici's `dispatch`, as a handler object with undici's raw header form: nothing is parsed twice. */
import { isPieces, type Pieces } from "../../../pieces.ts";
import type { Dispatcher } from "undici";
import type { Headers } from "../../../http/exchange.ts";
import { headerName } from "./header-names.ts";
import {
  INFORMATIONAL_LIMIT,
  type UpstreamAttempt,
  type UpstreamError,
  type UpstreamRequest,
  type UpstreamSink,
} from "../../client.ts";
import { PushedBody } from "./body.ts";
import { wasReused } from "./connector.ts";
import { describe } from "./errors.ts";

const ABORTED = new Error("aborted");
const NO_TRAILERS: Headers = [];

export class UndiciAttempt implements UpstreamAttempt, Dispatcher.DispatchHandler {
  readonly #pool: Dispatcher;
  readonly #options: Dispatcher.DispatchOptions;
  readonly #sink: UpstreamSink;
  readonly #body: PushedBody | null;
  #cancel: ((error?: Error) => void) | null = null;
  #continue: (() => void) | null = null;
  /** dispatch has not returned yet: what the sink must hear waits. */
  #sending = false;
  #connected = false;
  #responding = false;
  #retried = false;
  #paused = false;
  #resumeQueued = false;
  #done = false;
  #informational = 0;
  /** End that arrived while paused (a response without a body cannot be held back by undici). */
  #endHeld: Headers | null = null;

  constructor(pool: Dispatcher, request: UpstreamRequest, servername: string | null, sink: UpstreamSink) {
    this.#pool = pool;
    this.#sink = sink;
    const body = wholeBody(request);
    const headers = headersOf(request);
    headers.push("host", request.host);
    let payload: Uint8Array | string | PushedBody | null = null;
    if (body === null || typeof body === "string" || body instanceof Uint8Array) {
      payload = body;
    } else {
      payload = new PushedBody(() => {
        if (!this.#done) sink.drain();
      });
      if (body.length !== null) headers.push("content-length", String(body.length));
    }
    this.#body = payload instanceof PushedBody ? payload : null;
    const options: Dispatcher.DispatchOptions & { servername?: string } = {
      method: request.method,
      path: request.target,
      headers,
      body: payload,
      // The head has its own, exact timer one level up; this one covers the body.
      headersTimeout: 0,
      bodyTimeout: Math.ceil(request.idle),
    };
    if (servername !== null) options.servername = servername;
    this.#options = options;
  }

  start(): void {
    this.#sending = true;
    this.#pool.dispatch(this.#options, this);
    this.#sending = false;
  }

  // ------------------------------------------------------------ for the service

  write(chunk: Uint8Array): boolean {
    return this.#body === null || this.#body.write(chunk);
  }

  end(): void {
    if (this.#body !== null && !this.#body.destroyed) this.#body.push(null);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#resumeQueued) return;
    this.#resumeQueued = true;
    // Never from within undici's parser, which is not re-entrant.
    queueMicrotask(() => {
      this.#resumeQueued = false;
      if (this.#paused || this.#done) return;
      if (this.#endHeld !== null) this.#finish(this.#endHeld);
      else this.#continue?.();
    });
  }

  abort(): void {
    if (this.#done) return;
    this.#done = true;
    if (this.#cancel !== null) this.#cancel(ABORTED);
    this.#body?.destroy();
  }

  // ------------------------------------------------------------ for undici

  onConnect(cancel: (error?: Error) => void): void {
    if (this.#done) {
      cancel(ABORTED);
      return;
    }
    this.#connected = true;
    this.#cancel = cancel;
  }

  onResponseStarted(): void {
    this.#responding = true;
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    if (this.#done) return true;
    const headers: Headers = new Array(raw.length);
    for (let index = 0; index < raw.length; index += 2) {
      headers[index] = headerName(raw[index]!);
      headers[index + 1] = fieldValue(raw[index + 1]!);
    }
    if (status < 200) {
      this.#informational++;
      if (this.#informational > INFORMATIONAL_LIMIT) this.#refuse({ kind: "malformed", detail: "too many 1xx" });
      else this.#sink.informational(status, headers);
      return true;
    }
    this.#continue = resume;
    this.#sink.head(status, headers, false);
    // Nothing can follow; undici would take a Content-Length on a 304 for a body that is missing.
    if (!this.#done && (status === 204 || status === 304)) this.#finish(NO_TRAILERS);
    return !this.#paused;
  }

  onData(chunk: Buffer): boolean {
    if (this.#done) return true;
    this.#sink.data(chunk);
    return !this.#paused;
  }

  onComplete(raw: string[] | Buffer[] | null): void {
    if (this.#done) return;
    let trailers = NO_TRAILERS;
    if (raw !== null && raw.length > 0) {
      trailers = [];
      for (let index = 0; index < raw.length; index += 2) {
        trailers.push(String(raw[index]).toLowerCase(), Buffer.from(raw[index + 1]!).toString("latin1"));
      }
    }
    this.#finish(trailers);
  }

  onError(error: Error): void {
    if (this.#done) return;
    if (this.#mayRepeat(error)) {
      this.#retried = true;
      this.#connected = false;
      this.#cancel = null;
      // After this turn of the loop, when the ends of other idle connections have been noticed too.
      setImmediate(() => {
        if (!this.#done) this.start();
      });
      return;
    }
    this.#fail(this.#describe(error));
  }

  // ------------------------------------------------------------

  /**
   * A kept-alive connection that the upstream closed just as the request went out (RFC 9112 §9.3.1): the request is repeated
   * once, if its method is safe and it has no body, the connection had been used before, and no byte of a response came.
   */
  #mayRepeat(error: Error): boolean {
    if (this.#retried || !this.#connected || this.#responding || this.#options.body !== null) return false;
    const method = this.#options.method;
    if (method !== "GET" && method !== "HEAD" && method !== "OPTIONS") return false;
    return this.#describe(error).kind === "closed" && wasReused(error);
  }

  #describe(error: Error): UpstreamError {
    return describe(error, { connected: this.#connected, head: this.#continue !== null });
  }

  #finish(trailers: Headers): void {
    if (this.#paused) {
      this.#endHeld = trailers;
      return;
    }
    this.#done = true;
    this.#body?.destroy();
    this.#sink.complete(trailers);
  }

  #refuse(error: UpstreamError): void {
    const cancel = this.#cancel;
    this.#fail(error);
    cancel?.(ABORTED);
  }

  #fail(error: UpstreamError): void {
    this.#done = true;
    this.#body?.destroy();
    if (this.#sending) queueMicrotask(() => this.#sink.failed(error));
    else this.#sink.failed(error);
  }
}

/** Without the white space after it, which the parser leaves (RFC 9112 §5). */
function fieldValue(bytes: Buffer): string {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0x09)) end--;
  return bytes.toString("latin1", 0, end);
}

function headersOf({ headers }: UpstreamRequest): Headers {
  if (typeof headers !== "string") return headers;
  return headers
    .split("\r\n")
    .filter((line) => line !== "")
    .flatMap((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]);
}

function wholeBody({ body }: UpstreamRequest): Exclude<UpstreamRequest["body"], Pieces> {
  return body !== null && typeof body !== "string" && isPieces(body) ? body.whole : body;
}
