/**
 * An exchange without a socket, for tests of what stands between the transports: the test plays the client, pushing the
 * request's body, reading what was answered, being slow, or leaving.
 */
import type { Spending } from "../../runtime/http/spending.ts";
import type {
  FaultWriter,
  ModelNote,
  BodySink,
  Exchange,
  Headers,
  RequestBody,
  ResponseEdits,
  UpstreamNote,
} from "../../runtime/http/exchange.ts";
import type { Held } from "../../runtime/http/held.ts";
import type { Recording } from "../../runtime/observe/traces/recording.ts";
import type { WebSocketNote } from "../../runtime/websocket/index.ts";

export interface FakeRequest {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly host?: string;
  readonly headers?: Headers;
  readonly address?: string;
  readonly secure?: boolean;
  /** A whole body; or its declared length (null: chunked) for a test that pushes the bytes itself. */
  readonly body?: string | Uint8Array | { readonly length: number | null };
}

/** The client's side of a request body. Bytes pushed before `consume` are kept. */
export class FakeBody implements RequestBody {
  readonly length: number | null;
  limit = Number.MAX_SAFE_INTEGER;
  received = 0;
  paused = false;
  /** How often the receiver asked for a pause. */
  pauses = 0;
  consumed = false;
  #sink: BodySink | null = null;
  #events: ((sink: BodySink) => void)[] = [];
  #over = false;

  constructor(length: number | null) {
    this.length = length;
  }

  /** Gives false while the receiver holds back: a well-behaved client waits for `whenReady`. */
  push(chunk: string | Uint8Array): boolean {
    const data = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    this.received += data.length;
    if (this.received > this.limit) this.fail("too-large");
    else this.#emit((sink) => sink.chunk(data));
    return !this.paused;
  }

  finish(trailers: Headers = []): void {
    this.#emit((sink) => sink.end(trailers));
    this.#over = true;
  }

  fail(reason: "too-large" | "aborted" | "malformed"): void {
    this.#emit((sink) => sink.fail(reason));
    this.#over = true;
  }

  async whenReady(): Promise<void> {
    while (this.paused) await new Promise((resolve) => setImmediate(resolve));
  }

  consume(sink: BodySink): void {
    if (this.consumed) throw new Error("the body was consumed twice");
    this.consumed = true;
    this.#sink = sink;
    this.#flush();
  }

  pause(): void {
    this.paused = true;
    this.pauses++;
  }

  resume(): void {
    this.paused = false;
    this.#flush();
  }

  #emit(event: (sink: BodySink) => void): void {
    if (this.#over) return;
    this.#events.push(event);
    this.#flush();
  }

  #flush(): void {
    if (this.#sink === null) return;
    while (!this.paused) {
      const event = this.#events.shift();
      if (event === undefined) return;
      event(this.#sink);
    }
  }
}

export class FakeExchange implements Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly host: string;
  readonly secure: boolean;
  readonly headers: Headers;
  readonly address: string;
  readonly peer: string;
  readonly peerTrusted: boolean = false;
  readonly httpVersion = "1.1";
  readonly body: FakeBody;
  readonly traceId = "0af7651916cd43dd8448eb211c80319c";
  readonly spanId = "b7ad6b7169203331";
  readonly startedAt = performance.now();
  aborted = false;
  edits: ResponseEdits | null = null;
  generation = 0;
  held: Held | null = null;
  route = "";
  faults: FaultWriter | null = null;
  shownPath = "";
  reason = "";
  detail = "";
  service = "";
  upstream: UpstreamNote | null = null;
  webSocketNote: WebSocketNote | null = null;
  modelNote: ModelNote | null = null;
  spending: Spending | null = null;
  recording: Recording | null = null;
  unsampled = false;
  status = 0;
  bytesSent = 0;

