/** An exchange over Node's `http`: the strict transport's. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { doBefore } from "../../end-of-turn.ts";
import { BaseExchange, type ExchangeOwner, type RequestHead } from "../base.ts";
import { FramedWebSocket, type WebSocketReceiver, type WebSocketSide } from "../../websocket/index.ts";
import type { Headers, WebSocketAnswer } from "../exchange.ts";
import { soundTrailers } from "../fields.ts";
import { reasonPhrase } from "../status.ts";
import { NodeBody } from "./body.ts";
import { sendable, sent } from "./headers.ts";
import { switchProtocols } from "./websocket.ts";

/** How much of a refused body is read and thrown away, and for how long, so that its sender sees the answer before a reset. */
const LINGER_BYTES = 1024 * 1024;
const LINGER_MILLISECONDS = 2000;

/** What the requests of one connection share. */
export interface Connection {
  readonly exchanges: Set<NodeExchange>;
  /** An answer said so: whatever follows on the connection is no request. */
  closing: boolean;
}

export class NodeExchange extends BaseExchange {
  readonly body: NodeBody;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly socket: Socket;
  readonly #connection: Connection;
  #total: number | null = null;
  #handed = 0;
  #headSent = false;
  #draining = false;
  #destroyed = false;
  #upgraded = false;

  constructor(
    head: RequestHead,
    owner: ExchangeOwner,
    request: IncomingMessage,
    response: ServerResponse,
    length: number | null,
    limit: number,
    closing: boolean,
    expected: boolean,
    connection: Connection,
  ) {
    super(head, owner, closing);
    this.#request = request;
    this.#response = response;
    this.socket = request.socket;
    this.#connection = connection;
    this.body = new NodeBody(request, response, length, limit, expected, (error) => owner.failed(this, error));
    response.on("close", () => this.connectionClosed());
  }

  /** The other end neither sends what we wait for nor takes what we send. */
  get stalled(): boolean {
    return this.body.starving || this.socket.writableLength > 0;
  }

  /** The bytes on the connection make no sense any more. True: the exchange will answer, and close. */
  malformed(): boolean {
    this.closing = true;
    this.body.break("malformed");
    return !this.ended || this.status !== 0;
  }

  protected sendWhole(status: number, headers: Headers, body: string | Uint8Array | null): void {
    doBefore();
    const response = this.#response;
    // Node keeps what the socket does not take at once.
    let content = body instanceof Uint8Array ? Buffer.from(body) : (body ?? "");
    const length = typeof content === "string" ? Buffer.byteLength(content) : content.length;
    const withLength = status !== 204 && (!this.bodiless || (body !== null && status !== 304) || length > 0);
    const lingers = this.#mustLinger();
    this.#writeHead(status, headers, withLength ? length : null);
    if (!this.bodiless) this.bytesSent = length;
    if (sent.beyondAscii && typeof content === "string") content = Buffer.from(content, "utf8");
    if (!lingers) {
      if (this.bodiless) response.end();
      else response.end(content);
      return;
    }
    // The length says that this is all; the end is held back so that Node keeps the connection until the body is through.
    if (!this.bodiless && length > 0) response.write(content);
    else response.flushHeaders();
    this.#linger();
  }

