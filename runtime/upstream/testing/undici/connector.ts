/**
 * Opens connections for the pool. Own rather than undici's because the connect timeout must be exact (undici's timers tick
 * every half second), open connections are counted, and an error must tell whether its connection had been used before.
 */
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { buildConnector } from "undici";
import type { UpstreamClientOptions, UpstreamTls } from "../../client.ts";
import { secureContextOf } from "../../http1/secure-context.ts";

export class ConnectTimeout extends Error {
  readonly code = "CONNECT_TIMEOUT";
}

/** Bytes that the connection of an error had received when it broke. */
const received = new WeakMap<Error, number>();

/** Whether the error came from a connection that had carried a response before. */
export function wasReused(error: Error & { readonly socket?: { readonly bytesRead?: number } | null }): boolean {
  return (received.get(error) ?? error.socket?.bytesRead ?? 0) > 0;
}

export class Connector {
  open = 0;
  opened = 0;
  readonly #timeout: number;
  readonly #tls: UpstreamTls | null;
  #session: Buffer | undefined;

  constructor(options: UpstreamClientOptions) {
    this.#timeout = options.connectTimeout;
    this.#tls = options.tls ?? null;
  }

  readonly connect = (options: buildConnector.Options, callback: buildConnector.Callback): void => {
    const socket = this.#socket(options);
    let settled = false;
    const timer = setTimeout(() => socket.destroy(new ConnectTimeout("connect timeout")), this.#timeout);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on("error", (error) => {
      received.set(error, socket.bytesRead);
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      callback(error, null);
    });
    socket.once(options.protocol === "https:" ? "secureConnect" : "connect", () => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      this.open++;
      this.opened++;
      socket.once("close", () => this.open--);
      callback(null, socket);
    });
  };

  #socket(options: buildConnector.Options): Socket {
    const { hostname, protocol } = options;
    const port = options.port === "" ? (protocol === "https:" ? 443 : 80) : Number(options.port);
    if (protocol !== "https:") return connectTcp({ host: hostname, port });
    const socket = connectTls({
      host: hostname,
      port,
      servername: this.#tls?.serverName ?? (isIP(hostname) === 0 ? hostname : ""),
      secureContext: secureContextOf(this.#tls),
      ALPNProtocols: ["http/1.1"],
      ...(this.#session === undefined ? {} : { session: this.#session }),
    });
    socket.on("session", (session) => {
      this.#session = session;
    });
    return socket;
  }
}
