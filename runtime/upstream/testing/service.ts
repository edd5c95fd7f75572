/** Services and the options of a request, with the defaults that tests vary. */
import type { ForwardOptions, ServiceConfiguration } from "../../abi.ts";
import { UpstreamCounterSet } from "../../observe/upstream-counters.ts";
import { ownSurroundings, type Surroundings } from "../surroundings.ts";
import { createService, type UpstreamService } from "../service.ts";

export function serviceOf(
  endpoints: string | readonly string[],
  changes: Partial<ServiceConfiguration> = {},
  surroundings: Partial<Surroundings> = {},
  counters: UpstreamCounterSet = new UpstreamCounterSet(),
): UpstreamService {
  const configuration: ServiceConfiguration = {
    name: "orders",
    endpoints: typeof endpoints === "string" ? [endpoints] : endpoints,
    balance: "least_requests",
    timeout: 5000,
    connectTimeout: 2000,
    idle: 5000,
    connections: 16,
    answerLimit: 1_000_000,
    preserveHost: false,
    ...changes,
  };
  const all = { ...ownSurroundings(), ...surroundings };
  return createService(configuration, { via: "vgw", forwarded: "none" }, counters, undefined, all);
}

export function forwarding(changes: Partial<ForwardOptions> = {}): ForwardOptions {
  return {
    target: "/",
    edits: null,
    body: null,
    timeout: null,
    deadline: null,
    bodyLimit: 1e9,
    answer: null,
    ...changes,
  };
}
