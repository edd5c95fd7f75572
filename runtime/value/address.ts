/**
 * IP addresses and networks. Canonical text: dotted decimal for IPv4, RFC 5952 for IPv6; an IPv4-mapped IPv6 address
 * (::ffff:1.2.3.4) is the IPv4 address. A network has the bits behind its prefix at zero.
 */
import type { Failure } from "../failure.ts";
import { invalidText } from "./convert.ts";

/** Four or sixteen bytes. */
type Bytes = readonly number[];

function bytesOfV4(text: string): Bytes | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  // No leading zeros: some programs read them as octal.
  if (!parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.map(Number);
}

function bytesOfV6(text: string): Bytes | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const bytes = groups.map((half, index) => {
    const isEnd = index === groups.length - 1;
    return half.flatMap((group, at) => {
      if (isEnd && at === half.length - 1 && group.includes(".")) return bytesOfV4(group) ?? [Number.NaN];
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return [Number.NaN];
      const value = Number.parseInt(group, 16);
      return [value >> 8, value & 255];
    });
  });
  const [head = [], tail = []] = bytes;
  if ([...head, ...tail].some(Number.isNaN)) return undefined;
  if (halves.length === 1) return head.length === 16 ? head : undefined;
  // "::" stands for at least one group.
  const missing = 16 - head.length - tail.length;
  return missing < 2 ? undefined : [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function bytesOf(text: string): Bytes | undefined {
  if (!text.includes(":")) return bytesOfV4(text);
  const bytes = bytesOfV6(text);
  if (bytes === undefined) return undefined;
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  return isMapped ? bytes.slice(12) : bytes;
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups (the first of equals) as "::". */
function textOf(bytes: Bytes): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups: number[] = [];
  for (let index = 0; index < 16; index += 2) groups.push(((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0));
  let start = -1;
  let length = 1;
  for (let index = 0; index < 8; index++) {
    let end = index;
    while (end < 8 && groups[end] === 0) end++;
    if (end - index > length) {
      start = index;
      length = end - index;
    }
  }
  const hex = groups.map((group) => group.toString(16));
  return start < 0 ? hex.join(":") : `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}

function keepBits(bytes: Bytes, prefix: number): number[] {
  return bytes.map((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefix - index * 8));
    return byte & (255 << (8 - bits)) & 255;
  });
}

/** Without zone ("%eth0"), port or brackets. */
export function ipFromText(text: string): string | undefined {
  const bytes = bytesOf(text);
  return bytes && textOf(bytes);
}
export function ipFromJson(value: unknown): string | undefined {
  return typeof value === "string" ? ipFromText(value) : undefined;
}
export function parseIp(text: string): string | Failure {
  return ipFromText(text) ?? invalidText("an IP address");
}

/** `address/prefix`; bits behind the prefix must be zero ("10.0.0.1/8" is refused: it says two things). */
export function cidrFromText(text: string): string | undefined {
  const [address = "", length = "", ...more] = text.split("/");
  const bytes = bytesOf(address);
  if (bytes === undefined || more.length > 0 || !/^(0|[1-9][0-9]{0,2})$/.test(length)) return undefined;
  // A mapped address has become IPv4: its prefix counted 96 bits more.
  const prefix = Number(length) - (address.includes(":") && bytes.length === 4 ? 96 : 0);
  if (prefix < 0 || prefix > bytes.length * 8) return undefined;
  return keepBits(bytes, prefix).every((byte, index) => byte === bytes[index])
    ? `${textOf(bytes)}/${prefix}`
    : undefined;
}
export function cidrFromJson(value: unknown): string | undefined {
  return typeof value === "string" ? cidrFromText(value) : undefined;
}
export function parseCidr(text: string): string | Failure {
  return cidrFromText(text) ?? invalidText("a network such as 10.0.0.0/8");
}

/** `ip in cidr`. Never true across families. Both are canonical. */
export function inNetwork(ip: string, cidr: string): boolean {
  const slash = cidr.indexOf("/");
  const network = bytesOf(cidr.slice(0, slash));
  const address = bytesOf(ip);
  if (network === undefined || address === undefined || network.length !== address.length) return false;
  const kept = keepBits(address, Number(cidr.slice(slash + 1)));
  return kept.every((byte, index) => byte === network[index]);
}
/** `ip in [cidr, …]`. */
export function inAnyNetwork(ip: string, networks: readonly string[]): boolean {
  return networks.some((cidr) => inNetwork(ip, cidr));
}
/** The address with its host part at zero: 24 bits of IPv4 and 48 of IPv6 stay. */
export function truncateIp(ip: string): string {
  const bytes = bytesOf(ip);
  return bytes === undefined ? ip : textOf(keepBits(bytes, bytes.length === 4 ? 24 : 48));
}
const PRIVATE: readonly string[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "100.64.0.0/10",
  "::1/128",
  "fc00::/7",
  "fe80::/10",
];
/** Loopback, link-local, shared (RFC 6598) and private (RFC 1918, RFC 4193) addresses. */
export function isPrivateIp(ip: string): boolean {
  return inAnyNetwork(ip, PRIVATE);
}
/** 4 or 6. */
export function ipVersion(ip: string): number {
  return ip.includes(":") ? 6 : 4;
}
