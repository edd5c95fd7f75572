/** Hands out a service's endpoints by its strategy; keeps what finds all of them full waiting in order. */
import { PANIC } from "./ejection.ts";
import type { Endpoint } from "./endpoint.ts";
import type { SharedTable } from "./shared-table.ts";
import type { Strategy } from "./strategy.ts";

/** Something that waits for an endpoint with room. */
export interface Waiting {
  /** What requests that belong together have in common; null: nothing. */
  readonly key: string | null;
  /** The endpoint that failed it before: taken only if there is no other. */
  readonly avoid: Endpoint | null;
  granted(endpoint: Endpoint): void;
}

/** Hands out endpoints; `release` gives one back and serves whoever waits longest. */
export class Balancer {
  readonly endpoints: readonly Endpoint[];
  readonly #limit: number;
  readonly #strategy: Strategy;
  readonly #table: SharedTable;
  /** Those that may be asked just now, as of the table's version. */
  #usable: readonly Endpoint[];
  #version = 0;
  /** In order of arrival; as long as the connections are many, so that no wait is longer than about two requests. */
  readonly #waiting = new Set<Waiting>();
  readonly #waitingLimit: number;
  #serving = false;
  #whenIdle: (() => void) | null = null;

  constructor(endpoints: readonly Endpoint[], limit: number, strategy: Strategy, table: SharedTable) {
    this.endpoints = endpoints;
    this.#limit = limit;
    this.#strategy = strategy;
    this.#table = table;
    this.#usable = endpoints;
    this.#waitingLimit = limit * endpoints.length;
  }

  /** The endpoint to use now; "waiting": `granted` follows unless `leave` is called; null: too many wait already. */
  acquire(waiting: Waiting): Endpoint | "waiting" | null {
    if (this.#waiting.size === 0) {
      const endpoint = this.#choose(waiting);
      if (endpoint !== null) {
        endpoint.enter();
        return endpoint;
      }
    }
    if (this.#waiting.size >= this.#waitingLimit) return null;
    this.#waiting.add(waiting);
    return "waiting";
  }

  /**
   * One more for a request that `tried` have already: another with room (where there is but one at all, that one); null: none, or others
   * wait for it. It is to be released like any other.
   */
  spare(key: string | null, tried: readonly Endpoint[]): Endpoint | null {
    if (this.#waiting.size > 0) return null;
    const { usable } = this;
    const others = this.endpoints.length === 1 ? usable : usable.filter((endpoint) => !tried.includes(endpoint));
    const endpoint = others.length === 0 ? null : this.#strategy.choose(others, this.#limit, key);
    endpoint?.enter();
    return endpoint;
  }

  leave(waiting: Waiting): void {
    this.#waiting.delete(waiting);
  }

  release(endpoint: Endpoint): void {
    endpoint.leave();
    if (this.#whenIdle !== null && this.inFlight === 0 && this.#waiting.size === 0) this.#whenIdle();
    if (this.#waiting.size === 0 || this.#serving) return;
    this.#serving = true;
    // Not within the event that ended a request: a burst of failures would recurse through the whole queue.
    queueMicrotask(() => {
      this.#serving = false;
      this.#serve();
    });
  }

  /** Resolves when nothing is in flight and nothing waits. */
  async idle(): Promise<void> {
    if (this.inFlight === 0 && this.#waiting.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
    });
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get inFlight(): number {
    let sum = 0;
    for (const endpoint of this.endpoints) sum += endpoint.inFlight;
    return sum;
  }

  /** Endpoints that get requests just now. */
  get usable(): readonly Endpoint[] {
    if (this.#version !== this.#table.version) this.#refresh();
    return this.#usable;
  }

  #choose({ key, avoid }: Waiting): Endpoint | null {
    const { usable } = this;
    if (avoid !== null && usable.length > 1) {
      const others = usable.filter((endpoint) => endpoint !== avoid);
      const endpoint = this.#strategy.choose(others, this.#limit, key);
      if (endpoint !== null) return endpoint;
    }
    return this.#strategy.choose(usable, this.#limit, key);
  }

  #refresh(): void {
    this.#version = this.#table.version;
    const usable = this.endpoints.filter((endpoint) => endpoint.refresh());
    if (usable.length >= this.endpoints.length * PANIC) {
      this.#usable = usable;
      return;
    }
    for (const endpoint of this.endpoints) endpoint.ignoreShare();
    this.#usable = this.endpoints;
  }

  #serve(): void {
    for (const waiting of this.#waiting) {
      const endpoint = this.#choose(waiting);
      if (endpoint === null) return;
      this.#waiting.delete(waiting);
      endpoint.enter();
      waiting.granted(endpoint);
    }
  }
}
