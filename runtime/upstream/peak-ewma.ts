/**
 * Latency: the lowest of peak-EWMA × (attempts under way + 1), after Finagle. A sample above the mean replaces it, one below lets it
 * decay; it decays too while nobody asks, so that an endpoint that was slow is tried again. Attempts under way count over
 * all threads, because latency alone herds.
 */
import type { Endpoint } from "./endpoint.ts";
import { least, type Random } from "./least.ts";
import type { Strategy } from "./strategy.ts";

/** Milliseconds after which a sample has lost two thirds of its weight. */
const DECAY = 10_000;
/** What an endpoint is taken for before it has answered. */
const UNKNOWN = 30;
/** What a refusal counts as, however fast it came: else errors would look like the best of answers. */
export const PENALTY = 5_000;
/** Below this, endpoints count as equally fast. */
const FLOOR = 0.01;

/** The moving mean of one endpoint, per thread. */
export class LatencyMean {
  #mean = -1;
  #at = 0;

  observe(milliseconds: number, refused: boolean, now: number): void {
    const sample = refused ? Math.max(milliseconds, PENALTY) : milliseconds;
    const before = this.#mean;
    if (before < 0 || sample > before) this.#mean = sample;
    else {
      const kept = Math.exp(-(now - this.#at) / DECAY);
      this.#mean = before * kept + sample * (1 - kept);
    }
    this.#at = now;
  }

  /** A sample of which only the lower end is known. */
  atLeast(milliseconds: number, now: number): void {
    if (milliseconds > this.at(now)) this.observe(milliseconds, false, now);
  }

  at(now: number): number {
    if (this.#mean < 0) return UNKNOWN;
    return Math.max(FLOOR, this.#mean * Math.exp(-(now - this.#at) / DECAY));
  }
}

export class PeakEwma implements Strategy {
  readonly #now: () => number;
  readonly #random: Random;
  #moment = 0;

  constructor(now: () => number, random: Random) {
    this.#now = now;
    this.#random = random;
  }

  choose(endpoints: readonly Endpoint[], limit: number): Endpoint | null {
    this.#moment = this.#now();
    return least(endpoints, limit, this.#random, this.#cost);
  }

  readonly #cost = (endpoint: Endpoint): number => {
    return (endpoint.latency.at(this.#moment) * (endpoint.load + 1)) / endpoint.weight;
  };
}
