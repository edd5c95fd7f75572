/** One request and its answer: the caller's handle, which connections come to and go from. */
import type { Headers } from "../../http/exchange.ts";
import type { ByteStream } from "../../websocket/index.ts";
import { isPieces } from "../../pieces.ts";
import type { UpstreamAttempt, UpstreamError, UpstreamRequest, UpstreamSink } from "../client.ts";
import type { Connection } from "./connection.ts";

const LAST_CHUNK = "0\r\n\r\n";

/** A body of at most so many bytes is copied behind its head: one text is one simple write, and costs less than two pieces that leave together. */
const JOINED = 16 * 1024;

/** How attempts get connections. */
export interface AttemptOwner {
  /** Gives the attempt a connection; `connected` follows, now or later, or `lost`. `fresh`: one that carried no request before. */
  connect(attempt: Http1Attempt, fresh: boolean): Connection;
}

export class Http1Attempt implements UpstreamAttempt {
  readonly sink: UpstreamSink;
  readonly method: string;
  /** In milliseconds, see `UpstreamRequest.idle`. */
  readonly idle: number;
  /** See `UpstreamRequest.upgrade`. */
  readonly upgrades: boolean;
  /** The whole request has been handed to the socket. */
  sent = false;
  readonly #owner: AttemptOwner;
  readonly #head: string;
  readonly #body: UpstreamRequest["body"];
  #connection: Connection | null = null;
  /** Bytes of the declared body that are still to be written; null: chunked, or not streamed. */
  #remaining: number | null = null;
  /** Body pieces that came before the connection was there; with the last, null. */
  #waiting: (Uint8Array | null)[] | null = null;
  #repeated = false;
  #full = false;
  #done = false;

  constructor(owner: AttemptOwner, request: UpstreamRequest, head: string, sink: UpstreamSink) {
    this.#owner = owner;
    this.sink = sink;
    this.method = request.method;
    this.idle = request.idle;
    this.upgrades = request.upgrade === true;
    this.#head = head;
    this.#body = request.body;
    if (isStreamed(request.body)) this.#remaining = request.body.length;
  }

  /** Takes a connection; again where the first was lost. */
  start(fresh: boolean): void {
    this.#connection = this.#owner.connect(this, fresh);
  }

  // ------------------------------------------------------------ for the caller

  write(chunk: Uint8Array): boolean {
    if (this.#done || this.sent || chunk.length === 0) return true;
    const connection = this.#connection;
    if (connection === null || !connection.established) {
      this.#waiting ??= [];
      this.#waiting.push(chunk);
      this.#full = true;
      return false;
    }
    this.#full = !this.#writeChunk(connection, chunk);
    return !this.#full;
  }

  end(): void {
    if (this.#done || this.sent) return;
    const connection = this.#connection;
    if (connection === null || !connection.established) {
      this.#waiting ??= [];
      this.#waiting.push(null);
      return;
    }
    this.#writeEnd(connection);
  }

  pause(): void {
    if (!this.#done) this.#connection?.pause();
  }

  resume(): void {
    if (!this.#done) this.#connection?.resume();
  }

  abort(): void {
    if (this.#done) return;
    this.#done = true;
    this.#waiting = null;
    this.#connection?.destroy();
  }

  // ------------------------------------------------------------ for the connection

  connected(connection: Connection): void {
    this.#connection = connection;
    const body = this.#body;
    if (body === null) {
      connection.send(this.#head);
      this.sent = true;
    } else if (isStreamed(body)) {
      connection.write(this.#head, true);
      this.#writeWaiting(connection);
    } else {
      const bytes = typeof body === "string" ? Buffer.from(body, "utf8") : body;
      if (bytes.length <= JOINED) connection.send(this.#head + octetText(isPieces(bytes) ? bytes.whole : bytes));
      else {
        connection.write(this.#head, true);
        for (const piece of isPieces(bytes) ? bytes.list : [bytes]) connection.write(piece, true);
      }
      this.sent = true;
    }
  }

  drained(): void {
    if (this.#done || !this.#full) return;
    this.#full = false;
    this.sink.drain();
  }

  upgraded(headers: Headers, stream: ByteStream): void {
    this.#done = true;
    if (this.sink.upgraded === undefined) stream.destroy();
    else this.sink.upgraded(headers, stream);
  }

  completed(trailers: Headers): void {
    this.#done = true;
    this.sink.complete(trailers);
  }

  lost(error: UpstreamError): void {
    if (this.#done) return;
    if (this.#mayRepeat(error)) {
      this.#repeated = true;
      this.sent = false;
      this.start(true);
      return;
    }
    this.fail(error);
  }

  fail(error: UpstreamError): void {
    this.#done = true;
    this.#waiting = null;
    this.sink.failed(error);
  }

  // ------------------------------------------------------------

  /**
   * A kept-alive connection that the upstream closed just as the request went out (RFC 9112 §9.3.1): the request is repeated once, on
   * a new connection, if its method is safe and it has no body, the connection had been used before, and no byte of a response came.
   */
  #mayRepeat(error: UpstreamError): boolean {
    const connection = this.#connection;
    if (this.#repeated || error.kind !== "closed" || this.#body !== null || connection === null) return false;
    if (!connection.used || connection.heard) return false;
    return this.method === "GET" || this.method === "HEAD" || this.method === "OPTIONS";
  }

  #writeWaiting(connection: Connection): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting === null) return;
    let room = true;
    for (const chunk of waiting) {
      if (this.#done) return;
      if (chunk === null) this.#writeEnd(connection);
      else room = this.#writeChunk(connection, chunk);
    }
    if (room) this.drained();
  }

  #writeChunk(connection: Connection, chunk: Uint8Array): boolean {
    if (this.#remaining === null) {
      connection.write(`${chunk.length.toString(16)}\r\n`, true);
      connection.write(chunk, true);
      return connection.write("\r\n", true);
    }
    this.#remaining -= chunk.length;
    if (this.#remaining >= 0) return connection.write(chunk, true);
    this.#misdeclared(connection);
    return true;
  }

  #writeEnd(connection: Connection): void {
    if (this.#remaining === null) connection.write(LAST_CHUNK, true);
    else if (this.#remaining > 0) {
      this.#misdeclared(connection);
      return;
    }
    this.sent = true;
  }

  /** More or fewer bytes than were declared: the upstream would take what follows for a part of it, or wait. */
  #misdeclared(connection: Connection): void {
    connection.destroy();
    this.#done = true;
    queueMicrotask(() => this.sink.failed({ kind: "unsendable", detail: "the body has not the declared length" }));
  }
}

/** A character for each octet, as heads are written. */
function octetText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function isStreamed(body: UpstreamRequest["body"]): body is { readonly length: number | null } {
  return body !== null && typeof body !== "string" && !(body instanceof Uint8Array) && !isPieces(body);
}
