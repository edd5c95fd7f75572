/** The head of what goes upstream: the client's fields after hygiene, the program's edits, and the gateway's own fields. */
import type { ForwardOptions } from "../abi.ts";
import type { Exchange, Headers } from "../http/exchange.ts";
import { isFramingField, isPlain, toFieldValue } from "../http/fields.ts";
import { isForwardedField, pushForwarded } from "../http/hygiene.ts";
import { formatTraceparent, newSpanId, parseTraceparent } from "../observe/trace.ts";
import type { Endpoint } from "./endpoint.ts";

/** What of the gateway's settings the upstream side needs; the host replaces the values when it switches to another generation. */
export interface UpstreamSettings {
  /** The pseudonym in Via. */
  via: string;
  /** How the client's address is passed on. */
  forwarded: "x-forwarded" | "forwarded" | "both" | "none";
}

export interface OutgoingHead {
  readonly headers: Headers;
  readonly host: string;
}

export function forwardHead(
  exchange: Exchange,
  options: ForwardOptions,
  endpoint: Endpoint,
  preserveHost: boolean,
  settings: UpstreamSettings,
): OutgoingHead {
  const headers = hygienic(exchange, settings);
  let host = preserveHost ? exchange.host : endpoint.authority;
  if (options.body !== null && options.body.mediaType !== null) {
    remove(headers, "content-type");
    remove(headers, "content-encoding");
    headers.push("content-type", options.body.mediaType);
  }
  if (options.edits !== null) {
    for (const { name, value } of options.edits) {
      if (name === "host") {
        if (value !== null) host = value;
        continue;
      }
      // Framing is the client's; a program cannot change it by a header.
      if (isFramingField(name)) continue;
      remove(headers, name);
      if (value !== null) headers.push(name, isPlain(value) ? value : toFieldValue(value));
    }
  }
  return { headers, host };
}

export function remove(headers: Headers, name: string): void {
  // Mostly it is not there, and setting a length costs even where it stays.
  let kept = 0;
  while (kept < headers.length && headers[kept] !== name) kept += 2;
  if (kept === headers.length) return;
  for (let index = kept; index < headers.length; index += 2) {
    if (headers[index] === name) continue;
    headers[kept] = headers[index]!;
    headers[kept + 1] = headers[index + 1]!;
    kept += 2;
  }
  headers.length = kept;
}

/** Fields of one connection, and those this side writes itself (RFC 9110 §7.6.1). `te` goes on as "trailers" only. */
function isDropped(name: string): boolean {
  // The length decides almost always; only then are characters compared.
  switch (name.length) {
    case 2:
      return name === "te";
    case 3:
      return name === "via";
    case 4:
      return name === "host";
    case 6:
      return name === "expect";
    case 11:
      return name === "traceparent";
    case 19:
      return name === "proxy-authorization" || isForwardedField(name);
    default:
      return isFramingField(name) || isForwardedField(name);
  }
}

/** Trace flags of a trace that begins here. */
const SAMPLED = "01";

/** A client cannot have these taken away by nominating them in Connection. */
const PROTECTED = new Set(["authorization", "cookie", "content-type", "content-encoding", "cache-control", "range"]);
const NO_NAMES: ReadonlySet<string> = new Set();

function nominated(value: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const part of value.split(",")) {
    const name = part.trim().toLowerCase();
    if (name !== "" && !PROTECTED.has(name)) names.add(name);
  }
  return names;
}

function hygienic(exchange: Exchange, settings: UpstreamSettings): Headers {
  const incoming = exchange.headers;
  const headers: Headers = [];
  let via = "";
  let flags: string | null = null;
  let acceptsTrailers = false;
  let drop = NO_NAMES;
  for (let index = 0; index < incoming.length; index += 2) {
    const name = incoming[index]!;
    const value = incoming[index + 1]!;
    if (isDropped(name)) {
      if (name === "connection") drop = new Set([...drop, ...nominated(value)]);
      else if (name === "via") via = via === "" ? value : `${via}, ${value}`;
      else if (name === "te") acceptsTrailers ||= /(?:^|,)\s*trailers\s*(?:$|,|;)/i.test(value);
      else if (name === "traceparent") flags = parseTraceparent(value)?.flags ?? null;
      continue;
    }
    headers.push(name, value);
  }
  for (const name of drop) remove(headers, name);
  if (acceptsTrailers) headers.push("te", "trailers");
  headers.push("via", `${via === "" ? "" : `${via}, `}${exchange.httpVersion} ${settings.via}`);
  pushForwarded(headers, exchange, settings.forwarded);
  // The state of a trace that was not taken over says nothing about this one (Trace Context §3.3).
  if (flags === null) remove(headers, "tracestate");
  headers.push("traceparent", formatTraceparent(exchange.traceId, newSpanId(), flags ?? SAMPLED));
  return headers;
}

/** The sampling flags that the client sent; "01" (sampled) where it sent none. */
export function traceFlags(headers: Headers): string {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === "traceparent") return parseTraceparent(headers[index + 1]!)?.flags ?? SAMPLED;
  }
  return SAMPLED;
}
