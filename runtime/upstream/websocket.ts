/**
 * A WebSocket handshake passed on to a service, and the relay that begins when the service agrees. What it answers instead goes to
 * the client as any answer does. The endpoint counts it as one request under way until the connection ends.
 */
import type { ForwardOptions } from "../abi.ts";
import type { Failure } from "../failure.ts";
import type { Exchange, Headers } from "../http/exchange.ts";
import { fieldLines, soundTrailers } from "../http/fields.ts";
import {
  acceptKey,
  type ByteStream,
  FramedWebSocket,
  WebSocketRelay,
  type WebSocketSettings,
} from "../websocket/index.ts";
import { ServiceAttempt, type ServiceState, triggerOf } from "./attempt.ts";
import type { UpstreamAttempt, UpstreamError, UpstreamSink } from "./client.ts";
import type { Endpoint } from "./endpoint.ts";
import * as failures from "./failures.ts";
import { forwardFields, forwardHost } from "./request-headers.ts";
import { responseHead, UNDECLARED, UNSOUND } from "./response-headers.ts";

/** What of a handshake is between the client and its server, and is answered for by whoever makes it. */
const ANSWERED = new Set(["sec-websocket-accept", "sec-websocket-protocol"]);
const UPGRADE_LINES = "connection: Upgrade\r\nupgrade: websocket\r\n";
/** No extension is negotiated: the gateway would have to understand it (RFC 6455 §9). */
const NO_EXTENSIONS = { name: "sec-websocket-extensions", value: null };

export class WebSocketForwarding extends ServiceAttempt implements UpstreamSink {
  readonly #options: ForwardOptions;
  readonly #webSocket: WebSocketSettings;
  readonly #settle: (result: Failure | null) => void;
  readonly #key: string;
  #attempt: UpstreamAttempt | null = null;
  /** "answer": the service refused, and its answer is on its way to the client. */
  #phase: "request" | "answer" | "open" | "over" = "request";
  #length: number | null = null;

  constructor(
    state: ServiceState,
    exchange: Exchange,
    options: ForwardOptions,
    webSocket: WebSocketSettings,
    settle: (result: Failure | null) => void,
  ) {
    super(state, exchange, options);
    this.#options = { ...options, edits: [...(options.edits ?? []).filter(isFree), NO_EXTENSIONS] };
    this.#webSocket = webSocket;
    this.#settle = settle;
    this.#key = fieldOf(exchange.headers, "sec-websocket-key") ?? "";
  }

