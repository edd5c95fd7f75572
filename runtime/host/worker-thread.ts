/**
 * A serving thread that is a worker: the main thread's handle of it, and what runs inside. A worker with a live uWebSockets.js
 * app must never be terminated (the process would abort): it is drained by an order and ends by itself.
 */
import { Worker, parentPort } from "node:worker_threads";
import type { ListenConfiguration } from "../abi.ts";
import type { Artifact } from "./artifact.ts";
import { type FromWorker, fromPlain, obey, type Order, toPlain } from "./orders.ts";
import type { BoundListener, Thread, ThreadMetrics, ThreadStatus } from "./thread.ts";

/** Milliseconds between two signs of life. */
const BEAT = 500;

export interface WorkerThreadOptions<Settings> {
  /** The file to run: it calls `serveOrders` when it finds itself in a worker. */
  readonly entry: string | URL;
  readonly settings: Settings;
  /** The thread ended without having been asked to. */
  readonly lost: (reason: string) => void;
}

export class WorkerThread<Settings extends { readonly thread: number }> implements Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  /** One counter, raised by the worker's timer: it stands still when the worker hangs. */
  readonly #beats = new Int32Array(new SharedArrayBuffer(4));
  #number = 0;
  #ending = false;

  constructor(options: WorkerThreadOptions<Settings>) {
    this.#worker = new Worker(options.entry, {
      workerData: { settings: options.settings, beats: this.#beats },
      name: `serving-${options.settings.thread}`,
    });
    let reason: string | null = null;
    this.#worker.on("message", (message: FromWorker) => this.#receive(message));
    this.#worker.on("error", (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    this.#worker.on("exit", (code) => {
      const why = reason ?? `it ended with code ${code}`;
      for (const { reject } of this.#waiting.values()) reject(new Error(`thread ${options.settings.thread}: ${why}`));
      this.#waiting.clear();
      if (!this.#ending) options.lost(why);
    });
  }

  /** Grows while the worker's event loop turns. */
  get beats(): number {
    return Atomics.load(this.#beats, 0);
  }

  async listen(order: { readonly listeners: readonly ListenConfiguration[] }): Promise<readonly BoundListener[]> {
    return (await this.#order((number) => ({ number, method: "listen", argument: order }))) as readonly BoundListener[];
  }

  async prepare(order: { readonly id: number; readonly artifact: Artifact }): Promise<void> {
    await this.#order((number) => ({ number, method: "prepare", argument: order }));
  }

  async activate(order: { readonly id: number }): Promise<void> {
    await this.#order((number) => ({ number, method: "activate", argument: order }));
  }

  async abandon(order: { readonly id: number }): Promise<void> {
    await this.#order((number) => ({ number, method: "abandon", argument: order }));
  }

  async status(): Promise<ThreadStatus> {
    return (await this.#order((number) => ({ number, method: "status", argument: undefined }))) as ThreadStatus;
  }

  async metrics(): Promise<ThreadMetrics> {
    return (await this.#order((number) => ({ number, method: "metrics", argument: undefined }))) as ThreadMetrics;
  }

  async drain(order: { readonly milliseconds: number }): Promise<{ readonly cut: number }> {
    this.#ending = true;
    return (await this.#order((number) => ({ number, method: "drain", argument: order }))) as { readonly cut: number };
  }

  #order(make: (number: number) => Order): Promise<unknown> {
    const number = ++this.#number;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.#worker.postMessage(make(number));
    });
  }

  #receive(message: FromWorker): void {
    const waiting = this.#waiting.get(message.number);
    this.#waiting.delete(message.number);
    if (message.type === "done") waiting?.resolve(message.value);
    else waiting?.reject(fromPlain(message.error));
  }
}

/** The worker's side: obeys until it has been drained, then lets the worker end. */
export function serveOrders(thread: Thread, beats: Int32Array): void {
  const port = parentPort;
  if (port === null) throw new Error("not in a worker");
  const beat = setInterval(() => Atomics.add(beats, 0, 1), BEAT);
  port.on("message", (order: Order) => {
    obey(thread, order).then(
      (value) => {
        port.postMessage({ type: "done", number: order.number, value } satisfies FromWorker);
        if (order.method !== "drain") return;
        clearInterval(beat);
        port.close();
      },
      (error: unknown) => {
        port.postMessage({ type: "error", number: order.number, error: toPlain(error) } satisfies FromWorker);
      },
    );
  });
}
