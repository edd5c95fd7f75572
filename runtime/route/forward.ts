/** `forward`: the exchange handed to a service, and what happens when that fails before anything was sent. */
import type { Service } from "../abi.ts";
import { Failure } from "../failure.ts";
import type { Exchange } from "../http/exchange.ts";
import { canonicalPath, hasDotSegment } from "../http/path.ts";

/** A change to the headers that go to the service; null removes. */
export interface HeaderEdit {
  readonly name: string;
  readonly value: string | null;
}

/** The request's own path and query. */
export function requestTarget(exchange: Exchange): string {
  return exchange.query === "" ? exchange.path : `${exchange.path}?${exchange.query}`;
}

/** A rewritten path is brought into canonical form, so that what was checked is what goes out. */
export function rewrittenTarget(path: string, query: string): string | Failure {
  const canonical = hasDotSegment(path) ? null : canonicalPath(path);
  if (canonical === null) return new Failure("invalid", 400, "target-malformed", "the rewritten path is malformed");
  return query === "" ? canonical : `${canonical}?${query}`;
}

/** Forwards the request as it is; a failure gets its standard problem. `deadline` in milliseconds from the request's start; null: none. */
export function forward(exchange: Exchange, service: Service, bodyLimit: number, deadline: number | null): void {
  service.proxy(exchange, {
    target: requestTarget(exchange),
    edits: null,
    body: null,
    timeout: null,
    deadline: deadline === null ? null : exchange.startedAt + deadline,
    bodyLimit,
    answer: null,
  });
}
