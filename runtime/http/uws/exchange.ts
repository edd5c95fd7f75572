/**
 * An exchange over uWebSockets.js. Its response object must not be touched after the answer is complete or the client is
 * gone, adds Date and the length by itself, and can close a connection only together with a whole answer.
 */
import { BaseExchange, type RequestHead } from "../base.ts";
import type { Headers } from "../exchange.ts";
import { isFieldName, isFramingField, isPlain, toFieldValue } from "../fields.ts";
import { reasonPhrase } from "../status.ts";
import { UwsBody } from "./body.ts";
import type { NativeResponse } from "./native.ts";

/** How much of a refused body is read and thrown away, and for how long, so that its sender sees the answer before a reset. */
const LINGER_BYTES = 1024 * 1024;
const LINGER_MILLISECONDS = 2000;
const LINGER_SILENCE_MILLISECONDS = 50;

const statusLines: string[] = [];

export class UwsExchange extends BaseExchange {
  readonly body: UwsBody;
  readonly #response: NativeResponse;
  readonly #finished: (exchange: UwsExchange) => void;
  /** The request said `Connection: close` in the one spelling that uWebSockets.js acts on by itself. */
  readonly #closesItself: boolean;
  /** Within the handler's synchronous part, where everything written leaves in one go. */
  #corked = true;
  /** The response object must not be touched any more. */
  #gone = false;
  #headers: Headers | null = null;
  #total: number | null = null;
  #handed = 0;
  #waiting: Uint8Array[] = [];
  #listening = false;

  constructor(
    head: RequestHead,
    response: NativeResponse,
    length: number | null,
    limit: number,
    closing: boolean,
    closesItself: boolean,
    finished: (exchange: UwsExchange) => void,
  ) {
    super(head, closing);
    this.#response = response;
    this.#closesItself = closesItself;
    this.#finished = finished;
    this.body = new UwsBody(response, length, limit);
    response.onAborted(() => this.#clientGone());
    if (length !== 0) response.onData((chunk, last) => this.body.receive(chunk, last));
  }

  protected get encrypted(): boolean {
    return false;
  }

  /** The handler has returned: writes from now on need a cork of their own. */
  uncork(): void {
    this.#corked = false;
  }

  protected sendWhole(status: number, headers: Headers, body: string | Uint8Array | null): void {
    if (this.#corked) this.#writeWhole(status, headers, body);
    else this.#response.cork(() => this.#writeWhole(status, headers, body));
  }

  #writeWhole(status: number, headers: Headers, body: string | Uint8Array | null): void {
    const response = this.#response;
    const content = body ?? "";
    if (this.body.complete === false && this.#mustLinger()) {
      this.#linger(status, headers, content);
      return;
    }
    this.#writeHead(status, headers);
    if (this.bodiless) {
      this.#endWithoutBody(content.length === 0 && body === null ? null : byteLength(content));
      return;
    }
    this.bytesSent = byteLength(content);
    if (this.closing && !this.#closesItself) response.end(content, true);
    else response.end(content);
    this.#complete();
  }

  // An unread body of bounded length is thrown away by uWebSockets.js itself, and the connection goes on. Not so one that is
  // unbounded or refused.
  #mustLinger(): boolean {
    const remaining = this.body.remaining;
    if (remaining === null) this.closing = true;
    return this.closing || remaining === null || remaining > LINGER_BYTES;
  }

  /**
   * Everything but the last byte leaves at once, so that the object stays alive until the body has ended, its sender has fallen
   * silent, or has gone on for too long. uWebSockets.js cannot close behind such an answer; it throws away what still comes.
   */
  #linger(status: number, headers: Headers, content: string | Uint8Array): void {
    const response = this.#response;
    const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    this.closing = true;
    this.#writeHead(status, headers);
    if (this.bodiless || bytes.length < 2) {
      response.end(this.bodiless ? "" : bytes, !this.#closesItself);
      this.#complete();
      return;
    }
    if (!this.#closesItself) response.writeHeader("connection", "close");
    this.bytesSent = bytes.length;
    const [taken] = response.tryEnd(bytes.subarray(0, bytes.length - 1), bytes.length);
    if (!taken) {
      this.#shut();
      return;
    }
    const until = performance.now() + LINGER_MILLISECONDS;
    let seen = this.body.received;
    const timer = setInterval(() => {
      if (performance.now() > until) finish(false);
      else if (this.body.received === seen) finish(true);
      else seen = this.body.received;
    }, LINGER_SILENCE_MILLISECONDS);
    const finish = (sound: boolean): void => {
      clearInterval(timer);
      if (this.#gone) return;
      if (!sound) this.#shut();
      else {
        response.cork(() => response.tryEnd(bytes.subarray(bytes.length - 1), bytes.length));
        this.#complete();
      }
    };
    this.body.discard(LINGER_BYTES, finish);
  }

  /** uWebSockets.js has no way to send a 1xx. */
  protected sendInformational(): void {}

  // The head waits for the first chunk: uWebSockets.js can finish it only together with body bytes.
  protected sendHead(_status: number, headers: Headers, length: number | null): void {
    this.#headers = headers;
    this.#total = length;
  }

  protected sendChunk(chunk: Uint8Array): boolean {
    if (this.#total !== null && this.#handed + chunk.length > this.#total) {
      this.cut();
      return true;
    }
    this.#handed += chunk.length;
    this.bytesSent += chunk.length;
    if (this.#waiting.length > 0) {
      this.#waiting.push(chunk);
      return false;
    }
    let room = true;
    if (this.#corked) room = this.#writeChunk(chunk);
    else {
      this.#response.cork(() => {
        room = this.#writeChunk(chunk);
      });
    }
    return room;
  }

  #writeChunk(chunk: Uint8Array): boolean {
    this.#flushHead();
    if (this.#total !== null) return this.#offer(chunk, this.#total);
    const room = this.#response.write(chunk);
    if (!room) this.#listen();
    return room;
  }

  /** `tryEnd` takes what the kernel takes; the rest is offered again when there is room. */
  #offer(chunk: Uint8Array, total: number): boolean {
    const response = this.#response;
    const before = response.getWriteOffset();
    const [taken, done] = response.tryEnd(chunk, total);
    if (done) {
      this.#gone = true;
      if (this.ended) this.#complete();
      return true;
    }
    if (taken) return true;
    this.#waiting.push(chunk.subarray(response.getWriteOffset() - before));
    this.#listen();
    return false;
  }

  #listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    this.#response.onWritable(() => this.#writable());
  }

