/** How a service's requests are spread: one object per service and thread, asked for each attempt. */
import type { ServiceConfiguration } from "../abi.ts";
import type { Endpoint } from "./endpoint.ts";
import { LeastRequests } from "./least-requests.ts";
import { PeakEwma } from "./peak-ewma.ts";
import { Rendezvous } from "./rendezvous.ts";
import { RoundRobin } from "./round-robin.ts";
import type { Surroundings } from "./surroundings.ts";

export interface Strategy {
  /**
   * One of the endpoints (never none of them) that has fewer than `limit` attempts of this thread under way; null: all are full.
   * `key`: what requests that belong together have in common; null: nothing.
   */
  choose(endpoints: readonly Endpoint[], limit: number, key: string | null): Endpoint | null;
}

export function strategyOf(balance: ServiceConfiguration["balance"], { now, random }: Surroundings): Strategy {
  switch (balance) {
    case "least_requests":
      return new LeastRequests(random);
    case "round_robin":
      return new RoundRobin(random);
    case "latency":
      return new PeakEwma(now, random);
    case "hash":
      return new Rendezvous(new LeastRequests(random));
  }
}
