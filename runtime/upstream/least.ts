/** Takes the endpoint with the least of some cost: all are looked at where they are few, else the better of two drawn ones. */
import type { Endpoint } from "./endpoint.ts";

/** Up to so many endpoints all are looked at; above, two that are drawn at random (Mitzenmacher's two choices). */
export const FULL_SCAN_LIMIT = 64;

export type Random = () => number;
export type Cost = (endpoint: Endpoint) => number;

/** Null: every endpoint has `limit` attempts under way. Ties are broken at random. */
export function least(endpoints: readonly Endpoint[], limit: number, random: Random, cost: Cost): Endpoint | null {
  const count = endpoints.length;
  if (count === 1) return endpoints[0]!.inFlight < limit ? endpoints[0]! : null;
  if (count > FULL_SCAN_LIMIT)
    return betterOfTwo(endpoints, limit, random, cost) ?? scan(endpoints, limit, random, cost);
  return scan(endpoints, limit, random, cost);
}

function betterOfTwo(endpoints: readonly Endpoint[], limit: number, random: Random, cost: Cost): Endpoint | null {
  const first = Math.floor(random() * endpoints.length);
  // The second is drawn from the others, so that the two are distinct.
  const second = (first + 1 + Math.floor(random() * (endpoints.length - 1))) % endpoints.length;
  const one = endpoints[first]!;
  const other = endpoints[second]!;
  const chosen = cost(one) <= cost(other) ? one : other;
  return chosen.inFlight < limit ? chosen : null;
}

function scan(endpoints: readonly Endpoint[], limit: number, random: Random, cost: Cost): Endpoint | null {
  let best: Endpoint | null = null;
  let lowest = Number.POSITIVE_INFINITY;
  let ties = 0;
  for (const endpoint of endpoints) {
    if (endpoint.inFlight >= limit) continue;
    const price = cost(endpoint);
    if (price < lowest || best === null) {
      best = endpoint;
      lowest = price;
      ties = 1;
    } else if (price === lowest) {
      // Each of n equals ends up chosen with probability 1/n.
      ties++;
      if (random() * ties < 1) best = endpoint;
    }
  }
  return best;
}
