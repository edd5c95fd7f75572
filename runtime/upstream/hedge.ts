/**
 * A race between endpoints for one answer: the request goes to one, and to another too where the first takes its time. The first head
 * wins, unless it is an error while another may still answer; the losers' connections are closed. To whoever sent it, the race is an
 * attempt like any other.
 */
import type { Headers } from "../http/exchange.ts";
import type { ServiceAttempt } from "./attempt.ts";
import type { UpstreamAttempt, UpstreamError, UpstreamRequest, UpstreamSink } from "./client.ts";
import { type Endpoint, outcomeOf } from "./endpoint.ts";
import * as failures from "./failures.ts";
import type { HedgePolicy } from "./hedge-policy.ts";
import { fieldLines } from "../http/fields.ts";
import { ATTEMPT_FIELD } from "./retry.ts";

/** The attempt for which the race is run. It has the endpoint of one who is running, and gives it back in the end. */
export type Racing = Pick<ServiceAttempt, "state" | "exchange" | "key" | "hedges" | "adopt">;

export class Hedge implements UpstreamAttempt {
  readonly #racing: Racing;
  readonly #policy: HedgePolicy;
  readonly #request: UpstreamRequest;
  readonly #sink: UpstreamSink;
  /** Still running; the first of them is whose endpoint the attempt has. */
  #runners: Runner[] = [];
  readonly #tried: Endpoint[];
  #winner: Runner | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(racing: Racing, policy: HedgePolicy, endpoint: Endpoint, request: UpstreamRequest, sink: UpstreamSink) {
    this.#racing = racing;
    this.#policy = policy;
    // The client takes the fields over.
    this.#request = { ...request, headers: copied(request.headers) };
    this.#sink = sink;
    this.#tried = [endpoint];
    policy.deposit();
    this.#run(endpoint, request, true);
    this.#wait();
  }

  write(chunk: Uint8Array): boolean {
    return this.#runners[0]?.attempt?.write(chunk) ?? true;
  }

  end(): void {
    this.#runners[0]?.attempt?.end();
  }

  pause(): void {
    this.#winner?.attempt?.pause();
  }

  resume(): void {
    this.#winner?.attempt?.resume();
  }

  abort(): void {
    this.#stop();
    const runners = this.#runners;
    this.#runners = [];
    for (const [index, runner] of runners.entries()) {
      runner.attempt?.abort();
      if (index > 0) this.#racing.state.balancer.release(runner.endpoint);
    }
  }

  // ------------------------------------------------------------ of the runners

  informational(runner: Runner, status: number, headers: Headers): void {
    if (runner === (this.#winner ?? this.#runners[0])) this.#sink.informational(status, headers);
  }

  head(runner: Runner, status: number, headers: Headers, more: boolean): void {
    const outcome = outcomeOf(status);
    if (outcome !== "good" && this.#runners.length > 1) {
      runner.endpoint.counters.statuses[Math.min(5, Math.floor(status / 100))]!++;
      runner.endpoint.observe(outcome, performance.now() - runner.startedAt);
      runner.attempt?.abort();
      this.#leave(runner);
      return;
    }
    this.#wins(runner);
    this.#sink.head(status, headers, more);
  }

  data(chunk: Uint8Array): void {
    this.#sink.data(chunk);
  }

  complete(trailers: Headers): void {
    this.#runners = [];
    this.#sink.complete(trailers);
  }

  failed(runner: Runner, error: UpstreamError): void {
    if (this.#winner === null && this.#runners.length > 1) {
      const { kind } = failures.failureOf(error, this.#racing.state.configuration.name);
      runner.endpoint.counters.failed(kind);
      runner.endpoint.observe("bad", performance.now() - runner.startedAt);
      this.#leave(runner);
      return;
    }
    this.#stop();
    this.#runners = [];
    this.#sink.failed(error);
  }

  // ------------------------------------------------------------

  #run(endpoint: Endpoint, request: UpstreamRequest, first: boolean): void {
    const runner = new Runner(this, endpoint, first);
    this.#runners.push(runner);
    runner.attempt = endpoint.client.send(request, runner);
  }

  #wait(): void {
    const { delay, most } = this.#policy;
    if (delay !== null && this.#tried.length <= most) this.#timer = setTimeout(hedge, delay, this);
  }

  /** The delay is over, and nobody has answered. */
  hedge(): void {
    this.#timer = null;
    const { state, key } = this.#racing;
    if (state.closed || state.breaker?.open === true) return;
    const endpoint = state.balancer.spare(key, this.#tried);
    if (endpoint === null) return;
    if (!this.#policy.withdraw()) {
      state.balancer.release(endpoint);
      state.counters.hedgeRefused(state.configuration.name);
      return;
    }
    state.counters.hedged(state.configuration.name);
    this.#racing.hedges++;
    const before = this.#tried[0]!;
    this.#tried.push(endpoint);
    this.#run(endpoint, this.#requestFor(endpoint, before), false);
    this.#wait();
  }

  #requestFor(endpoint: Endpoint, before: Endpoint): UpstreamRequest {
    const request = this.#request;
    return {
      ...request,
      target: endpoint.basePath + request.target.slice(before.basePath.length),
      host: request.host === before.authority ? endpoint.authority : request.host,
      headers: marked(request.headers, this.#tried.length),
    };
  }

  #wins(runner: Runner): void {
    this.#stop();
    this.#winner = runner;
    const policy = this.#policy;
    const { state } = this.#racing;
    const now = performance.now();
    const losers = this.#runners.filter((other) => other !== runner);
    for (const loser of losers) {
      loser.attempt?.abort();
      // Asked earlier and not there yet: slow. Asked later: nothing is known.
      if (loser.startedAt < runner.startedAt) loser.endpoint.overtaken(now - loser.startedAt);
      if (loser.first) policy.observe(now - loser.startedAt);
      this.#leave(loser);
    }
    if (runner.first) policy.observe(now - runner.startedAt);
    else state.counters.hedgeWon(state.configuration.name);
  }

  /** One that runs no more; another still does. */
  #leave(runner: Runner): void {
    const had = this.#runners[0] === runner;
    this.#runners = this.#runners.filter((other) => other !== runner);
    const [next] = this.#runners;
    if (had && next !== undefined) this.#racing.adopt(next.endpoint, next.startedAt);
    this.#racing.state.balancer.release(runner.endpoint);
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

function hedge(race: Hedge): void {
  race.hedge();
}

/** One endpoint's part in the race. */
class Runner implements UpstreamSink {
  readonly #race: Hedge;
  readonly endpoint: Endpoint;
  /** It was there before any hedge. */
  readonly first: boolean;
  readonly startedAt = performance.now();
  attempt: UpstreamAttempt | null = null;

  constructor(race: Hedge, endpoint: Endpoint, first: boolean) {
    this.#race = race;
    this.endpoint = endpoint;
    this.first = first;
  }

  informational(status: number, headers: Headers): void {
    this.#race.informational(this, status, headers);
  }

  head(status: number, headers: Headers, more: boolean): void {
    this.#race.head(this, status, headers, more);
  }

  data(chunk: Uint8Array): void {
    this.#race.data(chunk);
  }

  complete(trailers: Headers): void {
    this.#race.complete(trailers);
  }

  failed(error: UpstreamError): void {
    this.#race.failed(this, error);
  }

  /** Requests whose body is written piece by piece are not raced. */
  drain(): void {}
}

function copied(headers: Headers | string): Headers | string {
  return typeof headers === "string" ? headers : headers.slice();
}

/** Says which attempt it is, unless it says so already: whoever gets it hedges and retries nothing. */
function marked(headers: Headers | string, number: number): Headers | string {
  const field = [ATTEMPT_FIELD, String(number)];
  if (typeof headers === "string")
    return headers.includes(`${ATTEMPT_FIELD}: `) ? headers : headers + fieldLines(field);
  return headers.includes(ATTEMPT_FIELD) ? headers.slice() : [...headers, ...field];
}
