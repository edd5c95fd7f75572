/**
 * Consistent hashing by rendezvous (highest random weight, with weights after Schindelhauer and Schomaker): every endpoint draws a lot
 * for the key and the best one has it. An endpoint that goes takes only its own keys along; one that comes takes its share.
 */
import { hashText, mixed } from "../value/hash-text.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Strategy } from "./strategy.ts";

export class Rendezvous implements Strategy {
  readonly #keyless: Strategy;

  /** `keyless` chooses for requests without a key. */
  constructor(keyless: Strategy) {
    this.#keyless = keyless;
  }

  /** Where the best is full the key goes to the second, so that one key in great demand does not wait while others idle. */
  choose(endpoints: readonly Endpoint[], limit: number, key: string | null): Endpoint | null {
    if (key === null) return this.#keyless.choose(endpoints, limit, null);
    const hash = hashText(key);
    let best: Endpoint | null = null;
    let highest = 0;
    for (const endpoint of endpoints) {
      if (endpoint.inFlight >= limit) continue;
      const lot = (mixed(hash ^ endpoint.seed) + 0.5) / 2 ** 32;
      const score = -endpoint.weight / Math.log(lot);
      if (score <= highest) continue;
      best = endpoint;
      highest = score;
    }
    return best;
  }
}