  // What the client saw.
  answerHeaders: Headers = [];
  /** As given to `begin`; undefined: answered by `respond`. */
  answerLength: number | null | undefined;
  readonly chunks: Uint8Array[] = [];
  trailers: Headers = [];
  readonly informationals: { readonly status: number; readonly headers: Headers }[] = [];
  /** "open" while the answer is not complete. */
  outcome: "open" | "complete" | "cut" | "left" = "open";
  closesAfter = false;
  /** Set by a test: the client reads nothing, so `write` answers false until `drain`. */
  slow = false;
  /** Bytes are counted, not kept (for long bodies). */
  countOnly = false;
  #abortListener: (() => void) | null = null;
  #drainListener: (() => void) | null = null;
  #ended: (() => void)[] = [];

  constructor(request: FakeRequest = {}) {
    this.method = request.method ?? "GET";
    this.path = request.path ?? "/";
    this.query = request.query ?? "";
    this.host = request.host ?? "gateway.example";
    this.secure = request.secure ?? false;
    this.headers = request.headers ?? [];
    this.address = request.address ?? "192.0.2.7";
    this.peer = this.address;
    const { body } = request;
    if (body === undefined) this.body = new FakeBody(0);
    else if (typeof body === "string" || body instanceof Uint8Array) {
      this.body = new FakeBody(Buffer.byteLength(body));
      this.body.push(body);
      this.body.finish();
    } else this.body = new FakeBody(body.length);
  }

  get bytesReceived(): number {
    return this.body.received;
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  header(name: string): string | null {
    const values: string[] = [];
    for (let index = 0; index < this.answerHeaders.length; index += 2) {
      if (this.answerHeaders[index] === name) values.push(this.answerHeaders[index + 1]!);
    }
    return values.length === 0 ? null : values.join(", ");
  }

  /** Resolves when the answer is complete, was cut, or the client left. */
  async over(): Promise<this> {
    if (this.outcome === "open") await new Promise<void>((resolve) => this.#ended.push(resolve));
    return this;
  }

  /** The client goes away. */
  leave(): void {
    if (this.outcome !== "open") return;
    this.aborted = true;
    this.body.fail("aborted");
    const listener = this.#abortListener;
    this.#abortListener = null;
    this.#finish("left");
    listener?.();
  }

  /** The client reads again. */
  drain(): void {
    this.slow = false;
    this.#drainListener?.();
  }

  onAbort(listener: (() => void) | null): void {
    this.#abortListener = listener;
  }

  onDrain(listener: (() => void) | null): void {
    this.#drainListener = listener;
  }

  respond(status: number, headers: Headers, body: string | Uint8Array | null): void {
    if (this.outcome !== "open" || this.status !== 0) return;
    this.status = status;
    this.answerHeaders = headers;
    if (body !== null && this.method !== "HEAD" && status !== 204 && status !== 304) this.#take(Buffer.from(body));
    this.#finish("complete");
  }

  informational(status: number, headers: Headers): void {
    this.informationals.push({ status, headers });
  }

  begin(status: number, headers: Headers, length: number | null): void {
    if (this.outcome !== "open" || this.status !== 0) return;
    this.status = status;
    this.answerHeaders = headers;
    this.answerLength = length;
  }

  write(chunk: Uint8Array): boolean {
    if (this.outcome === "open" && this.status !== 0) this.#take(chunk);
    return !this.slow;
  }

  end(trailers: Headers): void {
    if (this.outcome !== "open") return;
    this.trailers = trailers;
    this.#finish("complete");
  }

  cut(): void {
    if (this.outcome === "open") this.#finish("cut");
  }

  closeAfter(): void {
    this.closesAfter = true;
  }

  /** No fake client speaks it. */
  webSocket(): null {
    return null;
  }

  #take(chunk: Uint8Array): void {
    this.bytesSent += chunk.length;
    if (!this.countOnly) this.chunks.push(Buffer.from(chunk));
  }

  #finish(outcome: "complete" | "cut" | "left"): void {
    this.outcome = outcome;
    for (const resolve of this.#ended.splice(0)) resolve();
  }
}
