/** Who the client is, where trusted proxies stand in between, and what they said about the request (RFC 7239, X-Forwarded-*). */
import { inAnyNetwork, ipFromText } from "../../../runtime/value/index.ts";
import { allHeaders, firstHeader } from "./headers.ts";
import type { InterpretedRequest } from "./world.ts";

export interface Client {
  readonly address: string;
  readonly secure: boolean;
  /** The hops that a trusted peer reports, the client first; empty for any other peer. */
  readonly chain: readonly string[];
  /** The host that was asked for first. */
  readonly host: string;
  /** The `Forwarded` lines of a trusted peer; null: none, or malformed. */
  readonly forwarded: string | null;
}

export function clientOf(request: InterpretedRequest, trusted: readonly string[]): Client {
  const peer = ipFromText(request.address) ?? request.address;
  const { headers, secure, host } = request;
  if (!inAnyNetwork(peer, trusted)) return { address: peer, secure, chain: [], host, forwarded: null };
  const elements = forwardedElements(allHeaders(headers, "forwarded").join(", "));
  const legacy = allHeaders(headers, "x-forwarded-for").flatMap((line) => line.split(",").map(nodeAddress));
  // The standard field wins where both came.
  const chain = elements === null ? legacy : elements.map((element) => nodeAddress(element.get("for") ?? ""));
  const proto =
    allHeaders(headers, "x-forwarded-proto").join(",").split(",").at(-1)?.trim() || elements?.at(-1)?.get("proto");
  return {
    address: clientAddress(peer, chain, trusted),
    secure: proto === undefined ? secure : proto.toLowerCase() === "https",
    chain,
    host: firstHeader(headers, "x-forwarded-host") ?? elements?.[0]?.get("host") ?? host,
    forwarded: elements === null ? null : allHeaders(headers, "forwarded").join(", "),
  };
}

/**
 * Read from the right: each entry was written by the hop after it, so it is believed as long as that hop is trusted. An
 * entry that is no address ends the walk.
 */
function clientAddress(peer: string, chain: readonly string[], trusted: readonly string[]): string {
  let address = peer;
  for (const hop of [...chain].reverse()) {
    if (!inAnyNetwork(address, trusted)) break;
    const before = ipFromText(hop);
    if (before === undefined) break;
    address = before;
  }
  return address;
}

/** Without quotes, brackets and port. */
function nodeAddress(text: string): string {
  const bare = text.trim().replace(/^"(.*)"$/, "$1");
  const bracketed = /^\[([^\]]*)\]/.exec(bare);
  if (bracketed !== null) return bracketed[1] ?? "";
  return /^[^:]*:[^:]*$/.test(bare) ? (bare.split(":", 1)[0] ?? "") : bare;
}

/** RFC 7239 §4: elements separated by commas, each of `name=value` pairs; null where there are none or one is malformed. */
function forwardedElements(text: string): Map<string, string>[] | null {
  if (text.trim() === "") return null;
  const elements: Map<string, string>[] = [];
  for (const part of text.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? []) {
    const element = new Map<string, string>();
    for (const pair of part.match(/(?:[^;"]|"(?:[^"\\]|\\.)*")+/g) ?? []) {
      const [, name, token, quoted] = /^\s*([\w!#$%&'*+.^`|~-]+)=(?:([\w!#$%&'*+.^`|~-]+)|"(.*)")\s*$/.exec(pair) ?? [];
      if (name === undefined) return null;
      element.set(name.toLowerCase(), token ?? (quoted ?? "").replace(/\\(.)/g, "$1"));
    }
    elements.push(element);
  }
  return elements;
}
