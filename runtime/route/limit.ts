/** `limit`: taking from a limit, and telling the client what is left (draft-ietf-httpapi-ratelimit-headers-10). */
import type { Limiter } from "../abi.ts";
import { Failure } from "../failure.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Rate } from "../value/money.ts";
import { setResponseHeader } from "./header.ts";

/** True: admitted. Whatever answer leaves says what is left. */
export function admit(
  exchange: Exchange,
  limiter: Limiter,
  name: string,
  key: string,
  rate: Rate,
  burst: number,
  cost: number,
): boolean {
  const admitted = limiter.take(key, rate, burst, cost);
  append(exchange, "ratelimit-policy", `"${name}";q=${rate.count};w=${rate.per / 1000}`);
  append(exchange, "ratelimit", `"${name}";r=${limiter.remaining};t=${limiter.reset}`);
  return admitted;
}

/** After a refusal; nothing where no waiting helps. */
export function setRetryAfter(exchange: Exchange, limiter: Limiter): void {
  if (limiter.retryAfter > 0) setResponseHeader(exchange, "retry-after", String(limiter.retryAfter));
}

/** A concurrency limit has no room: for one of those that it tells apart (RFC 6585 §4), or for anybody (RFC 9110 §15.6.4). */
export function crowded(keyed: boolean): Failure {
  return keyed
    ? new Failure("limited", 429, "concurrency-limited", "too many requests at once")
    : new Failure("overload", 503, "concurrency-exhausted", "a concurrency limit has no room");
}

/** A list: what an earlier limit said stands before. */
function append(exchange: Exchange, name: string, item: string): void {
  let before: string | null = null;
  for (const change of exchange.edits?.changes ?? []) if (change.name === name) before = change.value;
  setResponseHeader(exchange, name, before === null ? item : `${before}, ${item}`);
}
