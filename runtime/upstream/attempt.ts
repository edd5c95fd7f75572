/** What a forwarded request and a call have in common: getting an endpoint, the time limits, the note for the log, the counts. */
import type { CallRequest, ForwardOptions, ServiceConfiguration } from "../abi.ts";
import type { Failure } from "../failure.ts";
import type { Exchange } from "../http/exchange.ts";
import type { UpstreamCounterSet } from "../observe/upstream-counters.ts";
import type { Balancer, Waiting } from "./balance.ts";
import { type Endpoint, type Outcome, outcomeOf } from "./endpoint.ts";
import * as failures from "./failures.ts";
import type { UpstreamSettings } from "./request-headers.ts";
import { Timed, TimerWheel } from "./timer-wheel.ts";

export interface ServiceState {
  readonly configuration: ServiceConfiguration;
  readonly settings: UpstreamSettings;
  readonly balancer: Balancer;
  readonly counters: UpstreamCounterSet;
  /** No request is accepted any more. */
  closed: boolean;
}

/** What forwards and calls can both be told. */
export type AttemptOptions = Pick<ForwardOptions & CallRequest, "timeout" | "deadline" | "key">;

/** The time limits of all requests of a thread. */
const limits = new TimerWheel();

export abstract class ServiceAttempt extends Timed implements Waiting {
  protected readonly state: ServiceState;
  protected readonly exchange: Exchange;
  protected endpoint: Endpoint | null = null;
  readonly key: string | null;
  avoid: Endpoint | null = null;
  readonly #timeout: number;
  readonly #deadline: number | null;
  /** When the endpoint was given; performance.now(). */
  #startedAt = 0;
  #measured = false;

  constructor(state: ServiceState, exchange: Exchange, options: AttemptOptions) {
    super();
    this.state = state;
    this.exchange = exchange;
    this.key = options.key ?? null;
    this.#timeout = options.timeout ?? state.configuration.timeout;
    this.#deadline = options.deadline;
  }

  /** An endpoint has room: send. `endpoint` is set. */
  protected abstract send(endpoint: Endpoint): void;
  /** The attempt is over without success; nothing more will come from it. */
  protected abstract giveUp(failure: Failure): void;
  /** Whether the upstream, not the client, is what is being waited for. */
  protected abstract awaitingUpstream(): boolean;

  /** Takes an endpoint, now or when one has room, and starts the clock. */
  protected acquire(): void {
    const { state } = this;
    if (state.closed) {
      this.giveUp(failures.closed(state.configuration.name));
      return;
    }
    const now = performance.now();
    if (this.#deadline !== null && this.#deadline <= now) {
      this.giveUp(this.#late());
      return;
    }
    const endpoint = state.balancer.acquire(this);
    if (endpoint === null) {
      this.giveUp(this.#rejected());
      return;
    }
    this.#limit(now);
    if (endpoint !== "waiting") this.#begin(endpoint, now);
  }

  granted(endpoint: Endpoint): void {
    this.#begin(endpoint, performance.now());
  }

  #begin(endpoint: Endpoint, now: number): void {
    this.endpoint = endpoint;
    this.#startedAt = now;
    this.send(endpoint);
  }

  /** Progress: the head's time begins anew. */
  protected touch(): void {
    this.#limit(performance.now());
  }

  /** The head is there: from now on only the deadline holds. */
  protected headArrived(status: number): void {
    this.#measure(outcomeOf(status));
    this.endpoint!.counters.statuses[Math.min(5, Math.floor(status / 100))]!++;
    limits.drop(this);
  }

  /** The rest of the answer will take a while: only the deadline is watched. */
  protected watchDeadline(): void {
    if (this.#deadline !== null) limits.set(this, this.#deadline, performance.now());
  }

  /** Gives everything back. Idempotent. */
  protected free(failure: Failure | null): void {
    limits.drop(this);
    const { endpoint } = this;
    if (endpoint === null) {
      this.state.balancer.leave(this);
      return;
    }
    if (!this.#measured) this.#measure(failure === null ? null : "bad");
    else if (failure !== null) endpoint.shared.countLateBad();
    if (failure !== null) endpoint.counters.failed(failure.kind);
    this.endpoint = null;
    this.state.balancer.release(endpoint);
  }

  override expired(): void {
    const { name } = this.state.configuration;
    const now = performance.now();
    if (this.#deadline !== null && this.#deadline <= now) {
      this.giveUp(this.#late());
      return;
    }
    if (this.endpoint === null) {
      this.giveUp(this.#rejected());
      return;
    }
    if (this.awaitingUpstream()) {
      this.giveUp(failures.timedOut(name));
      return;
    }
    this.#limit(now);
  }

  #rejected(): Failure {
    const { name } = this.state.configuration;
    this.state.counters.rejected(name);
    return failures.overloaded(name);
  }

  #late(): Failure {
    return failures.deadlinePassed(this.state.configuration.name);
  }

  #limit(now: number): void {
    const due = now + this.#timeout;
    limits.set(this, this.#deadline === null ? due : Math.min(due, this.#deadline), now);
  }

  /** `outcome` null: the client left, which says nothing about the endpoint. */
  #measure(outcome: Outcome | null): void {
    this.#measured = true;
    const milliseconds = performance.now() - this.#startedAt;
    this.exchange.upstream = { endpoint: this.endpoint!.authority, milliseconds };
    this.endpoint!.counters.duration.observe(milliseconds / 1000);
    if (outcome !== null) this.endpoint!.observe(outcome, milliseconds);
  }
}
