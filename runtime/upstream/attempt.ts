/** What a forwarded request and a call have in common: getting an endpoint, the time limits, the note for the log, the counts. */
import { performance } from "node:perf_hooks";
import type { CallRequest, ForwardOptions, ServiceConfiguration } from "../abi.ts";
import type { Failure } from "../failure.ts";
import type { Exchange, Headers } from "../http/exchange.ts";
import { isIdempotent } from "../http/method.ts";
import { newSpanId } from "../observe/trace.ts";
import { AttemptSpan } from "../observe/traces/attempt-span.ts";
import type { UpstreamCounterSet } from "../observe/upstream-counters.ts";
import type { Breaker } from "./breaker.ts";
import type { Balancer, Waiting } from "./balance.ts";
import { type Endpoint, type Outcome, outcomeOf } from "./endpoint.ts";
import type { UpstreamAttempt, UpstreamError, UpstreamRequest, UpstreamSink } from "./client.ts";
import * as failures from "./failures.ts";
import type { HedgePolicy } from "./hedge-policy.ts";
import { DEADLINE_FIELD, remove, type UpstreamSettings } from "./request-headers.ts";
import { ATTEMPT_FIELD, type RetryPolicy, retryAfter, type Trigger } from "./retry.ts";
import { Timed, TimerWheel } from "./timer-wheel.ts";

export interface ServiceState {
  readonly configuration: ServiceConfiguration;
  readonly settings: UpstreamSettings;
  readonly balancer: Balancer;
  readonly counters: UpstreamCounterSet;
  /** On the clock of `Surroundings`. */
  readonly now: () => number;
  readonly breaker: Breaker | null;
  readonly retry: RetryPolicy | null;
  readonly hedge: HedgePolicy | null;
  /** No request is accepted any more. */
  closed: boolean;
}

/** What forwards and calls can both be told. */
export type AttemptOptions = Pick<ForwardOptions & CallRequest, "timeout" | "deadline" | "key">;

/** What of a request an attempt needs: fields that go on with it, its trace, and where its latest attempt is noted. */
export type Traced = Pick<Exchange, "headers" | "traceId" | "upstream" | "recording" | "unsampled">;

/** The time limits of all requests of a thread. */
const limits = new TimerWheel();

function begin(attempt: ServiceAttempt<Traced>): void {
  attempt.beginAgain();
}

export abstract class ServiceAttempt<Of extends Traced = Exchange> extends Timed implements Waiting {
  readonly state: ServiceState;
  readonly exchange: Of;
  /** Whose answer is waited for. */
  protected endpoint: Endpoint | null = null;
  readonly key: string | null;
  avoid: Endpoint | null = null;
  readonly #timeout: number;
  readonly #deadline: number | null;
  /** When the endpoint was given; performance.now(). */
  #startedAt = 0;
  #measured = false;
  /** 1, and one more for each retry. */
  #attempts = 1;
  /** Sent to others beside these. */
  hedges = 0;
  #probe = false;
  /** Of the attempt that is under way, where the exchange is recorded. */
  #span: AttemptSpan | null = null;
  /** Until the next attempt. */
  #pause: NodeJS.Timeout | null = null;

