/** Which addresses only this machine can reach, and which requests a browser's page could not have made. */
import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

export function isLoopback(address: string): boolean {
  if (address === "localhost") return true;
  const family = isIP(address);
  return family !== 0 && LOOPBACK.check(address, family === 4 ? "ipv4" : "ipv6");
}

/**
 * False for what a page in a browser could send to a listener that trusts its machine: a request with `Origin`, or one under
 * a name that merely resolves to this machine (DNS rebinding).
 */
export function originAllowed(request: IncomingMessage): boolean {
  if (request.headers.origin !== undefined) return false;
  const host = /^(?:\[([^\]]+)\]|([^:]*))(?::\d+)?$/.exec(request.headers.host ?? "");
  return isLoopback(host?.[1] ?? host?.[2] ?? "");
}
