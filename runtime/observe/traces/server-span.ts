/** The span of one request of a client, in OpenTelemetry's conventions for servers of HTTP (semconv 1.41, stable). It holds no header, no body and no query. */
import { performance } from "node:perf_hooks";
import type { Exchange } from "../../http/exchange.ts";
import { splitAuthority } from "./authority.ts";
import { methodName } from "./method.ts";
import type { Recording } from "./recording.ts";

/** The exchange is over. */
export function addServerSpan(recording: Recording, exchange: Exchange): void {
  const { status, route, reason, detail, modelNote } = exchange;
  const scheme = exchange.secure ? "https" : "http";
  const method = methodName(exchange.method);
  const template = routeTemplate(route);
  const { address, port } = splitAuthority(exchange.host, scheme);
  const span = recording
    .own(
      template === "" ? (method === "_OTHER" ? "HTTP" : method) : `${method} ${template}`,
      exchange.startedAt,
      performance.now(),
    )
    .text("http.request.method", method)
    .text("http.request.method_original", method === "_OTHER" ? exchange.method : "")
    .text("url.scheme", scheme)
    .text("url.path", exchange.shownPath === "" ? exchange.path : exchange.shownPath)
    .text("http.route", template)
    .text("server.address", address)
    .integer("server.port", port)
    .text("client.address", exchange.address)
    .text("network.peer.address", exchange.peer)
    .text("network.protocol.version", exchange.httpVersion)
    .integer("http.request.body.size", exchange.bytesReceived)
    .integer("http.response.body.size", exchange.bytesSent)
    .text("vgw.reason", reason);
  if (status !== 0) span.integer("http.response.status_code", status);
  if (modelNote !== null) {
    span.text("vgw.model", modelNote.model).texts(
      "vgw.model.skipped",
      (modelNote.skipped ?? []).map((one) => `${one.model}: ${one.reason}`),
    );
  }
  if (exchange.aborted) span.flag("vgw.aborted", true);
  const failed = status >= 500 || (modelNote !== null && reason.startsWith("model-") && status < 400);
  // An error of the client is none of the server's.
  if (failed) span.failed(reason === "" ? String(status) : reason, detail);
  recording.add(span);
}

/** By the route's name. Programs are swapped, so it is emptied before it grows beyond any program. */
const templates = new Map<string, string>();
const MOST = 10_000;

/** "GET /orders/{id: uuid}" is "/orders/{id}"; "" where no route was found. */
export function routeTemplate(route: string): string {
  const known = templates.get(route);
  if (known !== undefined) return known;
  if (templates.size >= MOST) templates.clear();
  const path = route.slice(route.indexOf("/"));
  const template = route.includes("/") ? path.replace(/\{\s*([A-Za-z_]\w*)[^{}]*\}/g, "{$1}") : "";
  templates.set(route, template);
  return template;
}
