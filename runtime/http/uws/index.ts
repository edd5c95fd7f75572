/** The fast transport: uWebSockets.js behind the transport's interface. The only folder that touches its objects. */
import { ERRORS, type ErrorCode } from "../../errors.ts";
import type { BaseExchange, ExchangeOwner, RequestHead } from "../base.ts";
import { fastCapabilities } from "../capabilities.ts";
import type { Headers } from "../exchange.ts";
import { isPlain } from "../fields.ts";
import { head, inspectHead, isToken } from "../head.ts";
import { canonicalPath, isQuery } from "../path.ts";
import { OpenWebSockets } from "../open-websockets.ts";
import { PROBLEM_MEDIA_TYPE, problemText, replyError } from "../problem.ts";
import { Proxies } from "../proxies.ts";
import { reasonPhrase } from "../status.ts";
import type { Listener, ListenOptions, Transport } from "../transport.ts";
import { addressText } from "./address.ts";
import { UwsExchange } from "./exchange.ts";
import type { LoadedNative } from "./loader.ts";
import type { NativeApp, NativeModule, NativeRequest, NativeResponse } from "./native.ts";
import { Peers } from "./peers.ts";
import { LEAST_LIMIT, registerWebSockets, type UpgradeContext } from "./websocket.ts";
import { createTlsApp } from "./tls.ts";

/** uWebSockets.js looks every four seconds, and closes what has been silent for so long. */
const TIMEOUT_SECONDS = 10;

export function createFastTransport(native: LoadedNative): Transport {
  return {
    name: "fast",
    description: `uWebSockets.js ${native.version} (${native.source})`,
    listen: (options) => new Promise((resolve, reject) => void new UwsListener(native, options, resolve, reject)),
  };
}

// Filled by `collect` while uWebSockets.js walks over a request's header: no closure per request, none per field.
let fields: Headers = [];
let fieldBytes = 0;
let sound = true;

function collect(name: string, value: string): void {
  if (isPlain(value)) {
    fields.push(name, value);
    fieldBytes += name.length + value.length + 4;
    return;
  }
  // Values come decoded as UTF-8; on the wire and on the other transport a character is a byte.
  if (value.includes("\ufffd") || /[\0-\x08\n-\x1f\x7f]/.test(value)) sound = false;
  const bytes = Buffer.from(value, "utf8").toString("latin1");
  fields.push(name, bytes);
  fieldBytes += name.length + bytes.length + 4;
}

class UwsListener implements Listener, ExchangeOwner {
  readonly port: number = 0;
  readonly closed: Promise<void>;
  exchanges = 0;
  readonly #options: ListenOptions;
  readonly #native: NativeModule;
  readonly #longest: number;
  readonly #peers = new Peers();
  /** This build tells of connections. */
  #counted = false;
  readonly #app: NativeApp;
  readonly proxies: Proxies;
  readonly webSockets = new OpenWebSockets();
  /** Bytes of the largest message that the app takes; 0: no WebSocket is let through. */
  #messageLimit = 0;
  readonly secure: boolean;
  #socket: object | null = null;
  #draining: (() => void)[] | null = null;
  #drained = false;
  #closed: () => void = () => {};