  start(): void {
    const { exchange } = this;
    if (exchange.aborted) {
      this.#finish(null);
      return;
    }
    exchange.service = this.state.configuration.name;
    exchange.onAbort(() => this.#stop(null, null));
    this.begin();
  }

  // ------------------------------------------------------------ ServiceAttempt

  protected override send(endpoint: Endpoint): void {
    const { exchange } = this;
    const { configuration, settings } = this.state;
    const target = endpoint.basePath + this.#options.target;
    const passDeadline = configuration.passDeadline === true;
    const lines = forwardFields(exchange, this.#options, settings, passDeadline, this.trace(target));
    if (lines === null) {
      this.failed({ kind: "unsendable", detail: "a field's name is no token" });
      return;
    }
    const own: Headers = [];
    this.describeAttempt(own);
    this.#attempt = endpoint.client.send(
      {
        method: "GET",
        target,
        headers: lines + fieldLines(own) + UPGRADE_LINES,
        host: forwardHost(exchange, this.#options.edits, endpoint, configuration.preserveHost),
        body: null,
        idle: this.#options.silence ?? configuration.silence ?? configuration.idle,
        upgrade: true,
      },
      this,
    );
  }

  protected override giveUp(failure: Failure): void {
    if (this.#phase === "over") return;
    const begun = this.#phase === "answer";
    this.#stop(failure, begun ? null : failure);
    if (begun) this.exchange.cut();
  }

  protected override awaitingUpstream(): boolean {
    return true;
  }

  protected override get method(): string {
    return "GET";
  }

  protected override replayable(): boolean {
    return this.#phase === "request";
  }

  protected override reset(): void {
    this.#attempt?.abort();
    this.#attempt = null;
  }

  // ------------------------------------------------------------ UpstreamSink

  upgraded(headers: Headers, stream: ByteStream): void {
    const fault = this.#faultOf(headers);
    if (fault !== null) {
      stream.destroy();
      this.failed({ kind: "malformed", detail: fault });
      return;
    }
    this.headArrived(101);
    const { exchange } = this;
    const protocol = fieldOf(headers, "sec-websocket-protocol");
    responseHead(headers);
    const { limit, counters } = { limit: this.#webSocket.message, counters: this.state.counters };
    const relay = new WebSocketRelay(this.#webSocket, counters.webSockets(this.state.configuration.name), () =>
      this.free(null),
    );
    const answer = {
      headers: without(headers, ANSWERED),
      key: this.#key,
      accept: acceptKey(this.#key),
      protocol,
      limit,
    };
    relay.service.side = new FramedWebSocket(stream, "client", limit, relay.service);
    this.#phase = "open";
    const side = exchange.webSocket(answer, relay.client);
    if (side === null) {
      stream.destroy();
      this.#finish(exchange.aborted ? null : failures.notUpgradable());
      return;
    }
    relay.client.side = side;
    exchange.webSocketNote = relay.note;
    relay.open();
    this.#finish(null);
  }

  informational(status: number, headers: Headers): void {
    if (responseHead(headers) !== UNSOUND) this.exchange.informational(status, headers);
  }

  head(status: number, headers: Headers): void {
    this.headArrived(status);
    if (this.retryStatus(status, headers)) return;
    const length = responseHead(headers);
    if (length === UNSOUND) {
      this.giveUp(this.#failureOf({ kind: "malformed", detail: "framing" }));
      return;
    }
    this.#length = length === UNDECLARED ? null : length;
    this.#phase = "answer";
    this.exchange.begin(status, headers, this.#length);
    this.watchDeadline();
  }

  data(chunk: Uint8Array): void {
    if (this.exchange.write(chunk)) return;
    this.#attempt?.pause();
    this.exchange.onDrain(() => this.#attempt?.resume());
  }

  complete(trailers: Headers): void {
    this.exchange.end(this.#length === null ? soundTrailers(trailers) : []);
    this.free(null);
    this.#finish(null);
  }

  failed(error: UpstreamError): void {
    const failure = this.#failureOf(error);
    if (!this.retry(triggerOf(error), failure)) this.giveUp(failure);
  }

  drain(): void {}

  // ------------------------------------------------------------

  /** What is wrong with a 101 (RFC 6455 §4.1); null: nothing. */
  #faultOf(headers: Headers): string | null {
    if (fieldOf(headers, "upgrade")?.toLowerCase() !== "websocket") return "101 without Upgrade: websocket";
    if (fieldOf(headers, "sec-websocket-accept") !== acceptKey(this.#key)) return "Sec-WebSocket-Accept";
    if (fieldOf(headers, "sec-websocket-extensions") !== null) return "an extension that was not offered";
    const protocol = fieldOf(headers, "sec-websocket-protocol");
    if (protocol !== null && !offered(this.exchange.headers).includes(protocol)) {
      return "a subprotocol that was not offered";
    }
    return null;
  }

  #failureOf(error: UpstreamError): Failure {
    return failures.failureOf(error, this.state.configuration.name);
  }

  #stop(blame: Failure | null, result: Failure | null): void {
    if (this.#phase === "over" || this.#phase === "open") return;
    this.#attempt?.abort();
    this.free(blame);
    this.#finish(result);
  }

  #finish(result: Failure | null): void {
    if (this.#phase !== "open") {
      this.#phase = "over";
      this.exchange.onAbort(null);
      this.exchange.onDrain(null);
    }
    this.#settle(result);
  }
}

/** The key and the version stay the client's: the answer to them goes to it. */
function isFree({ name }: { readonly name: string }): boolean {
  return name !== "sec-websocket-key" && name !== "sec-websocket-version";
}

/** All lines of a field, as one list; null: there is none. */
function fieldOf(headers: Headers, wanted: string): string | null {
  let found: string | null = null;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === wanted) found = found === null ? headers[index + 1]! : `${found}, ${headers[index + 1]!}`;
  }
  return found;
}

function offered(headers: Headers): string[] {
  return (fieldOf(headers, "sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
}

function without(headers: Headers, names: ReadonlySet<string>): Headers {
  const kept: Headers = [];
  for (let index = 0; index < headers.length; index += 2) {
    if (!names.has(headers[index]!)) kept.push(headers[index]!, headers[index + 1]!);
  }
  return kept;
}
