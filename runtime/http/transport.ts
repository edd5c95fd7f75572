/**
 * What a transport is: something that accepts connections and turns each request into an `Exchange`. The host knows only
 * this; `uws/` ("fast") and `node/` ("strict") implement it. What they cannot do is listed in `capabilities.ts`.
 */
import type { TlsVersion } from "../abi.ts";
import type { Exchange } from "./exchange.ts";

export interface Transport {
  readonly name: "fast" | "strict";
  /** For the start-up log and the status page: which implementation, in which version. */
  readonly description: string;
  /** Rejects with an `Error` that has a `code` (EADDRINUSE, EACCES …) when the address cannot be bound. */
  listen(options: ListenOptions): Promise<Listener>;
}

export interface ListenOptions {
  /** An IP address; "0.0.0.0" or "::" for all interfaces. */
  readonly address: string;
  /** 0: any free port; `Listener.port` tells which. */
  readonly port: number;
  /** Left out: clear text. */
  readonly tls?: ListenTls;
  /** A listening socket that another thread opened; only the strict transport can take one (capability `descriptor`). */
  readonly fd?: number;
  /** Other threads listen on the same address and port. The fast transport always allows it, the strict one where `canShareAddress`. */
  readonly shared?: boolean;
  readonly limits: TransportLimits;
  /** Bytes of the largest WebSocket message; left out: no WebSocket is opened until `Listener.allowWebSockets`. */
  readonly webSockets?: number | undefined;
  /** Proxies in front whose X-Forwarded-For and Forwarded are believed: addresses and CIDRs. */
  readonly trustedProxies: readonly string[];
  /** Answers the exchange, now or later. What it throws or rejects with becomes a 500 (or a cut answer) and goes to `failed`. */
  readonly handler: (exchange: Exchange) => void | Promise<void>;
  /** Called once per exchange when its answer has left, was cut, or the client is gone. Must not throw. */
  readonly done?: (exchange: Exchange) => void;
  /** The handler threw. */
  readonly failed?: (exchange: Exchange, error: unknown) => void;
  /** A request was refused before there was an exchange (malformed head, limits). `code` is one of `errors.ts`. */
  readonly refused?: (code: string, status: number, address: string) => void;
}

/** With what a listener speaks TLS: read and checked, plain data. */
export interface ListenTls {
  /** In the order in which they are chosen; the first is for clients that name no server. */
  readonly certificates: readonly ServedCertificate[];
  readonly minimum: TlsVersion;
  /** Clients that name a server for which there is no certificate, or none, are turned away within the handshake. */
  readonly refuseUnknown: boolean;
  /** 48 random bytes, the same in all threads: what one gave out the others take up again. The fast transport cannot use them. */
  readonly ticketKeys: Uint8Array;
}

export interface ServedCertificate {
  /** Lower case; "*.example" stands for exactly one label. */
  readonly names: readonly string[];
  /** PEM: the certificate, then those between it and its authority. */
  readonly chain: string;
  /** PEM, not encrypted. */
  readonly key: string;
}

export interface TransportLimits {
  /** In bytes: the largest request body, unless the exchange's `body.limit` says otherwise. */
  readonly body: number;
  /** In bytes: request line and header fields together. */
  readonly headers: number;
  /** In milliseconds: how long a connection may stay without a request, and a body without a byte. */
  readonly idle: number;
  /** In milliseconds: time for the whole request head to arrive. */
  readonly head: number;
  /** Open connections; null: no limit. */
  readonly connections: number | null;
}

export interface Listener {
  readonly port: number;
  /** Exchanges whose answer is not complete. */
  readonly exchanges: number;
  /** Open connections; null where the transport cannot tell. */
  readonly connections: number | null;
  /**
   * WebSockets with messages up to so many bytes may be opened from now on. False: this listener was made for smaller ones, or for none,
   * and would have to be opened anew.
   */
  allowWebSockets(limit: number): boolean;
  /** Accepts no more connections; answers from now on announce `Connection: close`; idle connections are closed where the transport can, WebSockets told to go (1001). Resolves when no exchange is left. */
  drain(): Promise<void>;
  /** Cuts whatever is left and frees everything. */
  close(): Promise<void>;
  /** Resolves when the listener has been closed. */
  readonly closed: Promise<void>;
}
