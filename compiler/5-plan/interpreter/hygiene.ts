/**
 * What a gateway must take out of and put into a message that it passes on (RFC 9110 §7.6, RFC 7239). Written from the
 * RFCs for one whole message; the runtime has its own form for its own representation.
 */
import type { Client } from "./client.ts";
import { allHeaders, filterHeaders } from "./headers.ts";
import type { InterpretedRequest } from "./world.ts";

/** Fields about this connection only (RFC 9110 §7.6.1). */
const HOP_BY_HOP = new Set("connection keep-alive proxy-connection te trailer transfer-encoding upgrade".split(" "));

/** Fields that a `Connection` header may not take away: others rely on them, or the gateway itself writes them. */
const PROTECTED = new Set(
  "host content-length content-type content-encoding content-range authorization cookie set-cookie via forwarded cache-control vary etag range".split(
    " ",
  ),
);

function nominated(headers: readonly string[]): Set<string> {
  const names = allHeaders(headers, "connection").flatMap((value) => value.split(","));
  const result = new Set<string>();
  for (const name of names.map((text) => text.trim().toLowerCase())) {
    if (!PROTECTED.has(name) && !name.startsWith("x-forwarded-")) result.add(name);
  }
  return result;
}

/** Both directions. The body's framing is the next hop's own, so a length goes too. */
function withoutHop(headers: readonly string[]): string[] {
  const named = nominated(headers);
  return filterHeaders(headers, (name) => !HOP_BY_HOP.has(name) && !named.has(name));
}

export interface ForwardSettings {
  readonly via: string;
  readonly forwarded: "x-forwarded" | "forwarded" | "both" | "none";
  readonly client: Client;
  readonly preserveHost: boolean;
}

export function requestHeaders(request: InterpretedRequest, settings: ForwardSettings): string[] {
  const { headers } = request;
  const trailers = allHeaders(headers, "te").some((value) =>
    value.split(",").some((item) => item.trim().toLowerCase() === "trailers"),
  );
  const kept = filterHeaders(withoutHop(headers), (name) => {
    if (name === "host" || name === "content-length" || name === "expect" || name === "via") return false;
    if (name === "proxy-authorization" || name === "x-real-ip") return false;
    return name !== "forwarded" && !name.startsWith("x-forwarded-");
  });
  if (trailers) kept.push("te", "trailers");
  if (settings.preserveHost) kept.push("host", request.host);
  kept.push("via", [...allHeaders(headers, "via"), `1.1 ${settings.via}`].join(", "));
  kept.push(...originOf(request, settings));
  return kept;
}

/**
 * Who asked, for the upstream. What an untrusted peer claims about it is dropped, never passed on; what a trusted one says is
 * continued, and both families say the same.
 */
function originOf(request: InterpretedRequest, settings: ForwardSettings): string[] {
  const { forwarded, client } = settings;
  const scheme = client.secure ? "https" : "http";
  const result: string[] = [];
  if (forwarded === "x-forwarded" || forwarded === "both") {
    result.push("x-forwarded-for", [...client.chain, request.address].join(", "));
    result.push("x-forwarded-proto", scheme, "x-forwarded-host", client.host);
  }
  if (forwarded === "forwarded" || forwarded === "both") {
    const before = client.forwarded === null ? client.chain.map((hop) => `for=${node(hop)}`) : [client.forwarded];
    // RFC 7239 §4: a value that is no token, such as a host with a port, must be quoted.
    const host = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(request.host) ? request.host : `"${request.host}"`;
    result.push("forwarded", [...before, `for=${node(request.address)};host=${host};proto=${scheme}`].join(", "));
  }
  return result;
}

/** RFC 7239 §6: an IPv6 address stands in brackets, which must be quoted. */
function node(address: string): string {
  return address.includes(":") ? `"[${address}]"` : address;
}

/** Towards the client. A gateway may name itself in `Via` there too (RFC 9110 §7.6.3); this one does not. */
export function answerHeaders(headers: readonly string[]): string[] {
  return filterHeaders(withoutHop(headers), (name) => name !== "content-length" && name !== "proxy-authenticate");
}
