/**
 * What an exchange is on either transport: the request as read, the state of the answer, and the rules that do not depend on
 * how bytes leave (edits, one answer only, no body where none may be). A transport adds the `send…` methods.
 */
import { performance } from "node:perf_hooks";
import { newSpanId, newTraceId, parseTraceparent } from "../observe/trace.ts";
import type { Recording } from "../observe/traces/recording.ts";
import { applyEdits } from "./edits.ts";
import type { Spending } from "./spending.ts";
import type { WebSocketNote, WebSocketReceiver, WebSocketSide } from "../websocket/index.ts";
import type {
  FaultWriter,
  Exchange,
  Headers,
  ModelNote,
  RequestBody,
  ResponseEdits,
  UpstreamNote,
  WebSocketAnswer,
} from "./exchange.ts";
import type { Held } from "./held.ts";
import type { OpenWebSockets } from "./open-websockets.ts";
import { isBodiless } from "./status.ts";
import type { Proxies } from "./proxies.ts";

/** The listener that an exchange came through. */
export interface ExchangeOwner {
  readonly proxies: Proxies;
  readonly webSockets: OpenWebSockets;
  /** Whether its connections are TLS. */
  readonly secure: boolean;
  /** The answer has left, was cut, or the client is gone; once per exchange. */
  finished(exchange: BaseExchange): void;
  /** Something that the program gave to the exchange threw. Ends the exchange. */
  failed(exchange: BaseExchange, error: unknown): void;
}

export interface RequestHead {
  method: string;
  path: string;
  query: string;
  host: string;
  headers: Headers;
  peer: string;
  httpVersion: "1.0" | "1.1" | "2";
  /** Index of traceparent's value; -1: none. */
  traceparent: number;
}

const NO_TRAILERS: Headers = [];

