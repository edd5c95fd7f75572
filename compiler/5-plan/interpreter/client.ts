/** Who the client is, where trusted proxies stand in between. */
import { inAnyNetwork, ipFromText } from "../../../runtime/value/index.ts";
import { allHeaders } from "./headers.ts";
import type { InterpretedRequest } from "./world.ts";

/**
 * X-Forwarded-For read from the right: each entry was written by the hop after it, so it is believed as long as that hop
 * is trusted. An entry that is no address ends the walk.
 */
export function clientAddress(request: InterpretedRequest, trusted: readonly string[]): string {
  let address = ipFromText(request.address) ?? request.address;
  const hops = allHeaders(request.headers, "x-forwarded-for").flatMap((line) => line.split(","));
  for (const hop of hops.reverse()) {
    if (!inAnyNetwork(address, trusted)) break;
    const before = ipFromText(hop.trim());
    if (before === undefined) break;
    address = before;
  }
  return address;
}
