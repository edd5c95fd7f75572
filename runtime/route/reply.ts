/** The ends of a route that the program writes itself: `reply` and `deny`. */
import type { Exchange } from "../http/exchange.ts";
import { answerProblem, JSON_HEADERS } from "../http/problem.ts";

/** `text` is JSON. */
export function replyJson(exchange: Exchange, status: number, text: string): void {
  exchange.reason = "reply";
  exchange.respond(status, JSON_HEADERS, text);
}

/** Text, bytes or an embedded file. */
export function replyContent(exchange: Exchange, status: number, mediaType: string, body: string | Uint8Array): void {
  exchange.reason = "reply";
  exchange.respond(status, ["content-type", mediaType], body);
}

export function replyEmpty(exchange: Exchange, status: number): void {
  exchange.reason = "reply";
  exchange.respond(status, [], null);
}

/** `location` is already escaped for a header. */
export function replyRedirect(exchange: Exchange, status: number, location: string): void {
  exchange.reason = "reply";
  exchange.respond(status, ["location", location], null);
}

/** A problem of the program's own (RFC 9457). */
export function deny(exchange: Exchange, status: number, detail: string | null): void {
  exchange.reason = "deny";
  answerProblem(exchange, status, null, "denied", detail, null);
}
