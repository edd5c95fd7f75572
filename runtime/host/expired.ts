/** What a client gets when a route's deadline passes: 504, or a visibly cut answer where one has begun. */
import type { Exchange } from "../http/exchange.ts";
import { replyError } from "../http/problem.ts";

export function answerDeadline(exchange: Exchange): void {
  // A WebSocket is no answer that could take too long.
  if (exchange.aborted || exchange.status === 101) return;
  if (exchange.status === 0) {
    replyError(exchange, "deadline-exceeded", null);
  } else {
    exchange.reason = "deadline-exceeded";
    exchange.cut();
  }
}
