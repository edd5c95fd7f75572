/** Trusted proxies in front: whose word about the client's address and scheme is believed (RFC 7239, X-Forwarded-*). */
import { BlockList, isIP } from "node:net";
import { parseForwarded } from "./forwarded.ts";
import type { Headers } from "./exchange.ts";

export class Proxies {
  readonly #trusted: BlockList | null;

  /** Addresses and CIDRs; a malformed one throws a RangeError. */
  constructor(networks: readonly string[]) {
    this.#trusted = networks.length === 0 ? null : new BlockList();
    for (const network of networks) this.#add(network);
  }

  #add(network: string): void {
    const [address = "", bits] = network.split("/");
    const family = isIP(address);
    const prefix = bits === undefined ? (family === 4 ? 32 : 128) : Number(bits);
    if (family === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > (family === 4 ? 32 : 128)) {
      throw new RangeError(`${network} is not an address or a CIDR`);
    }
    this.#trusted?.addSubnet(address, prefix, family === 4 ? "ipv4" : "ipv6");
  }

  trusts(address: string): boolean {
    if (this.#trusted === null) return false;
    const family = isIP(address);
    return family !== 0 && this.#trusted.check(address, family === 4 ? "ipv4" : "ipv6");
  }

  /** The right-most address that no trusted proxy stands behind; the left-most is anybody's claim. */
  clientAddress(peer: string, headers: Headers): string {
    if (this.#trusted === null || !this.trusts(peer)) return peer;
    const hops = forwardedFor(headers);
    let client = peer;
    for (let index = hops.length - 1; index >= 0; index--) {
      const hop = hops[index]!;
      if (isIP(hop) === 0) return client;
      client = hop;
      if (!this.trusts(hop)) return client;
    }
    return client;
  }

  /** Whether a trusted peer says that the client came over TLS. */
  saysSecure(peer: string, headers: Headers): boolean {
    if (this.#trusted === null || !this.trusts(peer)) return false;
    for (let index = headers.length - 2; index >= 0; index -= 2) {
      const name = headers[index];
      if (name === "x-forwarded-proto") return lastItem(headers[index + 1]!).toLowerCase() === "https";
      if (name === "forwarded") {
        const elements = parseForwarded(headers[index + 1]!);
        const proto = elements?.[elements.length - 1]?.proto;
        if (proto !== undefined) return proto.toLowerCase() === "https";
      }
    }
    return false;
  }
}

/** Left to right. Forwarded wins where both families came, as it is the standard one. */
export function forwardedFor(headers: Headers): string[] {
  const standard: string[] = [];
  const legacy: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index];
    if (name === "forwarded") {
      for (const element of parseForwarded(headers[index + 1]!) ?? []) standard.push(nodeAddress(element.for ?? ""));
    } else if (name === "x-forwarded-for") {
      for (const hop of headers[index + 1]!.split(",")) legacy.push(nodeAddress(hop.trim()));
    }
  }
  return standard.length > 0 ? standard : legacy;
}

/** "192.0.2.1:80", "[2001:db8::1]:80" and "[2001:db8::1]" without brackets and port. */
export function nodeAddress(node: string): string {
  if (node.startsWith("[")) return node.slice(1, node.indexOf("]"));
  const colon = node.indexOf(":");
  return colon !== -1 && colon === node.lastIndexOf(":") ? node.slice(0, colon) : node;
}

function lastItem(list: string): string {
  return list.slice(list.lastIndexOf(",") + 1).trim();
}
