/** Requests that no route takes. The problem texts are written into the program when it is built. */
import type { Exchange } from "../http/exchange.ts";
import { PROBLEM_HEADERS } from "../http/problem.ts";

/** A problem whose text is known when building; `code` is its code. */
export function replyKnownProblem(exchange: Exchange, status: number, code: string, text: string): void {
  exchange.reason = code;
  exchange.respond(status, PROBLEM_HEADERS, text);
}

/** 405 with `Allow`: the path is known, only the method is not (RFC 9110 §15.5.6). */
export function replyMethodNotAllowed(exchange: Exchange, allowed: readonly string[], text: string): void {
  exchange.reason = "method-not-allowed";
  exchange.respond(405, [...PROBLEM_HEADERS, "allow", allowed.join(", ")], text);
}
