/** `UpstreamClient` over node:net and node:tls: HTTP/1.1, one request at a time on each connection, the latest used first. */
import type {
  UpstreamAttempt,
  UpstreamClient,
  UpstreamClientOptions,
  UpstreamRequest,
  UpstreamSink,
} from "../client.ts";
import { type AttemptOwner, Http1Attempt } from "./attempt.ts";
import { Connection, type ConnectionOwner } from "./connection.ts";
import { Dialer } from "./dial.ts";
import { IdleStack } from "./idle-stack.ts";
import { faultOf, requestHead } from "./request-text.ts";
import { OpenConnections } from "./sweep.ts";

class Http1Client implements UpstreamClient, ConnectionOwner, AttemptOwner {
  readonly dialer: Dialer;
  readonly connectTimeout: number;
  readonly keepAlive: number;
  connections = 0;
  opened = 0;
  readonly #limit: number;
  readonly #all: OpenConnections<Connection>;
  /** The one that was used last is taken first, so that the others can age. */
  readonly #idle = new IdleStack();
  #closing = false;

  constructor(options: UpstreamClientOptions) {
    this.dialer = new Dialer(options.origin, options.tls ?? null);
    this.connectTimeout = options.connectTimeout;
    this.keepAlive = options.keepAlive;
    this.#limit = options.connections;
    this.#all = new OpenConnections(options.keepAlive);
  }

  send(request: UpstreamRequest, sink: UpstreamSink): UpstreamAttempt {
    const head = requestHead(request);
    const attempt = new Http1Attempt(this, request, head ?? "", sink);
    if (head === null || this.#closing) {
      const error =
        head === null
          ? ({ kind: "unsendable", detail: faultOf(request) } as const)
          : ({ kind: "connect", detail: "the client is closed" } as const);
      queueMicrotask(() => attempt.lost(error));
      return attempt;
    }
    this.#all.watch(request.idle);
    attempt.start(false);
    return attempt;
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (let connection = this.#idle.pop(); connection !== null; connection = this.#idle.pop()) connection.destroy();
    await this.#all.none();
  }

  // ------------------------------------------------------------ AttemptOwner

  connect(attempt: Http1Attempt, fresh: boolean): Connection {
    const idle = fresh ? null : this.#idle.pop();
    if (idle !== null) {
      idle.start(attempt);
      return idle;
    }
    // Only a fresh connection can meet idle ones, of which the oldest makes room.
    if (this.#all.size >= this.#limit) this.#idle.oldest?.destroy();
    const connection = new Connection(this, attempt);
    this.#all.add(connection);
    return connection;
  }

  // ------------------------------------------------------------ ConnectionOwner

  established(): void {
    this.connections++;
    this.opened++;
  }

  idle(connection: Connection): void {
    if (this.#closing) connection.destroy();
    else this.#idle.push(connection);
  }

  unusable(connection: Connection): void {
    this.#idle.remove(connection);
  }

  closed(connection: Connection): void {
    if (connection.established) this.connections--;
    this.#all.delete(connection);
  }
}

export function createExclusiveClient(options: UpstreamClientOptions): UpstreamClient {
  return new Http1Client(options);
}