  constructor(state: ServiceState, exchange: Of, options: AttemptOptions) {
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

  /** Whether sending it once more does no harm and is possible: nothing has been answered, and the body is still there. */
  protected abstract replayable(): boolean;
  protected abstract readonly method: string;
  /** Forgets the attempt that was, before the next one. */
  protected abstract reset(): void;

  /** The first attempt. */
  protected begin(): void {
    this.state.retry?.budget.deposit();
    this.acquire();
  }

  /** A retry's wait is over. */
  beginAgain(): void {
    this.#pause = null;
    this.acquire();
  }

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
    const { breaker } = state;
    if (breaker !== null) {
      const admitted = breaker.admit(state.now());
      if (admitted === "no") {
        state.counters.refused(state.configuration.name);
        this.giveUp(failures.open(state.configuration.name));
        return;
      }
      this.#probe = admitted === "probe";
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
    this.#measured = false;
    this.#startedAt = now;
    this.send(endpoint);
  }

  /** Sends the request. An attempt that hedges sends it to others too (`hedged.ts`). */
  protected dispatch(endpoint: Endpoint, request: UpstreamRequest, sink: UpstreamSink): UpstreamAttempt {
    return endpoint.client.send(request, sink);
  }

  /** What is sent to `target` is known to the service's own traces by this. */
  protected trace(target: string): string {
    const { recording } = this.exchange;
    if (recording === null) return newSpanId();
    const { name, hidesPaths } = this.state.configuration;
    const { method } = this;
    this.#span = new AttemptSpan(recording, {
      service: name,
      method,
      target: hidesPaths === true ? "" : target,
      attempt: this.#attempts,
      startedAt: this.#startedAt,
    });
    return this.#span.id;
  }

  /** What is waited for is the answer of another endpoint, asked at `startedAt`: it is this attempt's from now on. */
  adopt(endpoint: Endpoint, startedAt: number): void {
    this.endpoint = endpoint;
    this.#startedAt = startedAt;
  }

  /** Progress: the head's time begins anew. */
  protected touch(): void {
    this.#limit(performance.now());
  }

  /** The head is there: from now on only the deadline holds. */
  protected headArrived(status: number): void {
    this.#measure(outcomeOf(status));
    this.endpoint!.counters.statuses[Math.min(5, Math.floor(status / 100))]!++;
    if (this.#span !== null) this.#span.status = status;
    limits.drop(this);
  }

  /** The rest of the answer will take a while: only the deadline is watched. */
  protected watchDeadline(): void {
    if (this.#deadline !== null) limits.set(this, this.#deadline, performance.now());
  }

  /** Gives everything back. Idempotent. */
  protected free(failure: Failure | null): void {
    limits.drop(this);
    if (this.#pause !== null) {
      clearTimeout(this.#pause);
      this.#pause = null;
    }
    const { endpoint } = this;
    if (endpoint === null) {
      this.state.balancer.leave(this);
      if (this.#probe) this.#learn(null);
      return;
    }
    if (!this.#measured) this.#measure(failure === null ? null : "bad");
    else if (failure !== null) endpoint.shared.countLateBad();
    if (failure !== null) endpoint.counters.failed(failure.kind);
    if (this.#span !== null) {
      this.#span.end(endpoint.scheme, endpoint.authority, failure === null ? null : failure.kind, this.hedges);
      this.#span = null;
    }
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
      const failure = failures.timedOut(name);
      if (!this.retry("timeout", failure)) this.giveUp(failure);
      return;
    }
    this.#limit(now);
  }

  /** Lets the request be made again after a while, if it may; true: it will, and the attempt is over. `failure`: of the attempt. */
  protected retry(trigger: Trigger | null, failure: Failure | null, told = 0): boolean {
    const { retry, counters, configuration } = this.state;
    if (retry === null || trigger === null || this.#attempts > retry.times || !retry.covers(trigger)) return false;
    // Before a connection there was nothing that could have had an effect.
    if (!this.replayable() || !(trigger === "connect" || isIdempotent(this.method))) return false;
    if (this.exchange.headers.includes(ATTEMPT_FIELD)) return false;
    const wait = retry.wait(this.#attempts, told);
    if (wait === null || (this.#deadline !== null && performance.now() + wait >= this.#deadline)) return false;
    if (!retry.budget.withdraw()) {
      counters.retryRefused(configuration.name);
      return false;
    }
    counters.retried(configuration.name);
    this.avoid = this.endpoint;
    this.reset();
    this.free(failure);
    this.#attempts++;
    this.#pause = setTimeout(begin, wait, this);
    return true;
  }

  protected retryStatus(status: number, headers: Headers): boolean {
    const { retry } = this.state;
    return retry?.covers(status) === true && this.retry(status, null, retryAfter(headers, Date.now()));
  }

  /** Whether `describeAttempt` has anything to say. */
  protected get described(): boolean {
    return this.#attempts > 1 || this.state.configuration.passDeadline === true;
  }

  /** The gateway's own fields about this attempt. */
  protected describeAttempt(headers: Headers): void {
    if (this.#attempts > 1) headers.push(ATTEMPT_FIELD, String(this.#attempts));
    if (this.state.configuration.passDeadline !== true) return;
    const left = this.#deadline === null ? this.#timeout : Math.min(this.#timeout, this.#deadline - performance.now());
    remove(headers, DEADLINE_FIELD);
    headers.push(DEADLINE_FIELD, String(Math.max(1, Math.floor(left))));
  }

  #learn(outcome: Outcome | null): void {
    const probe = this.#probe;
    this.#probe = false;
    this.state.breaker?.record(outcome === null ? null : outcome === "bad", probe, this.state.now());
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
    this.exchange.upstream = {
      endpoint: this.endpoint!.authority,
      milliseconds,
      attempts: this.#attempts + this.hedges,
    };
    this.endpoint!.counters.duration.observe(milliseconds / 1000);
    if (outcome !== null) this.endpoint!.observe(outcome, milliseconds);
    this.#learn(outcome);
  }
}

/** What of an error the program can name in `retry: { on: … }`. */
export function triggerOf({ kind }: UpstreamError): Trigger | null {
  switch (kind) {
    case "connect":
    case "closed":
      return kind;
    case "stalled":
      return "timeout";
    default:
      return null;
  }
}
