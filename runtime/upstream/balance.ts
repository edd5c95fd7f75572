/** Chooses the endpoint with the fewest requests in flight; keeps what finds all of them full waiting in order. */
import type { Endpoint } from "./endpoint.ts";

/** Up to so many endpoints all are looked at; above, two that are drawn at random (Mitzenmacher's two choices). */
export const FULL_SCAN_LIMIT = 64;

export type Random = () => number;

/** Null: every endpoint looked at has `limit` requests in flight. Ties are broken at random. */
export function leastRequests(endpoints: readonly Endpoint[], limit: number, random: Random): Endpoint | null {
  const count = endpoints.length;
  if (count === 1) return endpoints[0]!.inFlight < limit ? endpoints[0]! : null;
  if (count > FULL_SCAN_LIMIT) return fewerOfTwo(endpoints, limit, random) ?? scan(endpoints, limit, random);
  return scan(endpoints, limit, random);
}

function fewerOfTwo(endpoints: readonly Endpoint[], limit: number, random: Random): Endpoint | null {
  const first = Math.floor(random() * endpoints.length);
  // The second is drawn from the others, so that the two are distinct.
  const second = (first + 1 + Math.floor(random() * (endpoints.length - 1))) % endpoints.length;
  const one = endpoints[first]!;
  const other = endpoints[second]!;
  const chosen = one.inFlight <= other.inFlight ? one : other;
  return chosen.inFlight < limit ? chosen : null;
}

function scan(endpoints: readonly Endpoint[], limit: number, random: Random): Endpoint | null {
  let best: Endpoint | null = null;
  let fewest = limit;
  let ties = 0;
  for (const endpoint of endpoints) {
    if (endpoint.inFlight < fewest) {
      best = endpoint;
      fewest = endpoint.inFlight;
      ties = 1;
    } else if (endpoint.inFlight === fewest && best !== null) {
      // Each of n equals ends up chosen with probability 1/n.
      ties++;
      if (random() * ties < 1) best = endpoint;
    }
  }
  return best;
}

/** Something that waits for an endpoint with room. */
export interface Waiting {
  granted(endpoint: Endpoint): void;
}

/** Hands out endpoints; `release` gives one back and serves whoever waits longest. */
export class Balancer {
  readonly endpoints: readonly Endpoint[];
  readonly #limit: number;
  readonly #random: Random;
  /** In order of arrival; as long as the connections are many, so that no wait is longer than about two requests. */
  readonly #waiting = new Set<Waiting>();
  readonly #waitingLimit: number;
  #serving = false;
  #whenIdle: (() => void) | null = null;

  constructor(endpoints: readonly Endpoint[], limit: number, random: Random = Math.random) {
    this.endpoints = endpoints;
    this.#limit = limit;
    this.#random = random;
    this.#waitingLimit = limit * endpoints.length;
  }

  /** The endpoint to use now; "waiting": `granted` follows unless `leave` is called; null: too many wait already. */
  acquire(waiting: Waiting): Endpoint | "waiting" | null {
    if (this.#waiting.size === 0) {
      const endpoint = leastRequests(this.endpoints, this.#limit, this.#random);
      if (endpoint !== null) {
        endpoint.inFlight++;
        return endpoint;
      }
    }
    if (this.#waiting.size >= this.#waitingLimit) return null;
    this.#waiting.add(waiting);
    return "waiting";
  }

  leave(waiting: Waiting): void {
    this.#waiting.delete(waiting);
  }

  release(endpoint: Endpoint): void {
    endpoint.inFlight--;
    if (this.#whenIdle !== null && this.inFlight === 0 && this.#waiting.size === 0) this.#whenIdle();
    if (this.#waiting.size === 0 || this.#serving) return;
    this.#serving = true;
    // Not within the event that ended a request: a burst of failures would recurse through the whole queue.
    queueMicrotask(() => {
      this.#serving = false;
      this.#serve();
    });
  }

  /** Resolves when nothing is in flight and nothing waits. */
  async idle(): Promise<void> {
    if (this.inFlight === 0 && this.#waiting.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
    });
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get inFlight(): number {
    let sum = 0;
    for (const endpoint of this.endpoints) sum += endpoint.inFlight;
    return sum;
  }

  #serve(): void {
    for (const waiting of this.#waiting) {
      const endpoint = leastRequests(this.endpoints, this.#limit, this.#random);
      if (endpoint === null) return;
      this.#waiting.delete(waiting);
      endpoint.inFlight++;
      waiting.granted(endpoint);
    }
  }
}
