/**
 * An exchange over uWebSockets.js. Its response object must not be touched after the answer is complete or the client is
 * gone, and it adds Date and framing by itself.
 *
 * Closing: uWebSockets.js closes only behind a whole answer (`end(body, true)`; behind pieces the same call writes its header into the
 * body). So a streamed answer that must be the connection's last is always chunked, its last chunk is written here through `writeHeader`,
 * which puts any line on the wire, and then the socket is closed.
 *
 * Chunked requests: uWebSockets.js takes the two bytes behind "0 CRLF" for the end, whatever they are, so trailers would be read as
 * the next request. While an answer is owed it closes instead of serving one; therefore a chunked request is always its connection's
 * last, and its answer is never completed in the turn in which bytes arrived.
 */
import { doBefore, EndOfTurn } from "../../end-of-turn.ts";
import { BaseExchange, type ExchangeOwner, type RequestHead } from "../base.ts";
import type { WebSocketReceiver, WebSocketSide } from "../../websocket/index.ts";
import type { Headers, WebSocketAnswer } from "../exchange.ts";
import { isFieldName, isFramingField, isPlain, toFieldValue } from "../fields.ts";
import { reasonPhrase } from "../status.ts";
import { UwsBody } from "./body.ts";
import { COMMENT, takesComment, withoutMark } from "./event-stream.ts";
import type { NativeResponse } from "./native.ts";
import { type UpgradeContext, UwsWebSocket } from "./websocket.ts";

/** How much of a refused body is read and thrown away, and for how long, so that its sender sees the answer before a reset. */
const LINGER_BYTES = 1024 * 1024;
const LINGER_MILLISECONDS = 2000;
const LINGER_SILENCE_MILLISECONDS = 50;

const statusLines: string[] = [];

function statusLine(status: number): string {
  let line = statusLines[status];
  if (line === undefined) {
    line = `${status} ${reasonPhrase(status)}`;
    statusLines[status] = line;
  }
  return line;
}

const whole = new EndOfTurn<UwsExchange>((exchange) => exchange.flush());

export class UwsExchange extends BaseExchange {
  readonly body: UwsBody;
  /** What it takes to make it a WebSocket; null: it is no handshake, or the listener has none. */
  context: UpgradeContext | null = null;
  readonly #response: NativeResponse;
  /** The request said `Connection: close` in the one spelling that uWebSockets.js acts on by itself. */
  readonly #closesItself: boolean;
  /** Within the handler's synchronous part, where everything written leaves in one go. */
  #corked = true;
  /** The response object must not be touched any more. */
  #gone = false;
  #headers: Headers | null = null;
  /** The body of an answer that waits, with its headers, for the end of the turn. */
  #whole: string | Uint8Array | null = null;
  /** The length that was announced to `begin`. */
  #declared: number | null = null;
  /** The length under which uWebSockets.js sends it; null: chunked. */
  #total: number | null = null;
  #closesChunked = false;
  /** A comment was sent, and nothing since. */
  #commented = false;
  #terminating = false;
  #lingering = false;
  #handed = 0;
  #waiting: Uint8Array[] = [];
  #listening = false;
  /** uWebSockets.js holds bytes that the kernel did not take. */
  #full = false;

