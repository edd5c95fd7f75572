/** Active health checks: asks each endpoint now and then, over a connection of its own, and tells when its state changes. */
import type { ServiceConfiguration } from "../abi.ts";
import type { CreateUpstreamClient, UpstreamAttempt, UpstreamClient, UpstreamSink } from "./client.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Keeper } from "./keeper.ts";
import { upstreamTlsOf } from "./service-tls.ts";
import type { Surroundings } from "./surroundings.ts";

type HealthConfiguration = NonNullable<ServiceConfiguration["health"]>;

/** Part of the time between two checks by which each is early or late, so that gateways do not check in step. */
const JITTER = 0.1;

function nothing(): void {}

export class HealthChecks {
  readonly #checks: readonly EndpointChecks[];

  constructor(
    configuration: ServiceConfiguration,
    endpoints: readonly Endpoint[],
    keeper: Keeper,
    createClient: CreateUpstreamClient,
    { random }: Surroundings,
  ) {
    const { health, endpoints: addresses } = configuration;
    this.#checks = !health
      ? []
      : endpoints.map((endpoint, index) => {
          const client = createClient({
            origin: new URL(addresses[index]!).origin,
            tls: upstreamTlsOf(configuration),
            connections: 1,
            connectTimeout: health.timeout,
            keepAlive: 1,
          });
          return new EndpointChecks(health, endpoint, client, random, (healthy) => keeper.judge(index, healthy));
        });
  }

  start(): void {
    for (const check of this.#checks) check.run();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#checks.map((check) => check.stop()));
  }
}

class EndpointChecks {
  readonly #health: HealthConfiguration;
  readonly #endpoint: Endpoint;
  readonly #client: UpstreamClient;
  readonly #random: () => number;
  readonly #tell: (healthy: boolean) => void;
  #timer: NodeJS.Timeout | null = null;
  #attempt: UpstreamAttempt | null = null;
  /** Checks in a row that ended alike. */
  #row = 0;
  #passed: boolean | null = null;
  #stopped = false;

  constructor(
    health: HealthConfiguration,
    endpoint: Endpoint,
    client: UpstreamClient,
    random: () => number,
    tell: (healthy: boolean) => void,
  ) {
    this.#health = health;
    this.#endpoint = endpoint;
    this.#client = client;
    this.#random = random;
    this.#tell = tell;
  }

  readonly run = (): void => {
    const { timeout, get } = this.#health;
    this.#wait(timeout, () => this.#ended(false));
    const sink: UpstreamSink = {
      informational: nothing,
      data: nothing,
      drain: nothing,
      complete: nothing,
      // The status is all that is asked for; the body may be long.
      head: (status) => this.#ended(status >= 200 && status < 400),
      failed: () => this.#ended(false),
    };
    const { basePath, authority } = this.#endpoint;
    const headers = ["user-agent", "vgw-health", "accept", "*/*"];
    const request = { method: "GET", target: basePath + get, headers, host: authority, body: null, idle: timeout };
    this.#attempt = this.#client.send(request, sink);
  };

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#clear();
    await this.#client.close();
  }

  #ended(passed: boolean): void {
    if (this.#attempt === null) return;
    this.#clear();
    const { counters } = this.#endpoint;
    if (passed) counters.checksPassed++;
    else counters.checksFailed++;
    this.#row = passed === this.#passed ? this.#row + 1 : 1;
    this.#passed = passed;
    if (this.#row >= (passed ? this.#health.healthy : this.#health.unhealthy)) this.#tell(passed);
    if (!this.#stopped) this.#wait(this.#health.every * (1 + JITTER * (2 * this.#random() - 1)), this.run);
  }

  #clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const attempt = this.#attempt;
    this.#attempt = null;
    attempt?.abort();
  }

  #wait(milliseconds: number, then: () => void): void {
    this.#timer = setTimeout(then, milliseconds);
    this.#timer.unref();
  }
}
