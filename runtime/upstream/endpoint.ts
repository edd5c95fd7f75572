/** One endpoint of a service: its address, its client and the number of requests it is working on. */
import type { ServiceConfiguration } from "../abi.ts";
import type { EndpointCounters, UpstreamCounterSet } from "../observe/upstream-counters.ts";
import type { CreateUpstreamClient, UpstreamClient } from "./client.ts";

export class Endpoint {
  /** Host, with the port unless it is the scheme's: goes out as Host, and into logs and metrics. */
  readonly authority: string;
  /** Path put before each target, without a slash at its end; mostly "". */
  readonly basePath: string;
  readonly client: UpstreamClient;
  readonly counters: EndpointCounters;
  inFlight = 0;

  constructor(
    address: string,
    configuration: ServiceConfiguration,
    counters: UpstreamCounterSet,
    createClient: CreateUpstreamClient,
  ) {
    const url = new URL(address);
    this.authority = url.host;
    this.basePath = url.pathname.replace(/\/+$/, "");
    this.counters = counters.of(configuration.name, this.authority);
    this.client = createClient({
      origin: url.origin,
      connections: configuration.connections,
      connectTimeout: configuration.connectTimeout,
      keepAlive: configuration.idle,
    });
  }
}
