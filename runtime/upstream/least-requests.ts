/** Least requests: the fewest attempts under way, in all threads, for its weight. */
import type { Endpoint } from "./endpoint.ts";
import { least, type Random } from "./least.ts";
import type { Strategy } from "./strategy.ts";

/** One more than are under way, so that weights count for idle endpoints too. */
function cost(endpoint: Endpoint): number {
  return (endpoint.load + 1) / endpoint.weight;
}

export class LeastRequests implements Strategy {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  choose(endpoints: readonly Endpoint[], limit: number): Endpoint | null {
    return least(endpoints, limit, this.#random, cost);
  }
}