  #writable(): boolean {
    const total = this.#total;
    while (total !== null && this.#waiting.length > 0) {
      const chunk = this.#waiting.shift()!;
      const rest = this.#waiting;
      this.#waiting = [];
      const taken = this.#offer(chunk, total);
      this.#waiting = this.#waiting.concat(rest);
      if (!taken) return false;
    }
    if (!this.#gone && this.ended) this.#finishStream();
    this.drainListener?.();
    return true;
  }

  protected sendEnd(): void {
    if (this.#gone) this.#complete();
    else if (this.#waiting.length > 0) return;
    else if (this.#corked) this.#finishStream();
    else this.#response.cork(() => this.#finishStream());
  }

  #finishStream(): void {
    const response = this.#response;
    if (this.bodiless) {
      const length = this.#total;
      this.#flushHead();
      this.#endWithoutBody(this.status === 204 ? null : length);
    } else if (this.#total !== null && this.#handed < this.#total) {
      // Fewer bytes than announced: the client must not take it for whole.
      this.#shut();
    } else if (this.#headers !== null) {
      this.#flushHead(true);
      if (this.closing && !this.#closesItself) response.end("", true);
      else response.end("");
      this.#complete();
    } else {
      response.end("");
      this.#complete();
    }
  }

  /**
   * Without a length of its own: given one, 20.30 waits for that many bytes and answers nothing more on the connection. The
   * close is announced and left to the client, since closing here would add a length.
   */
  #endWithoutBody(length: number | null): void {
    const response = this.#response;
    if (this.closing && !this.#closesItself) response.writeHeader("connection", "close");
    if (length !== null && this.status !== 204) response.writeHeader("content-length", String(length));
    response.endWithoutBody();
    this.#complete();
  }

  #flushHead(endsNow = false): void {
    const headers = this.#headers;
    if (headers === null) return;
    this.#headers = null;
    this.#writeHead(this.status, headers);
    if (this.closing && !this.bodiless && !endsNow && !this.#closesItself) {
      this.#response.writeHeader("connection", "close");
    }
  }

  #writeHead(status: number, headers: Headers): void {
    const response = this.#response;
    let line = statusLines[status];
    if (line === undefined) {
      line = `${status} ${reasonPhrase(status)}`;
      statusLines[status] = line;
    }
    response.writeStatus(line);
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index]!;
      if (isFramingField(name) || name === "date" || !isFieldName(name)) continue;
      const value = headers[index + 1]!;
      response.writeHeader(name, isPlain(value) ? value : Buffer.from(toFieldValue(value), "latin1"));
    }
    if (this.#closesItself) response.writeHeader("connection", "close");
  }

  protected destroy(): void {
    this.#shut();
  }

  #shut(): void {
    if (this.#gone) return;
    // `close` calls the abort handler before it returns.
    this.ended = true;
    this.#response.close();
  }

  #clientGone(): void {
    if (this.#gone) return;
    this.#gone = true;
    const byUs = this.ended;
    if (byUs) {
      this.aborted = true;
      this.drainListener = null;
    } else this.abort();
    this.body.abort();
    this.#finished(this);
  }

  #complete(): void {
    this.#gone = true;
    this.body.release();
    this.#finished(this);
  }
}

function byteLength(content: string | Uint8Array): number {
  return typeof content === "string" ? Buffer.byteLength(content) : content.length;
}
