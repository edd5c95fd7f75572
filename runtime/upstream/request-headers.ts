/** The head of what goes upstream: the client's fields after hygiene, the program's edits, and the gateway's own fields. */
import type { ForwardOptions } from "../abi.ts";
import type { Exchange, Headers } from "../http/exchange.ts";
import { isFramingField, isPlain, toFieldValue } from "../http/fields.ts";
import { isForwardedField, forwardedLines } from "../http/hygiene.ts";
import { formatTraceparent, parseTraceparent } from "../observe/trace.ts";
import type { Endpoint } from "./endpoint.ts";
import { isLowerToken } from "./http1/grammar.ts";

/** What of the gateway's settings the upstream side needs; the host replaces the values when it switches to another generation. */
export interface UpstreamSettings {
  /** The pseudonym in Via. */
  via: string;
  /** How the client's address is passed on. */
  forwarded: "x-forwarded" | "forwarded" | "both" | "none";
}

type Edits = NonNullable<ForwardOptions["edits"]>;

/** The Host that goes out: what the program set, or the client's own where it is preserved, or the endpoint's. */
export function forwardHost(exchange: Exchange, edits: Edits | null, endpoint: Endpoint, preserve: boolean): string {
  let host = preserve ? exchange.host : endpoint.authority;
  if (edits !== null) for (const { name, value } of edits) if (name === "host" && value !== null) host = value;
  return host;
}

/**
 * The lines of the fields, made in one pass over the client's: no list in between, and each name is looked at once. Null: a name is no
 * token, which some transports let through; a value is sound on any. `passDeadline`: the gateway writes `DEADLINE_FIELD` itself. `spanId`: what
 * the service is told as the parent of its own spans.
 */
export function forwardFields(
  exchange: Exchange,
  options: Pick<ForwardOptions, "edits" | "body">,
  settings: UpstreamSettings,
  passDeadline: boolean,
  spanId: string,
): string | null {
  const incoming = exchange.headers;
  const mediaType = options.body?.mediaType ?? null;
  const edits = options.edits !== null && options.edits.length > 0 ? options.edits : null;
  const replaces = edits !== null || mediaType !== null || passDeadline;
  let lines = "";
  let via = "";
  let state = "";
  let flags: string | null = null;
  let acceptsTrailers = false;
  let nominations = NO_NAMES;
  for (let index = 0; index < incoming.length; index += 2) {
    const name = incoming[index]!;
    const value = incoming[index + 1]!;
    if (isDropped(name)) {
      if (name === "connection") nominations = nominated(value, nominations);
      else if (name === "via") via = via === "" ? value : `${via}, ${value}`;
      else if (name === "te") acceptsTrailers ||= /(?:^|,)\s*trailers\s*(?:$|,|;)/i.test(value);
      else if (name === "traceparent") flags = parseTraceparent(value)?.flags ?? null;
      else if (name === "tracestate") state += `tracestate: ${value}\r\n`;
      continue;
    }
    if (replaces && isReplaced(name, edits, mediaType, passDeadline)) continue;
    if (!isLowerToken(name)) return null;
    lines += `${name}: ${value}\r\n`;
  }
  if (nominations.size > 0) lines = withoutLines(lines, nominations);
  if (acceptsTrailers) lines += "te: trailers\r\n";
  lines += viaLine(via, exchange.httpVersion, settings.via);
  lines += forwardedLines(exchange, settings.forwarded);
  // The state of a trace that was not taken over says nothing about this one (Trace Context §3.3).
  if (flags !== null && !nominations.has("tracestate")) lines += state;
  lines += `traceparent: ${formatTraceparent(exchange.traceId, spanId, flags ?? ownFlags(exchange))}\r\n`;
  if (mediaType !== null) lines += `content-type: ${mediaType}\r\n`;
  return edits === null ? lines : withEdits(lines, edits, passDeadline);
}

