/** `limit`: taking from a limit, and telling the client what is left (draft-ietf-httpapi-ratelimit-headers-10). */
import type { Limiter, Taken } from "../abi.ts";
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
  tellLimit(exchange, limiter, name, rate);
  return admitted;
}

/** Whatever answer leaves says what is left. */
export function tellLimit(
  exchange: Exchange,
  { remaining, reset }: Pick<Limiter, "remaining" | "reset">,
  name: string,
  rate: Rate,
): void {
  append(exchange, "ratelimit-policy", `"${name}";q=${rate.count};w=${rate.per / 1000}`);
  append(exchange, "ratelimit", `"${name}";r=${remaining};t=${reset}`);
}

/** After a refusal; nothing where no waiting helps. */
export function setRetryAfter(exchange: Exchange, { retryAfter }: Pick<Limiter, "retryAfter">): void {
  if (retryAfter > 0) setResponseHeader(exchange, "retry-after", String(retryAfter));
}

/** A shared limit refused: it is used up, or nobody could be asked. */
export function limitFailure({ away }: Pick<Taken, "away">): Failure {
  return away ? unasked() : new Failure("limited", 429, "rate-limited", "a limit is used up");
}

/** A concurrency limit has no room: for one of those that it tells apart (RFC 6585 §4), or for anybody (RFC 9110 §15.6.4). */
export function crowded(keyed: boolean): Failure {
  return keyed
    ? new Failure("limited", 429, "concurrency-limited", "too many requests at once")
    : new Failure("overload", 503, "concurrency-exhausted", "a concurrency limit has no room");
}

/** A shared concurrency limit refused: it has no room, or nobody could be asked. */
export function sharedCrowded(entered: "refused" | "away", keyed: boolean): Failure {
  return entered === "away" ? unasked() : crowded(keyed);
}

function unasked(): Failure {
  return new Failure("overload", 503, "limit-unavailable", "what gateways count together cannot be asked");
}

/** A list: what an earlier limit said stands before. */
function append(exchange: Exchange, name: string, item: string): void {
  let before: string | null = null;
  for (const change of exchange.edits?.changes ?? []) if (change.name === name) before = change.value;
  setResponseHeader(exchange, name, before === null ? item : `${before}, ${item}`);
}
