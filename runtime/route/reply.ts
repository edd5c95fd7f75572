/** The ends of a route that the program writes itself: `reply` and `deny`. */
import { type Failure, publicDetail } from "../failure.ts";
import type { Exchange, Headers } from "../http/exchange.ts";
import { PROBLEM_HEADERS, problemText, replyProblem } from "../http/problem.ts";

/** Shared by all answers; nobody may change it. */
const JSON_HEADERS: Headers = ["content-type", "application/json"];

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
  exchange.respond(status, PROBLEM_HEADERS, problemText(status, "denied", detail, null));
}

/** A failure that no `else` handles: its standard problem. `status` of a failure by status is the upstream's own, not ours. */
export function replyFailure(exchange: Exchange, failure: Failure): void {
  const status = failure.kind === "status" ? 502 : failure.status;
  exchange.detail = failure.detail;
  if (failure.challenge !== null) {
    exchange.reason = failure.code;
    const headers = ["www-authenticate", failure.challenge, ...PROBLEM_HEADERS];
    exchange.respond(status, headers, problemText(status, failure.code, publicDetail(failure), failure.problems));
  } else replyProblem(exchange, status, failure.code, publicDetail(failure), failure.problems);
}
