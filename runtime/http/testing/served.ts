/** Listeners and clients that a test opens, all closed when it ends. */
import { afterEach } from "vitest";
import type { Exchange } from "../exchange.ts";
import type { Listener, ListenOptions, ListenTls, Transport, TransportLimits } from "../transport.ts";
import { RawClient } from "./raw-client.ts";

export interface Served {
  readonly listener: Listener;
  readonly port: number;
  /** Exchanges in the order in which they began, and ended. */
  readonly begun: Exchange[];
  readonly done: Exchange[];
  readonly failures: unknown[];
  readonly refused: string[];
  connect(options?: { readonly paused?: boolean; readonly from?: string }): Promise<RawClient>;
  /** Resolves when so many exchanges have ended. */
  ended(count: number): Promise<void>;
}

const LIMITS: TransportLimits = { body: 1_000_000, headers: 16_384, idle: 60_000, head: 10_000, connections: null };

type Serve = (
  handler: (exchange: Exchange) => void | Promise<void>,
  options?: {
    readonly limits?: Partial<TransportLimits>;
    readonly trustedProxies?: readonly string[];
    readonly tls?: ListenTls;
  },
) => Promise<Served>;

/** For the body of a `describe`: gives the function with which its tests open listeners. */
export function serveWith(transport: Transport): Serve {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });
  return async (handler, options = {}) => {
    const begun: Exchange[] = [];
    const done: Exchange[] = [];
    const failures: unknown[] = [];
    const refused: string[] = [];
    let waiting: (() => void)[] = [];
    const listenOptions: ListenOptions = {
      address: "127.0.0.1",
      port: 0,
      limits: { ...LIMITS, ...options.limits },
      trustedProxies: options.trustedProxies ?? [],
      ...(options.tls !== undefined && { tls: options.tls }),
      handler: (exchange) => {
        begun.push(exchange);
        return handler(exchange);
      },
      done: (exchange) => {
        done.push(exchange);
        const woken = waiting;
        waiting = [];
        for (const resolve of woken) resolve();
      },
      failed: (_exchange, error) => {
        failures.push(error);
      },
      refused: (code) => {
        refused.push(code);
      },
    };
    const listener = await transport.listen(listenOptions);
    open.push(listener);
    return {
      listener,
      port: listener.port,
      begun,
      done,
      failures,
      refused,
      connect: async (how) => {
        const client = await RawClient.connect(listener.port, how);
        open.push({ close: () => client.destroy() });
        return client;
      },
      ended: async (count) => {
        while (done.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
      },
    };
  };
}
