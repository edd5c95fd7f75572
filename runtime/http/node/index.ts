/** The strict transport: Node's own `http` server behind the transport's interface. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { ERRORS, type ErrorCode } from "../../errors.ts";
import type { BaseExchange, ExchangeOwner } from "../base.ts";
import { head, inspectHead } from "../head.ts";
import { canonicalPath, isQuery } from "../path.ts";
import { OpenWebSockets } from "../open-websockets.ts";
import { PROBLEM_MEDIA_TYPE, problemText, replyError } from "../problem.ts";
import { Proxies } from "../proxies.ts";
import { reasonPhrase } from "../status.ts";
import type { Listener, ListenOptions, Transport } from "../transport.ts";
import { type Connection, NodeExchange } from "./exchange.ts";
import { flatten } from "./headers.ts";
import { splitTarget } from "./target.ts";
import { tlsOptions } from "./tls.ts";

export const strictTransport: Transport = {
  name: "strict",
  description: `node:http (Node ${process.versions.node})`,
  listen: (options) => new NodeListener(options).start(),
};

/** How long a connection with a refused request is read on, so that the client sees the answer before a reset. */
const LINGER_MILLISECONDS = 1000;
/** How often Node looks for heads that are late. */
const CHECK_MILLISECONDS = 1000;

class NodeListener implements Listener, ExchangeOwner {
  port = 0;
  exchanges = 0;
  readonly closed: Promise<void>;
  readonly #options: ListenOptions;
  readonly #server: Server;
  readonly proxies: Proxies;
  readonly webSockets = new OpenWebSockets();
  readonly secure: boolean;
  readonly #sockets = new Map<Socket, Connection>();
  /** Of a TLS listener: what lies under its connections, those included whose handshake is under way. */
  readonly #raw = new Set<Socket>();
  #draining: (() => void)[] | null = null;

