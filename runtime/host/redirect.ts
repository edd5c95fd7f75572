/** What a listener with `redirect` does: whoever comes in clear text is sent on to https, before any route is asked. */
import type { Exchange } from "../http/exchange.ts";
import { replyError } from "../http/problem.ts";
import type { Dispatcher } from "./dispatcher.ts";

/** As the access log has it. */
const REASON = "redirect-https";
const HTTPS_PORT = 443;

/** `port`: where https is spoken, as clients see it. What a trusted proxy says came over TLS goes to the program. */
export function redirecting(dispatcher: Dispatcher, port: number): (exchange: Exchange) => void | Promise<void> {
  const suffix = port === HTTPS_PORT ? "" : `:${port}`;
  return (exchange) => {
    if (exchange.secure) return dispatcher.begin(exchange);
    dispatcher.enter(exchange);
    const hostname = exchange.host.replace(/:\d*$/, "");
    if (hostname === "") {
      replyError(exchange, "request-malformed", null);
      return;
    }
    exchange.reason = REASON;
    const query = exchange.query === "" ? "" : `?${exchange.query}`;
    // 308 keeps method and body (RFC 9110 §15.4.9).
    exchange.respond(308, ["location", `https://${hostname}${suffix}${exchange.path}${query}`], null);
  };
}