  constructor(
    head: RequestHead,
    owner: ExchangeOwner,
    response: NativeResponse,
    length: number | null,
    limit: number,
    closing: boolean,
    closesItself: boolean,
  ) {
    super(head, owner, closing || length === null);
    this.#response = response;
    this.#closesItself = closesItself;
    this.body = new UwsBody(response, length, limit, (error) => owner.failed(this, error));
    response.onAborted(() => this.#clientGone());
    if (length !== 0) response.onData((chunk, last) => this.body.receive(chunk, last));
  }

  /** The handler has returned: writes from now on need a cork of their own. */
  uncork(): void {
    this.#corked = false;
  }

  protected sendWhole(status: number, headers: Headers, body: string | Uint8Array | null): void {
    if (this.body.length === null) {
      const kept = body instanceof Uint8Array ? Buffer.from(body) : body;
      this.#inLaterTurn(() => this.#writeWhole(status, headers, kept));
    } else if (this.#corked) this.#writeWhole(status, headers, body);
    else {
      this.#headers = headers;
      // What a read brought is overwritten by the next one.
      this.#whole = body instanceof Uint8Array ? Buffer.from(body) : body;
      whole.add(this);
    }
  }

  /** Writes the answer that waited for the end of the turn. */
  flush(): void {
    const headers = this.#headers;
    if (this.#gone || headers === null) return;
    this.#headers = null;
    try {
      this.#response.cork(() => this.#writeWhole(this.status, headers, this.#whole));
    } catch (error) {
      this.owner.failed(this, error);
    }
  }

  #inLaterTurn(write: () => void): void {
    setImmediate(() => {
      if (!this.#gone) this.#response.cork(write);
    });
  }

  #writeWhole(status: number, headers: Headers, body: string | Uint8Array | null): void {
    doBefore();
    const response = this.#response;
    const content = body ?? "";
    if (this.bodiless) {
      this.#endWithoutBody(headers, body === null ? null : byteLength(content));
      return;
    }
    this.bytesSent = byteLength(content);
    if (!this.body.complete && this.#mustLinger()) {
      this.#linger(headers, content);
      return;
    }
    this.#dropBody();
    this.#writeHead(status, headers);
    if (this.#closesItself) response.writeHeader("connection", "close");
    // Given the flag, uWebSockets.js writes that field itself.
    if (this.closing && !this.#closesItself) response.end(content, true);
    else response.end(content);
    this.#complete();
  }

  /** Before every call that completes the answer: afterwards the socket is out of reach. */
  #dropBody(): void {
    if (!this.body.complete) this.body.drop();
  }

  // An unread body of bounded length is thrown away by uWebSockets.js itself, and the connection goes on. Not so one that is
  // unbounded or refused.
  #mustLinger(): boolean {
    const remaining = this.body.remaining;
    if (remaining === null || remaining > LINGER_BYTES) this.closing = true;
    return this.closing;
  }

  /** All leaves at once but the last chunk, which waits until the body has ended, its sender has fallen silent, or gone on for too long. */
  #linger(headers: Headers, content: string | Uint8Array): void {
    if (content.length === 0) {
      // Without a chunk there is nothing to hold the end back behind.
      this.#writeHead(this.status, headers);
      if (this.#closesItself) this.#response.writeHeader("connection", "close");
      this.#response.end("", !this.#closesItself);
      this.#complete();
      return;
    }
    this.#lingering = true;
    this.#headers = headers;
    this.#flushHead();
    this.#writeRaw(typeof content === "string" ? Buffer.from(content, "utf8") : content);
    const until = performance.now() + LINGER_MILLISECONDS;
    let seen = this.body.received;
    const timer = setInterval(() => {
      if (performance.now() > until) finish(false);
      else if (this.body.received === seen) finish(true);
      else seen = this.body.received;
    }, LINGER_SILENCE_MILLISECONDS);
    const finish = (sound: boolean): void => {
      clearInterval(timer);
      this.#lingering = false;
      if (sound) this.#terminate();
      else this.#shut();
    };
    this.body.discard(LINGER_BYTES, finish);
  }

  /** uWebSockets.js has no way to send a 1xx. */
  protected sendInformational(): void {}

  // The head waits for the first chunk: uWebSockets.js can finish it only together with body bytes.
  protected sendHead(_status: number, headers: Headers, length: number | null): void {
    this.#headers = headers;
    this.#declared = length;
    this.#total = length;
    if (length === null && !this.bodiless && takesComment(headers)) setImmediate(openStream, this);
  }

  /** Nothing of an event stream has come within a turn: its head leaves alone, as far as that is possible. */
  openStream(): void {
    if (this.#gone || this.ended || this.#headers === null) return;
    this.#commented = true;
    super.write(COMMENT);
  }

  override write(chunk: Uint8Array): boolean {
    if (!this.#commented) return super.write(chunk);
    this.#commented = false;
    return super.write(withoutMark(chunk));
  }

  protected sendChunk(chunk: Uint8Array): boolean {
    if (this.#declared !== null && this.#handed + chunk.length > this.#declared) {
      this.cut();
      return true;
    }
    this.#handed += chunk.length;
    this.bytesSent += chunk.length;
    if (this.#waiting.length > 0) {
      this.#waiting.push(Buffer.from(chunk));
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
    return this.#writeRaw(chunk);
  }

  #writeRaw(chunk: Uint8Array): boolean {
    const room = this.#response.write(chunk);
    this.#full = !room;
    if (!room) this.#listen();
    return room;
  }

  /** `tryEnd` takes what the kernel takes; the rest is offered again when there is room. */
  #offer(chunk: Uint8Array, total: number): boolean {
    const response = this.#response;
    const before = response.getWriteOffset();
    if (before + chunk.length >= total) this.#dropBody();
    const [taken, done] = response.tryEnd(chunk, total);
    if (done) {
      this.#gone = true;
      if (this.ended) this.#complete();
      return true;
    }
    if (taken) return true;
    this.#waiting.push(Buffer.from(chunk.subarray(response.getWriteOffset() - before)));
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
    this.#full = false;
    if (!this.#gone && this.ended) this.#finishStream();
    this.drained();
    return true;
  }

  protected sendEnd(): void {
    if (this.#gone) this.#complete();
    else if (this.body.length === null) this.#inLaterTurn(() => this.#finishStream());
    else if (this.#corked) this.#finishStream();
    else this.#response.cork(() => this.#finishStream());
  }

  /** Everything was handed over. Comes again when there is room, if something waits. */
  #finishStream(): void {
    const headers = this.#headers;
    if (this.#waiting.length > 0 || this.#lingering) return;
    this.#dropBody();
    if (this.bodiless) this.#endWithoutBody(headers ?? [], this.status === 204 ? null : this.#declared);
    // Fewer bytes than announced: the client must not take it for whole.
    else if (this.#declared !== null && this.#handed < this.#declared) this.#shut();
    else if (headers !== null) {
      this.#headers = null;
      this.#writeHead(this.status, headers);
      if (this.#closesItself) this.#response.writeHeader("connection", "close");
      if (this.closing && !this.#closesItself) this.#response.end("", true);
      else this.#response.end("");
      this.#complete();
    } else if (this.#closesChunked) this.#terminate();
    else {
      this.#response.end("");
      this.#complete();
    }
  }

  /** The last chunk of an answer that is the connection's last. Waits for room: closing loses what the kernel has not taken. */
  #terminate(): void {
    if (this.#gone || this.#full || this.#terminating) return;
    this.#terminating = true;
    setImmediate(() => {
      if (this.#gone) return;
      // A trailer, because `writeHeader` cannot write less than a field.
      this.#response.cork(() => this.#response.writeHeader("\r\n0\r\nx-last", "1\r\n"));
      this.#closeComplete();
    });
  }

  /**
   * The length is written as a field: given to `endWithoutBody`, 20.30 waits for that many bytes and answers nothing more on
   * the connection.
   */
  #endWithoutBody(headers: Headers, length: number | null): void {
    const response = this.#response;
    this.#dropBody();
    this.#writeHead(this.status, headers);
    if (length !== null && this.status !== 204 && this.status !== 304) {
      response.writeHeader("content-length", String(length));
    }
    if (this.#closesItself) response.writeHeader("connection", "close");
    if (!this.closing || this.#closesItself) {
      response.endWithoutBody();
      this.#complete();
      return;
    }
    // Any call that ends the head would add a length; so this is the whole of it, Date included.
    response.writeHeader("date", new Date().toUTCString());
    response.writeHeader("connection", "close\r\n");
    setImmediate(() => this.#closeComplete());
  }

  /** The answer is whole on the wire, and the connection ends with it. */
  #closeComplete(): void {
    if (this.#gone) return;
    // First, because `close` calls the abort handler before it returns.
    this.#complete();
    this.#response.close();
  }

  #flushHead(): void {
    const headers = this.#headers;
    if (headers === null) return;
    this.#headers = null;
    this.#writeHead(this.status, headers);
    if (!this.closing) return;
    this.#response.writeHeader("connection", "close");
    if (this.#closesItself && this.body.length !== null) return;
    this.#closesChunked = true;
    this.#total = null;
  }

  #writeHead(status: number, headers: Headers): void {
    const response = this.#response;
    // Without a status uWebSockets.js writes 200.
    if (status !== 200) response.writeStatus(statusLine(status));
    // Each call of the native module costs as much as ten lines of text: they go in one, behind the first name.
    let first = "";
    let lines = "";
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index]!;
      if (isFramingField(name) || name === "date" || !isFieldName(name)) continue;
      const value = headers[index + 1]!;
      if (!isPlain(value)) response.writeHeader(name, Buffer.from(toFieldValue(value), "latin1"));
      else if (first === "") {
        first = name;
        lines = value;
      } else lines += `\r\n${name}: ${value}`;
    }
    if (first !== "") response.writeHeader(first, lines);
    // What would be spoken instead (RFC 9110 §15.5.22).
    if (status === 426) response.writeHeader("upgrade", "websocket\r\nconnection: Upgrade");
  }

  protected destroy(): void {
    this.#shut();
  }

  protected upgrade(headers: Headers, answer: WebSocketAnswer, receiver: WebSocketReceiver): WebSocketSide | null {
    const { context } = this;
    if (context === null || this.#gone || this.closing) return null;
    const side = new UwsWebSocket(answer.limit, receiver, () => this.webSocketEnded());
    const write = (): void => {
      this.#writeHead(101, headers);
      this.#response.upgrade({ side }, answer.key, answer.protocol ?? "", "", context);
    };
    this.#gone = true;
    if (this.#corked) write();
    else this.#response.cork(write);
    return side;
  }

  #shut(): void {
    if (this.#gone) return;
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
    this.owner.finished(this);
  }

  #complete(): void {
    this.#gone = true;
    this.body.release();
    this.owner.finished(this);
  }
}

function byteLength(content: string | Uint8Array): number {
  return typeof content === "string" ? Buffer.byteLength(content) : content.length;
}

function openStream(exchange: UwsExchange): void {
  exchange.openStream();
}