  #mustLinger(): boolean {
    if (this.body.complete) return false;
    // Told not to send, the client may still have begun: nothing that follows can be told apart.
    if (this.body.withheld) {
      this.closing = true;
      return false;
    }
    if (this.body.length === null || this.body.length > LINGER_BYTES) this.closing = true;
    return this.closing && !this.socket.destroyed;
  }

  #linger(): void {
    const response = this.#response;
    let over = false;
    const finish = (): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      response.end();
    };
    const timer = setTimeout(finish, LINGER_MILLISECONDS);
    response.once("close", () => clearTimeout(timer));
    this.body.discard(LINGER_BYTES, finish);
  }

  protected sendInformational(status: number, headers: Headers): void {
    // Null while an earlier answer on the connection is under way: this one's turn has not come.
    const socket = this.#response.socket;
    if (socket === null || socket.destroyed) return;
    const sound = sendable(headers);
    let text = `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`;
    for (let index = 0; index < sound.length; index += 2) text += `${sound[index]}: ${sound[index + 1]}\r\n`;
    socket.write(`${text}\r\n`, "latin1");
  }

  protected sendHead(status: number, headers: Headers, length: number | null): void {
    this.#total = length;
    if (this.body.withheld) this.closing = true;
    this.#writeHead(status, headers, status === 204 ? null : length);
    // The head leaves with the first chunk if that comes at once, else alone.
    setImmediate(flushHead, this);
  }

  flush(): void {
    if (this.#headSent || this.aborted || this.ended) return;
    this.#headSent = true;
    this.#response.flushHeaders();
  }

  protected sendChunk(chunk: Uint8Array): boolean {
    if (this.#total !== null && this.#handed + chunk.length > this.#total) {
      this.cut();
      return true;
    }
    this.#headSent = true;
    this.#handed += chunk.length;
    this.bytesSent += chunk.length;
    const room = this.#response.write(Buffer.from(chunk));
    if (!room && !this.#draining) {
      this.#draining = true;
      this.#response.on("drain", () => this.drained());
    }
    return room;
  }

  protected sendEnd(trailers: Headers): void {
    const response = this.#response;
    if (this.#total !== null && this.#handed < this.#total && !this.bodiless) {
      this.destroy();
      return;
    }
    if (trailers.length > 0 && this.#total === null && !this.bodiless) {
      const sound = soundTrailers(trailers);
      const pairs: [string, string][] = [];
      for (let index = 0; index < sound.length; index += 2) pairs.push([sound[index]!, sound[index + 1]!]);
      if (pairs.length > 0) response.addTrailers(pairs);
    }
    if (this.#mustLinger()) this.closing = true;
    response.shouldKeepAlive &&= !this.closing;
    response.end();
  }

  #writeHead(status: number, headers: Headers, length: number | null): void {
    const response = this.#response;
    const sound = sendable(headers);
    if (length !== null) sound.push("content-length", String(length));
    if (this.closing) {
      this.#connection.closing = true;
      response.shouldKeepAlive = false;
      sound.push("connection", "close");
    } else if (this.httpVersion === "1.1") {
      // Persistence is HTTP/1.1's default: no need to say so.
      response.removeHeader("connection");
    }
    if (sound.indexOf("date") !== -1) response.sendDate = false;
    // What would be spoken instead (RFC 9110 §15.5.22).
    if (status === 426) sound.push("upgrade", "websocket", "connection", "Upgrade");
    response.writeHead(status, reasonPhrase(status), sound);
  }

  protected destroy(): void {
    this.#destroyed = true;
    this.socket.destroy();
  }

  protected upgrade(headers: Headers, answer: WebSocketAnswer, receiver: WebSocketReceiver): WebSocketSide | null {
    // Pipelined requests would be read as frames.
    if (this.#connection.exchanges.size > 1 || this.closing || this.socket.destroyed) return null;
    this.#connection.closing = true;
    this.#upgraded = true;
    const stream = switchProtocols(this.socket, headers, answer);
    return new FramedWebSocket(stream, "server", answer.limit, receiver);
  }

  /** The answer is through, or the connection is closed. */
  connectionClosed(): void {
    if (!this.#connection.exchanges.delete(this)) return;
    if (this.#upgraded) {
      this.webSocketEnded();
      return;
    }
    // "close" also follows a complete answer.
    if (!this.#response.writableFinished || !this.ended) {
      if (this.#destroyed || this.ended) this.aborted = true;
      else this.abort();
      this.body.break("aborted");
    } else if (!this.body.complete) {
      this.body.break("aborted");
      // One that was held back would stand still before the connection's next request: Node throws away only what nobody has read from.
      this.#request.resume();
    }
    this.owner.finished(this);
  }
}

function flushHead(exchange: NodeExchange): void {
  exchange.flush();
}