/** What the program set, in place of whatever stands in `lines`. Null: a name is no token. */
function withEdits(lines: string, edits: Edits, passDeadline: boolean): string | null {
  let kept = lines;
  let added = "";
  for (let index = 0; index < edits.length; index++) {
    const { name, value } = edits[index]!;
    // Framing is the client's; a program cannot change it by a header.
    if (name === "host" || isFramingField(name) || (passDeadline && name === DEADLINE_FIELD)) continue;
    // The client's own were left out already.
    if (isWritten(name)) kept = withoutLines(kept, new Set([name]));
    if (value === null || isSetAgain(edits, index)) continue;
    if (!isLowerToken(name)) return null;
    added += `${name}: ${isPlain(value) ? value : toFieldValue(value)}\r\n`;
  }
  return kept + added;
}

function isSetAgain(edits: Edits, index: number): boolean {
  const { name } = edits[index]!;
  for (let later = index + 1; later < edits.length; later++) if (edits[later]!.name === name) return true;
  return false;
}

function withoutLines(lines: string, names: ReadonlySet<string>): string {
  return lines
    .split(/(?<=\r\n)/)
    .filter((line) => !names.has(line.slice(0, line.indexOf(":"))))
    .join("");
}

function isReplaced(name: string, edits: Edits | null, mediaType: string | null, passDeadline: boolean): boolean {
  if (mediaType !== null && (name === "content-type" || name === "content-encoding")) return true;
  if (passDeadline && name === DEADLINE_FIELD) return true;
  if (edits !== null) for (const edit of edits) if (edit.name === name) return true;
  return false;
}

let lastPseudonym = "";
let lastVersion = "";
let lastVia = "";

function viaLine(before: string, version: string, pseudonym: string): string {
  if (before !== "") return `via: ${before}, ${version} ${pseudonym}\r\n`;
  if (pseudonym !== lastPseudonym || version !== lastVersion) {
    lastVia = `via: ${version} ${pseudonym}\r\n`;
    lastPseudonym = pseudonym;
    lastVersion = version;
  }
  return lastVia;
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
    case 10:
      return name === "tracestate" || isFramingField(name);
    case 11:
      return name === "traceparent";
    case 19:
      return name === "proxy-authorization" || isForwardedField(name);
    default:
      return isFramingField(name) || isForwardedField(name);
  }
}

/** Whether this side writes such a field, or takes it over from the client in a form of its own. */
function isWritten(name: string): boolean {
  return isDropped(name) || name === "content-type";
}

/** Trace flags of a trace that begins here. */
const SAMPLED = "01";
const UNSAMPLED = "00";

function ownFlags({ unsampled }: Pick<Exchange, "unsampled">): string {
  return unsampled ? UNSAMPLED : SAMPLED;
}

/** A client cannot have these taken away by nominating them in Connection. */
const PROTECTED = new Set(["authorization", "cookie", "content-type", "content-encoding", "cache-control", "range"]);
const NO_NAMES: ReadonlySet<string> = new Set();

function nominated(value: string, before: ReadonlySet<string>): ReadonlySet<string> {
  // What nearly everybody sends nominates nothing.
  if (value === "keep-alive" || value === "close") return before;
  const names = new Set(before);
  for (const part of value.split(",")) {
    const name = part.trim().toLowerCase();
    if (name !== "" && !PROTECTED.has(name)) names.add(name);
  }
  return names;
}

/** Milliseconds in which the answer is waited for, where the service is to know. */
export const DEADLINE_FIELD = "x-request-timeout-ms";

/** The sampling flags that the client sent; where it sent none, those of a trace that begins here. */
export function traceFlags(exchange: Pick<Exchange, "headers" | "unsampled">): string {
  const { headers } = exchange;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === "traceparent") return parseTraceparent(headers[index + 1]!)?.flags ?? ownFlags(exchange);
  }
  return ownFlags(exchange);
}
