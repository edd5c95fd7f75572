/**
 * Who asked, told to the next hop: X-Forwarded-* and Forwarded (RFC 7239). What an untrusted peer claims is dropped; what a trusted
 * proxy in front says is kept and added to. Both families always say the same.
 */
import type { Exchange, Headers } from "./exchange.ts";
import { fieldLines } from "./fields.ts";
import { formatForwarded, parseForwarded } from "./forwarded.ts";
import { forwardedFor } from "./proxies.ts";

export type ForwardedMode = "x-forwarded" | "forwarded" | "both" | "none";

/** Names that a request never brings through: `pushForwarded` alone writes them. */
export function isForwardedField(name: string): boolean {
  if (name.length < 9) return false;
  const first = name.charCodeAt(0);
  if (first === 0x66) return name === "forwarded";
  return first === 0x78 && (name === "x-real-ip" || name.startsWith("x-forwarded-"));
}

// Requests come in runs from one peer through one host: comparing is all it costs.
let lastPeer = "";
let lastHost = "";
let lastSecure = false;
let lastMode: ForwardedMode = "none";
let lastLines = "";

/** The fields for `mode` as lines, each with its end. */
export function forwardedLines(exchange: Exchange, mode: ForwardedMode): string {
  if (mode === "none") return "";
  if (exchange.peerTrusted) return linesOf(exchange, mode);
  const { peer, host, secure } = exchange;
  if (peer !== lastPeer || host !== lastHost || secure !== lastSecure || mode !== lastMode) {
    lastLines = linesOf(exchange, mode);
    lastPeer = peer;
    lastHost = host;
    lastSecure = secure;
    lastMode = mode;
  }
  return lastLines;
}

function linesOf(exchange: Exchange, mode: ForwardedMode): string {
  const headers: Headers = [];
  pushForwarded(headers, exchange, mode);
  return fieldLines(headers);
}

/** Appends the fields for `mode` to `headers`, in which none of them may stand yet. */
export function pushForwarded(headers: Headers, exchange: Exchange, mode: ForwardedMode): void {
  if (mode === "none") return;
  const { peer, host } = exchange;
  const scheme = exchange.secure ? "https" : "http";
  if (!exchange.peerTrusted) {
    if (mode !== "forwarded") {
      headers.push("x-forwarded-for", peer, "x-forwarded-proto", scheme, "x-forwarded-host", host);
    }
    if (mode !== "x-forwarded") headers.push("forwarded", formatForwarded(peer, host, exchange.secure));
    return;
  }
  const chain = forwardedFor(exchange.headers);
  const original = originalHost(exchange.headers) ?? host;
  if (mode !== "forwarded") {
    headers.push("x-forwarded-for", [...chain, peer].join(", "));
    headers.push("x-forwarded-proto", scheme, "x-forwarded-host", original);
  }
  if (mode !== "x-forwarded") {
    const before = standardChain(exchange.headers) ?? chain.map((hop) => formatForwarded(hop, "", null)).join(", ");
    const own = formatForwarded(peer, host, exchange.secure);
    headers.push("forwarded", before === "" ? own : `${before}, ${own}`);
  }
}

/** The Forwarded field as it came, its lines joined; null where there is none or it is malformed. */
function standardChain(headers: Headers): string | null {
  let chain: string | null = null;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== "forwarded") continue;
    const value = headers[index + 1]!;
    if (parseForwarded(value) === null) return null;
    chain = chain === null ? value : `${chain}, ${value}`;
  }
  return chain;
}

/** The host the client asked for, as the proxies in front say. */
function originalHost(headers: Headers): string | undefined {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === "x-forwarded-host") return headers[index + 1];
    if (headers[index] !== "forwarded") continue;
    const first = parseForwarded(headers[index + 1]!)?.[0];
    if (first?.host !== undefined) return first.host;
  }
  return undefined;
}
