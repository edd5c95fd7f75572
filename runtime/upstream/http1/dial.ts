/** Opens sockets to one origin: clear text or TLS, each reading into one buffer that all of them share. */
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { UpstreamTls } from "../client.ts";
import { secureContextOf } from "./secure-context.ts";

/** Bytes one read can bring. */
const READ_SIZE = 64 * 1024;
/** Bytes of a request's body that wait here, beyond what the kernel takes, before its writer is held back. */
const WRITE_SIZE = 64 * 1024;
const KEEP_ALIVE_PROBE = 60_000;

/**
 * All sockets of a thread read into this: a read is through before the next one begins, so its bytes are only valid while it is told of.
 * A buffer per read, as sockets do without it, costs about two microseconds.
 */
let readBuffer: Buffer | null = null;

export class Dialer {
  readonly #host: string;
  readonly #port: number;
  readonly #secure: boolean;
  /** The latest TLS session, which saves half of the next handshake. */
  #session: Buffer | undefined;

  readonly #tls: UpstreamTls | null;

  constructor(origin: string, tls: UpstreamTls | null) {
    this.#tls = tls;
    const url = new URL(origin);
    this.#secure = url.protocol === "https:";
    this.#host = url.hostname.replace(/^\[|\]$/g, "");
    this.#port = url.port === "" ? (this.#secure ? 443 : 80) : Number(url.port);
  }

  /** The event that says the connection is established, its certificate verified. */
  get readyEvent(): "connect" | "secureConnect" {
    return this.#secure ? "secureConnect" : "connect";
  }

  /** `received` gets each read; the bytes are only valid during the call. */
  dial(received: (bytes: Buffer, length: number) => void): Socket {
    readBuffer ??= Buffer.allocUnsafeSlow(READ_SIZE);
    const buffer = readBuffer;
    const options = {
      host: this.#host,
      port: this.#port,
      writableHighWaterMark: WRITE_SIZE,
      onread: {
        buffer,
        callback: (length: number): boolean => {
          received(buffer, length);
          return true;
        },
      },
    };
    const socket = this.#secure ? this.#dialTls(options) : connectTcp(options);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_PROBE);
    return socket;
  }

  #dialTls(options: object): Socket {
    const socket = connectTls({
      ...options,
      // An address is not sent as a server name (RFC 6066 §3); it is still what the certificate must be for.
      servername: this.#tls?.serverName ?? (isIP(this.#host) === 0 ? this.#host : ""),
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