  constructor(options: ListenOptions) {
    const { limits } = options;
    this.#options = options;
    this.proxies = new Proxies(options.trustedProxies);
    this.secure = options.tls !== undefined;
    const settings = {
      maxHeaderSize: limits.headers,
      headersTimeout: limits.head,
      requestTimeout: 0,
      keepAliveTimeout: limits.idle,
      connectionsCheckingInterval: Math.min(CHECK_MILLISECONDS, limits.head),
      insecureHTTPParser: false,
      joinDuplicateHeaders: false,
      // The check in `head.ts` answers with a problem instead.
      requireHostHeader: false,
      noDelay: true,
      highWaterMark: 64 * 1024,
    };
    const server =
      options.tls === undefined
        ? createServer(settings)
        : createTlsServer({ ...settings, ...tlsOptions(options.tls, limits.head) });
    this.#server = server;
    // Node would drop the fields above its limit without a word; the size of the head is what bounds them.
    server.maxHeadersCount = 0;
    server.timeout = limits.idle;
    if (limits.connections !== null) server.maxConnections = limits.connections;
    server.on(this.secure ? "secureConnection" : "connection", (socket: Socket) => this.#connected(socket));
    if (this.secure) {
      server.on("connection", (socket) => {
        this.#raw.add(socket);
        socket.on("close", () => this.#raw.delete(socket));
      });
    }
    server.on("request", (request, response) => this.#receive(request, response, false));
    server.on("checkContinue", (request, response) => this.#receive(request, response, true));
    server.on("checkExpectation", (request, response) => this.#refuse(request, response, "expectation-failed"));
    server.on("connect", (_request, socket: Socket) => this.#refuseRaw(socket, "method-not-implemented"));
    server.on("clientError", (error, socket: Socket) => this.#clientError(error, socket));
    server.on("timeout", (socket) => this.#silent(socket));
    this.closed = new Promise((resolve) => server.on("close", resolve));
  }

  get connections(): number {
    return this.secure ? this.#raw.size : this.#sockets.size;
  }

  start(): Promise<Listener> {
    const { address, port, fd, shared } = this.#options;
    const where = fd === undefined ? { host: address, port, reusePort: shared ?? false } : { fd };
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(where, () => {
        this.#server.off("error", reject);
        const bound: AddressInfo | string | null = this.#server.address();
        if (bound !== null && typeof bound === "object") this.port = bound.port;
        resolve(this);
      });
    });
  }

  #connected(socket: Socket): void {
    const connection: Connection = { exchanges: new Set(), closing: false };
    this.#sockets.set(socket, connection);
    socket.on("close", () => {
      this.#sockets.delete(socket);
      // Node tells only the response whose turn it is.
      for (const exchange of connection.exchanges) exchange.connectionClosed();
    });
  }

  #receive(request: IncomingMessage, response: ServerResponse, expected: boolean): void {
    const connection = this.#sockets.get(request.socket);
    // Node goes on parsing what was sent behind a request that was the connection's last.
    if (connection === undefined || connection.closing) {
      request.resume();
      return;
    }
    const exchange = this.#open(request, response, expected, connection);
    if (exchange === null) return;
    this.exchanges++;
    connection.exchanges.add(exchange);
    try {
      const pending = this.#options.handler(exchange);
      if (pending !== undefined) pending.catch((error: unknown) => this.failed(exchange, error));
    } catch (error) {
      this.failed(exchange, error);
    }
  }

  #open(
    request: IncomingMessage,
    response: ServerResponse,
    expected: boolean,
    connection: Connection,
  ): NodeExchange | null {
    const version = request.httpVersionMajor === 1 ? (request.httpVersionMinor === 0 ? "1.0" : "1.1") : null;
    if (version === null || request.httpVersionMinor > 1) {
      return this.#refuse(request, response, "version-not-supported");
    }
    const headers = flatten(request.rawHeaders);
    const fault = inspectHead(headers, version);
    if (fault !== null) return this.#refuse(request, response, fault);
    const target = splitTarget(request.url ?? "", request.method ?? "");
    if (target === null) return this.#refuse(request, response, "target-malformed");
    if (target.path === "*") return this.#answerAsterisk(request, response);
    const path = canonicalPath(target.path);
    if (path === null || (target.query !== "" && !isQuery(target.query))) {
      return this.#refuse(request, response, "target-malformed");
    }
    return new NodeExchange(
      {
        method: request.method ?? "GET",
        path,
        query: target.query,
        host: target.host ?? head.host,
        headers,
        peer: plainAddress(request.socket.remoteAddress),
        httpVersion: version,
        traceparent: head.traceparent,
      },
      this,
      request,
      response,
      head.length,
      this.#options.limits.body,
      this.#draining !== null || head.close,
      expected,
      connection,
    );
  }

  /** `OPTIONS *` asks about the server as a whole (RFC 9110 §9.3.7). */
  #answerAsterisk(request: IncomingMessage, response: ServerResponse): null {
    request.resume();
    response.writeHead(204, { allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" }).end();
    return null;
  }

  /** Answers without an exchange, and closes: nothing that follows on the connection can be trusted. */
  #refuse(request: IncomingMessage, response: ServerResponse, code: ErrorCode): null {
    const { status } = ERRORS[code];
    const text = problemText(status, code, null, null);
    const connection = this.#sockets.get(request.socket);
    if (connection !== undefined) connection.closing = true;
    request.resume();
    response.shouldKeepAlive = false;
    response.writeHead(status, reasonPhrase(status), [
      "content-type",
      PROBLEM_MEDIA_TYPE,
      "content-length",
      String(Buffer.byteLength(text)),
      "connection",
      "close",
    ]);
    response.end(text);
    this.#options.refused?.(code, status, plainAddress(request.socket.remoteAddress));
    return null;
  }

  /** The parser gave up, so there is no request to answer through. */
  #clientError(error: NodeJS.ErrnoException, socket: Socket): void {
    const connection = this.#sockets.get(socket);
    if (error.code === "ECONNRESET" || !socket.writable || connection === undefined) {
      socket.destroy();
      return;
    }
    // The client left in the middle of its body.
    if (error.code === "HPE_INVALID_EOF_STATE" && connection.exchanges.size > 0) {
      socket.destroy();
      return;
    }
    // A refusal is on its way, and the connection closes behind it.
    if (connection.closing) return;
    if (connection.exchanges.size > 0) {
      // An answer is under way: it is finished, then the connection closes.
      socket.pause();
      for (const exchange of connection.exchanges) exchange.malformed();
      return;
    }
    connection.closing = true;
    this.#refuseRaw(socket, codeOf(error));
  }

  #refuseRaw(socket: Socket, code: ErrorCode): void {
    const { status } = ERRORS[code];
    const text = problemText(status, code, null, null);
    this.#options.refused?.(code, status, plainAddress(socket.remoteAddress));
    socket.end(
      `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\ndate: ${new Date().toUTCString()}\r\nconnection: close\r\n` +
        `content-type: ${PROBLEM_MEDIA_TYPE}\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    );
    setTimeout(() => socket.destroy(), LINGER_MILLISECONDS).unref();
  }

  /** Nothing moved for `limits.idle`. A request that waits for its upstream is not the client's fault. */
  #silent(socket: Socket): void {
    const connection = this.#sockets.get(socket);
    if (connection === undefined || connection.exchanges.size === 0) {
      socket.destroy();
      return;
    }
    for (const exchange of connection.exchanges) if (exchange.stalled) socket.destroy();
  }

  failed(exchange: BaseExchange, error: unknown): void {
    this.#options.failed?.(exchange, error);
    if (exchange.status === 0) replyError(exchange, "program-failed", null);
    else exchange.cut();
  }

  finished(exchange: BaseExchange): void {
    this.exchanges--;
    this.#options.done?.(exchange);
    if (this.exchanges === 0 && this.#draining !== null) for (const resolve of this.#draining.splice(0)) resolve();
  }

  allowWebSockets(): boolean {
    return true;
  }

  drain(): Promise<void> {
    this.#draining ??= [];
    const waiting = this.#draining;
    this.#server.close();
    this.#server.closeIdleConnections();
    this.webSockets.goAway();
    return this.exchanges === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
  }

  close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#sockets.keys()) socket.destroy();
    for (const socket of this.#raw) socket.destroy();
    return this.closed;
  }
}

function plainAddress(address: string | undefined): string {
  if (address === undefined) return "";
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}

const REQUEST_LINE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [^ ]+ HTTP\/[0-9]\.[0-9]\r\n/;

/** What the parser's complaint means. An unknown method or version is only that if the request line is one at all. */
function codeOf(error: NodeJS.ErrnoException & { readonly rawPacket?: Buffer }): ErrorCode {
  switch (error.code) {
    case "HPE_HEADER_OVERFLOW":
      return "headers-too-large";
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return "request-timeout";
    case "HPE_INVALID_TRANSFER_ENCODING":
    case "HPE_UNEXPECTED_CONTENT_LENGTH":
    case "HPE_INVALID_CONTENT_LENGTH":
      return "framing-malformed";
    case "HPE_INVALID_URL":
      return "target-malformed";
    case "HPE_INVALID_METHOD":
    case "HPE_INVALID_VERSION":
      if (!REQUEST_LINE.test(error.rawPacket?.toString("latin1", 0, 4096) ?? "")) return "request-malformed";
      return error.code === "HPE_INVALID_METHOD" ? "method-not-implemented" : "version-not-supported";
    default:
      return "request-malformed";
  }
}
