/** A service whose requests belong together by something of the request (`balance: hash(…)`). */
import type { Service } from "../abi.ts";
import type { Exchange } from "../http/exchange.ts";

/** `keyOf` gives what requests of one endpoint have in common; undefined: any endpoint will do. */
export function keyed(service: Service, keyOf: (exchange: Exchange) => string | undefined): Service {
  return {
    name: service.name,
    forward: (exchange, options) => service.forward(exchange, { ...options, key: keyOf(exchange) ?? null }),
    proxy: (exchange, options) => service.proxy(exchange, { ...options, key: keyOf(exchange) ?? null }),
    webSocket: (exchange, options, settings) =>
      service.webSocket(exchange, { ...options, key: keyOf(exchange) ?? null }, settings),
    call: (exchange, request) => service.call(exchange, { ...request, key: keyOf(exchange) ?? null }),
  };
}
