/**
 * `UpstreamClient` with pipelining: safe requests without a body share a few connections, so that many of them leave in one write and
 * come back in one read; everything else has connections of its own, one request at a time.
 */
import { EndOfTurn } from "../../end-of-turn.ts";
import type {
  UpstreamAttempt,
  UpstreamClient,
  UpstreamClientOptions,
  UpstreamRequest,
  UpstreamSink,
} from "../client.ts";
import { createExclusiveClient } from "./client.ts";
import { Dialer } from "./dial.ts";
import { Lane, type LaneOwner } from "./lane.ts";
import { LaneAttempt } from "./lane-attempt.ts";
import { requestHead } from "./request-text.ts";
import { OpenConnections } from "./sweep.ts";

/** After an upstream closed on requests that it had not answered, they go alone for so long. In milliseconds. */
const PATIENCE = 10_000;

const unwritten = new EndOfTurn<Lane>((lane) => lane.flush());

class PipeliningClient implements UpstreamClient, LaneOwner {
  readonly dialer: Dialer;
  readonly connectTimeout: number;
  readonly keepAlive: number;
  readonly #exclusive: UpstreamClient;
  readonly #most: number;
  readonly #lanes: Lane[] = [];
  readonly #open: OpenConnections<Lane>;
  #established = 0;
  #opened = 0;
  /** `performance.now()` until which nothing is pipelined. */
  #aloneUntil = 0;
  closing = false;

  constructor(options: UpstreamClientOptions, lanes: number) {
    this.dialer = new Dialer(options.origin, options.tls ?? null);
    this.connectTimeout = options.connectTimeout;
    this.keepAlive = options.keepAlive;
    this.#most = lanes;
    this.#exclusive = createExclusiveClient(options);
    this.#open = new OpenConnections(options.keepAlive);
  }

  get connections(): number {
    return this.#established + this.#exclusive.connections;
  }

  get opened(): number {
    return this.#opened + this.#exclusive.opened;
  }

  send(request: UpstreamRequest, sink: UpstreamSink): UpstreamAttempt {
    if (this.closing || !isShareable(request)) return this.#exclusive.send(request, sink);
    if (this.#aloneUntil > 0 && performance.now() < this.#aloneUntil) return this.#exclusive.send(request, sink);
    const head = requestHead(request);
    if (head === null) return this.#exclusive.send(request, sink);
    this.#open.watch(request.idle);
    const lane = this.#choose();
    const attempt = new LaneAttempt(request, head, sink, lane);
    lane.send(attempt);
    return attempt;
  }

  async close(): Promise<void> {
    this.closing = true;
    for (const lane of [...this.#lanes]) if (lane.load === 0) lane.destroy();
    await this.#exclusive.close();
    await this.#open.none();
  }

  /** One that has nothing to do, else a new one, else the one with the fewest. */
  #choose(): Lane {
    let best: Lane | null = null;
    for (const lane of this.#lanes) if (best === null || lane.load < best.load) best = lane;
    if (best !== null && (best.load === 0 || this.#lanes.length >= this.#most)) return best;
    const lane = new Lane(this);
    this.#lanes.push(lane);
    this.#open.add(lane);
    return lane;
  }

  // ------------------------------------------------------------ LaneOwner

  established(): void {
    this.#established++;
    this.#opened++;
  }

  unwritten(lane: Lane): void {
    unwritten.add(lane);
  }

  ended(lane: Lane, unanswered: readonly LaneAttempt[]): void {
    const index = this.#lanes.indexOf(lane);
    if (index !== -1) this.#lanes.splice(index, 1);
    if (unanswered.length === 0) return;
    // It does not take what is sent behind another, or takes its time.
    if (unanswered.length > 1 || lane.load > 0) this.#aloneUntil = performance.now() + PATIENCE;
    for (const attempt of unanswered) attempt.moved((request, sink) => this.#exclusive.send(request, sink));
  }

  closed(lane: Lane): void {
    if (lane.established) this.#established--;
    this.#open.delete(lane);
  }
}

/** Made twice they do no more than once, and nobody sees that they were (RFC 9110 §9.2.1); and they leave the connection what it is. */
function isShareable({ method, body, upgrade }: UpstreamRequest): boolean {
  if (body !== null || upgrade === true) return false;
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}

/** `lanes`: how many connections are shared. */
export function createPipeliningClient(options: UpstreamClientOptions, lanes: number): UpstreamClient {
  return new PipeliningClient(options, lanes);
}