  constructor(
    native: LoadedNative,
    options: ListenOptions,
    resolve: (listener: Listener) => void,
    reject: (error: Error) => void,
  ) {
    this.#native = native.module;
    this.#longest = fastCapabilities(native.version).declaredLength ?? Number.MAX_SAFE_INTEGER;
    this.#options = options;
    this.proxies = new Proxies(options.trustedProxies);
    this.closed = new Promise((done) => {
      this.#closed = done;
    });
    const route = (app: NativeApp): void => {
      app.any("/*", (response, request) => this.#receive(response, request));
      if (options.webSockets !== undefined) this.#takeWebSockets(app, options.webSockets);
    };
    this.secure = options.tls !== undefined;
    this.#app = options.tls === undefined ? native.module.App() : createTlsApp(native.module, options.tls, route);
    if (options.tls === undefined) route(this.#app);
    if (this.#app.filter !== undefined) {
      this.#counted = true;
      const count = (response: Pick<NativeResponse, "getRemoteAddress">, change: number): void => {
        if (change > 0) this.#peers.opened(addressText(response.getRemoteAddress()));
        else this.#peers.closed();
      };
      this.#app.filter(count);
    }
    // What the other builds have, and what `capabilities.ts` promises.
    this.#app.setIdleTimeout?.(TIMEOUT_SECONDS);
    this.#app.setResponseTimeout?.(TIMEOUT_SECONDS);
    this.#app.listen(options.address, options.port, (socket) => {
      if (socket === false) {
        const error = new Error(`${options.address}:${options.port} cannot be listened on`);
        reject(Object.assign(error, { code: "EADDRINUSE" }));
        return;
      }
      this.#socket = socket;
      Object.assign(this, { port: this.#native.us_socket_local_port(socket) });
      resolve(this);
    });
  }

  get connections(): number | null {
    return this.#counted ? this.#peers.open : null;
  }

  // Whatever is thrown out of here would end the process.
  #receive(response: NativeResponse, request: NativeRequest, context: UpgradeContext | null = null): void {
    let exchange: UwsExchange | null = null;
    try {
      exchange = this.#open(response, request);
      if (exchange === null) return;
      exchange.context = context;
      this.exchanges++;
      const pending = this.#options.handler(exchange);
      if (pending !== undefined) this.#watch(exchange, pending);
    } catch (error) {
      if (exchange === null) this.#refuse(response, "request-malformed", "");
      else this.failed(exchange, error);
    }
    exchange?.uncork();
  }

  #open(response: NativeResponse, request: NativeRequest): UwsExchange | null {
    fields = [];
    fieldBytes = 0;
    sound = true;
    request.forEach(collect);
    const url = request.getUrl();
    const query = request.getQuery() ?? "";
    const method = request.getCaseSensitiveMethod();
    const peer = this.#peers.only ?? addressText(response.getRemoteAddress());
    const fault = inspectHead(fields, "1.1");
    if (fault !== null) return this.#refuse(response, fault, peer);
    if (!sound || !isToken(method)) return this.#refuse(response, "request-malformed", peer);
    if (url.length + query.length + fieldBytes > this.#options.limits.headers) {
      return this.#refuse(response, "headers-too-large", peer);
    }
    const path = canonicalPath(url);
    if (path === null || (query !== "" && !isQuery(query))) return this.#refuse(response, "target-malformed", peer);
    // uWebSockets.js closes as soon as it is back: no program begins what cannot be answered.
    if (head.length !== null && head.length > this.#longest) return this.#refuse(response, "body-too-large", peer);
    // Both versions take only "chunked" in this very spelling for a chunked body; the rest would be read as the next request.
    if (head.length === null && !hasExactChunked(fields)) return this.#refuse(response, "coding-not-implemented", peer);
    return new UwsExchange(
      {
        method,
        path,
        query,
        host: head.host,
        headers: fields,
        peer,
        httpVersion: "1.1",
        traceparent: head.traceparent,
      } satisfies RequestHead,
      this,
      response,
      head.length,
      this.#options.limits.body,
      this.#draining !== null || head.close,
      head.close && closesItself(fields),
    );
  }

  /**
   * Answers without an exchange, and closes: nothing that follows on the connection can be trusted. In a later turn, because
   * within this one uWebSockets.js would go on and take what lies behind for the next request; while an answer is owed, it
   * closes the connection instead.
   */
  #refuse(response: NativeResponse, code: ErrorCode, peer: string): null {
    const { status } = ERRORS[code];
    let gone = false;
    response.onAborted(() => {
      gone = true;
    });
    this.#options.refused?.(code, status, peer);
    setImmediate(() => {
      if (gone) return;
      response.cork(() => {
        response.writeStatus(`${status} ${reasonPhrase(status)}`);
        response.writeHeader("content-type", PROBLEM_MEDIA_TYPE);
        response.end(problemText(status, code, null, null), true);
      });
    });
    return null;
  }

  #watch(exchange: UwsExchange, pending: Promise<void>): void {
    pending.catch((error: unknown) => this.failed(exchange, error));
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

  allowWebSockets(limit: number): boolean {
    // By name, uWebSockets.js keeps handlers apart, and takes more for the last name only.
    if (this.#messageLimit === 0 && !this.secure) this.#takeWebSockets(this.#app, limit);
    return limit <= this.#messageLimit;
  }

  #takeWebSockets(app: NativeApp, limit: number): void {
    this.#messageLimit = Math.max(limit, LEAST_LIMIT);
    registerWebSockets(app, this.#messageLimit, (response, request, context) =>
      this.#receive(response, request, context),
    );
  }

  drain(): Promise<void> {
    this.webSockets.goAway();
    this.#stopAccepting();
    this.#draining ??= [];
    const waiting = this.#draining;
    return this.exchanges === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
  }

  close(): Promise<void> {
    if (!this.#drained) {
      this.#drained = true;
      this.#stopAccepting();
      this.#app.close();
      this.#closed();
    }
    return this.closed;
  }

  #stopAccepting(): void {
    if (this.#socket === null) return;
    this.#native.us_listen_socket_close(this.#socket);
    this.#socket = null;
  }
}

function hasExactChunked(headers: Headers): boolean {
  const index = headers.indexOf("transfer-encoding");
  return headers[index + 1] === "chunked";
}

/** uWebSockets.js looks at the length of Connection's value alone. */
function closesItself(headers: Headers): boolean {
  const index = headers.indexOf("connection");
  return headers[index + 1]!.length === 5;
}
