/**
 * What the gateway asks of a serving thread. One implementation serves in this very thread (`serving.ts`), another passes the
 * orders on to a worker thread (`worker-thread.ts`), so that the orchestration does not care how many threads there are.
 */
import type { ListenConfiguration } from "../abi.ts";
import type { Sample } from "../observe/sample.ts";
import type { Artifact } from "./artifact.ts";
import type { ReadyListener } from "./certificates.ts";

export interface Thread {
  /** Opens listeners, once; the first generation has been prepared and activated. Rejects with a `StartError` "start-listen" or "start-certificate". */
  listen(order: ListenOrder): Promise<readonly BoundListener[]>;
  /** Verifies, configures, loads and warms; serves nothing yet. Rejects with a `StartError`, leaving nothing behind. */
  prepare(order: { readonly id: number; readonly artifact: Artifact }): Promise<void>;
  /** New exchanges go to the prepared generation. */
  activate(order: { readonly id: number }): Promise<void>;
  /** Drops a prepared generation that will not serve. */
  abandon(order: { readonly id: number }): Promise<void>;
  status(): Promise<ThreadStatus>;
  metrics(): Promise<ThreadMetrics>;
  /** Stops accepting, waits at most `milliseconds` for exchanges in flight, cuts the rest and closes everything. */
  drain(order: { readonly milliseconds: number }): Promise<{ readonly cut: number }>;
}

export interface ListenOrder {
  readonly listeners: readonly ReadyListener[];
  /** Other threads will listen on the same addresses. */
  readonly shared: boolean;
}

export interface BoundListener {
  readonly address: string;
  readonly port: number;
  readonly transport: ListenConfiguration["transport"];
  readonly scheme: "http" | "https";
}

export interface ThreadStatus {
  readonly thread: number;
  readonly inFlight: number;
  /** Of those in flight: open WebSockets. */
  readonly webSockets: number;
  readonly generations: readonly { readonly id: number; readonly inFlight: number }[];
  /** Upstream pools that are open. */
  readonly pools: number;
  /** Bytes of this thread's heap in use. */
  readonly heapUsed: number;
}

/** To be added up over threads (`observe/exposition.ts`). */
export type ThreadMetrics = readonly Sample[];
