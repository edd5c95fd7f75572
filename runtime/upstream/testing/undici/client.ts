/** `UpstreamClient` over undici 7's `Pool`: one HTTP/1.1 request at a time on each of a bounded number of connections. */
import { Pool } from "undici";
import {
  RESPONSE_HEAD_LIMIT,
  type UpstreamAttempt,
  type UpstreamClient,
  type UpstreamClientOptions,
  type UpstreamRequest,
  type UpstreamSink,
} from "../../client.ts";
import { UndiciAttempt } from "./attempt.ts";
import { Connector } from "./connector.ts";

class UndiciClient implements UpstreamClient {
  readonly #pool: Pool;
  readonly #connector: Connector;
  /**
   * Given with each request: else undici would take the Host field's, and open a new connection whenever that changes.
   * The connector alone decides what certificate is asked for.
   */
  readonly #servername: string | null;

  constructor(options: UpstreamClientOptions) {
    const url = new URL(options.origin);
    this.#servername = url.protocol === "https:" ? url.hostname : null;
    this.#connector = new Connector(options);
    this.#pool = new Pool(url.origin, {
      connections: options.connections,
      connect: this.#connector.connect,
      keepAliveTimeout: Math.max(1, options.keepAlive),
      keepAliveMaxTimeout: Math.max(1, options.keepAlive),
      maxHeaderSize: RESPONSE_HEAD_LIMIT,
      pipelining: 1,
    });
  }

  send(request: UpstreamRequest, sink: UpstreamSink): UpstreamAttempt {
    const attempt = new UndiciAttempt(this.#pool, request, this.#servername, sink);
    attempt.start();
    return attempt;
  }

  get connections(): number {
    return this.#connector.open;
  }

  get opened(): number {
    return this.#connector.opened;
  }

  async close(): Promise<void> {
    if (!this.#pool.closed) await this.#pool.close();
  }
}

export function createUndiciClient(options: UpstreamClientOptions): UpstreamClient {
  return new UndiciClient(options);
}
