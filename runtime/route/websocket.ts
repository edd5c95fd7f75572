/** `forward` with `websocket`: which requests are handshakes, which handshakes are sound (RFC 6455 §4.2.1), and where they go. */
import type { ForwardOptions, Service } from "../abi.ts";
import { Failure } from "../failure.ts";
import type { Exchange, Headers } from "../http/exchange.ts";
import { hasOption } from "../http/head.ts";
import { replyFailure } from "../http/problem.ts";
import type { WebSocketSettings } from "../websocket/index.ts";

/** 16 bytes in base64: 22 characters, of which the last has four bits to spare, and the padding. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/** Resolves as `Service.forward` does. A request that asks for no WebSocket is forwarded as any other. */
export function forwardWebSocket(
  exchange: Exchange,
  service: Service,
  settings: WebSocketSettings,
  options: ForwardOptions,
): Promise<Failure | null> {
  if (!asksForWebSocket(exchange)) return service.forward(exchange, options);
  const fault = handshakeFault(exchange);
  return fault === null ? service.webSocket(exchange, options, settings) : Promise.resolve(fault);
}

/** As above, and a failure gets its standard problem. */
export function proxyWebSocket(
  exchange: Exchange,
  service: Service,
  settings: WebSocketSettings,
  options: ForwardOptions,
): void {
  if (!asksForWebSocket(exchange)) {
    service.proxy(exchange, options);
    return;
  }
  const fault = handshakeFault(exchange);
  if (fault !== null) refuse(exchange, fault);
  else {
    service.webSocket(exchange, options, settings).then((failure) => {
      if (failure !== null && !exchange.aborted) refuse(exchange, failure);
    });
  }
}

function refuse(exchange: Exchange, failure: Failure): void {
  if (failure.code === "websocket-version") {
    exchange.edits ??= { changes: [], status: null };
    // What is spoken (RFC 6455 §4.4).
    exchange.edits.changes.push({ kind: "set", name: "sec-websocket-version", value: "13" });
  }
  replyFailure(exchange, failure);
}

/** An upgrade is asked for by a GET of HTTP/1.1 alone (RFC 6455 §4.1, RFC 9110 §7.8); in anything else the field is ignored. */
function asksForWebSocket({ method, httpVersion, headers }: Exchange): boolean {
  if (method !== "GET" || httpVersion !== "1.1") return false;
  return hasWord(headers, "upgrade", "websocket") && hasWord(headers, "connection", "upgrade");
}

function handshakeFault(exchange: Exchange): Failure | null {
  const versions = valuesOf(exchange.headers, "sec-websocket-version");
  if (versions.length !== 1 || versions[0] !== "13") {
    return new Failure("invalid", 426, "websocket-version", "version 13 of the WebSocket protocol is spoken here");
  }
  const keys = valuesOf(exchange.headers, "sec-websocket-key");
  if (keys.length !== 1 || !KEY.test(keys[0]!)) return malformed("Sec-WebSocket-Key must be 16 bytes in base64, once");
  return exchange.body.length === 0 ? null : malformed("a handshake has no body");
}

function malformed(detail: string): Failure {
  return new Failure("invalid", 400, "websocket-malformed", detail);
}

function hasWord(headers: Headers, name: string, word: string): boolean {
  return valuesOf(headers, name).some((value) => hasOption(value, word));
}

function valuesOf(headers: Headers, name: string): string[] {
  return headers.filter((_, index) => index % 2 === 1 && headers[index - 1] === name);
}
