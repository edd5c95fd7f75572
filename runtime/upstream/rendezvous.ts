/**
 * Consistent hashing by rendezvous (highest random weight, with weights after Schindelhauer and Schomaker): every endpoint draws a lot
 * for the key and the best one has it. An endpoint that goes takes only its own keys along; one that comes takes its share.
 */
import type { Endpoint } from "./endpoint.ts";
import type { Strategy } from "./strategy.ts";

/** 32 bits of a text, the same in every thread and after every start (FNV-1a, with the mixing of MurmurHash3 behind it). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mix(hash);
}

function mix(given: number): number {
  let hash = given;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

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
      const lot = (mix(hash ^ endpoint.seed) + 0.5) / 2 ** 32;
      const score = -endpoint.weight / Math.log(lot);
      if (score <= highest) continue;
      best = endpoint;
      highest = score;
    }
    return best;
  }
}
