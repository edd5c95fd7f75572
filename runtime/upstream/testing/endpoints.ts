/** Endpoints without anything behind them, for tests of who chooses. */
import type { ServiceConfiguration } from "../../abi.ts";
import { UpstreamCounterSet } from "../../observe/upstream-counters.ts";
import { Endpoint } from "../endpoint.ts";
import { createHttp1Client } from "../http1/index.ts";
import { ownSurroundings, type Surroundings } from "../surroundings.ts";

/** One endpoint with so many attempts under way for each of the counts. */
export function endpointsOf(
  inFlight: readonly number[],
  surroundings: Partial<Surroundings> = {},
  weights: readonly number[] = inFlight.map(() => 1),
  changes: Partial<ServiceConfiguration> = {},
): Endpoint[] {
  const configuration: ServiceConfiguration = {
    name: "s",
    endpoints: inFlight.map((_, index) => `http://10.0.0.${index % 256}:80`),
    weights,
    balance: "least_requests",
    timeout: 1000,
    connectTimeout: 1000,
    idle: 1000,
    connections: 1,
    answerLimit: 1000,
    preserveHost: false,
    ...changes,
  };
  const counters = new UpstreamCounterSet();
  const all = { ...ownSurroundings(), ...surroundings };
  return inFlight.map((count, index) => {
    const endpoint = new Endpoint(configuration, index, counters, createHttp1Client, all);
    for (let round = 0; round < count; round++) endpoint.enter();
    return endpoint;
  });
}

/** A generator of its own (Lehmer's), so that a test always sees the same numbers. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
