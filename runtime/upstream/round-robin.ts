/**
 * Round robin by weight, smoothly: of weights 3 and 1 the order is a a b a, not a a a b. Each turn everyone earns its weight, the
 * richest is chosen and pays what all have earned.
 */
import type { Endpoint } from "./endpoint.ts";
import type { Random } from "./least.ts";
import type { Strategy } from "./strategy.ts";

export class RoundRobin implements Strategy {
  readonly #credit = new WeakMap<Endpoint, number>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  choose(endpoints: readonly Endpoint[], limit: number): Endpoint | null {
    let chosen: Endpoint | null = null;
    let most = Number.NEGATIVE_INFINITY;
    let earned = 0;
    for (const endpoint of endpoints) {
      // One that is full does not save up for later.
      if (endpoint.inFlight >= limit) continue;
      // Threads begin at different places, or all of them would go round in step.
      const credit = (this.#credit.get(endpoint) ?? this.#random() * endpoint.weight) + endpoint.weight;
      this.#credit.set(endpoint, credit);
      earned += endpoint.weight;
      if (credit <= most) continue;
      chosen = endpoint;
      most = credit;
    }
    if (chosen !== null) this.#credit.set(chosen, most - earned);
    return chosen;
  }
}