export abstract class BaseExchange implements Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly host: string;
  readonly headers: Headers;
  readonly peer: string;
  readonly httpVersion: "1.0" | "1.1" | "2";
  abstract readonly body: RequestBody & { readonly received: number };
  readonly startedAt: number;
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
  /** The last byte of the answer was handed over, or it was cut. */
  protected ended = false;
  /** Nothing follows the head. */
  protected bodiless = false;
  /** The connection closes after this answer. */
  protected closing: boolean;
  protected abortListener: (() => void) | null = null;
  protected drainListener: (() => void) | null = null;
  readonly #traceparent: number;
  protected readonly owner: ExchangeOwner;
  #webSocket: WebSocketReceiver | null = null;
  #traceId = "";
  #spanId = "";
  #address = "";

  constructor(head: RequestHead, owner: ExchangeOwner, closing: boolean) {
    this.method = head.method;
    this.path = head.path;
    this.query = head.query;
    this.host = head.host;
    this.headers = head.headers;
    this.peer = head.peer;
    this.httpVersion = head.httpVersion;
    this.#traceparent = head.traceparent;
    this.owner = owner;
    this.closing = closing;
    this.startedAt = performance.now();
  }

  /** `headers` may hold anything a caller gave; framing fields in it are to be left out. */
  protected abstract sendWhole(status: number, headers: Headers, body: string | Uint8Array | null): void;
  protected abstract sendInformational(status: number, headers: Headers): void;
  protected abstract sendHead(status: number, headers: Headers, length: number | null): void;
  protected abstract sendChunk(chunk: Uint8Array): boolean;
  protected abstract sendEnd(trailers: Headers): void;
  protected abstract destroy(): void;
  /** Null: not on this connection. */
  protected abstract upgrade(
    headers: Headers,
    answer: WebSocketAnswer,
    receiver: WebSocketReceiver,
  ): WebSocketSide | null;

  get address(): string {
    if (this.#address === "") this.#address = this.owner.proxies.clientAddress(this.peer, this.headers);
    return this.#address;
  }

  get peerTrusted(): boolean {
    return this.owner.proxies.trusts(this.peer);
  }

  get secure(): boolean {
    return this.owner.secure || this.owner.proxies.saysSecure(this.peer, this.headers);
  }

  get bytesReceived(): number {
    return this.webSocketNote === null ? this.body.received : this.webSocketNote.bytesIn;
  }

  get traceId(): string {
    if (this.#traceId === "") {
      const parent = this.#traceparent < 0 ? null : parseTraceparent(this.headers[this.#traceparent]!);
      this.#traceId = parent === null ? newTraceId() : parent.traceId;
    }
    return this.#traceId;
  }

  get spanId(): string {
    if (this.#spanId === "") this.#spanId = newSpanId();
    return this.#spanId;
  }

  onAbort(listener: (() => void) | null): void {
    this.abortListener = listener;
  }

  onDrain(listener: (() => void) | null): void {
    this.drainListener = listener;
  }

  respond(status: number, headers: Headers, body: string | Uint8Array | null): void {
    if (this.aborted || this.status !== 0) return;
    const sent = this.#open(status);
    this.ended = true;
    this.sendWhole(sent, this.edits === null ? headers : applyEdits(headers, this.edits), body);
  }

  informational(status: number, headers: Headers): void {
    if (this.aborted || this.status !== 0 || this.httpVersion === "1.0") return;
    if (status < 100 || status > 199 || status === 101) return;
    this.sendInformational(status, headers);
  }

  begin(status: number, headers: Headers, length: number | null): void {
    if (this.aborted || this.status !== 0) return;
    const sent = this.#open(status);
    this.sendHead(sent, this.edits === null ? headers : applyEdits(headers, this.edits), length);
  }

  write(chunk: Uint8Array): boolean {
    if (this.aborted || this.ended || this.status === 0 || this.bodiless || chunk.length === 0) return true;
    return this.sendChunk(chunk);
  }

  end(trailers: Headers = NO_TRAILERS): void {
    if (this.aborted || this.ended || this.status === 0) return;
    this.ended = true;
    this.sendEnd(trailers);
  }

  cut(): void {
    if (this.aborted || this.ended) return;
    this.ended = true;
    this.destroy();
  }

  closeAfter(): void {
    this.closing = true;
  }

  webSocket(answer: WebSocketAnswer, receiver: WebSocketReceiver): WebSocketSide | null {
    if (this.aborted || this.status !== 0) return null;
    const { headers } = answer;
    // The status is 101 whatever the program set: another one would be no handshake.
    const side = this.upgrade(this.edits === null ? headers : applyEdits(headers, this.edits), answer, receiver);
    if (side === null) return null;
    this.status = 101;
    this.ended = true;
    this.#webSocket = receiver;
    this.owner.webSockets.add(receiver);
    this.abortListener = null;
    this.drainListener = null;
    return side;
  }

  /** The connection of a WebSocket is no more. */
  protected webSocketEnded(): void {
    const { webSocketNote: note } = this;
    if (note !== null) this.bytesSent = note.bytesOut;
    if (this.#webSocket !== null) this.owner.webSockets.delete(this.#webSocket);
    this.owner.finished(this);
  }

  /** The client is gone. */
  protected abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    this.ended = true;
    const listener = this.abortListener;
    this.abortListener = null;
    this.drainListener = null;
    this.run(listener);
  }

  /** The client takes more. */
  protected drained(): void {
    this.run(this.drainListener);
  }

  protected run(listener: (() => void) | null): void {
    if (listener === null) return;
    try {
      listener();
    } catch (error) {
      this.owner.failed(this, error);
    }
  }

  #open(status: number): number {
    const edited = this.edits === null || this.edits.status === null ? status : this.edits.status;
    const sent = edited >= 200 && edited <= 599 ? edited : 500;
    this.status = sent;
    this.bodiless = this.method === "HEAD" || isBodiless(sent);
    return sent;
  }
}
