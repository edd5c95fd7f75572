/**
 * The main thread's handle of a serving thread that is a worker (`serving-worker.ts` runs inside). A worker with a live
 * uWebSockets.js app must never be terminated (the process would abort): it is drained by an order and ends by itself.
 */
import { Worker } from "node:worker_threads";
import type { Artifact } from "./artifact.ts";
import { wait } from "./wait.ts";
import { type FromWorker, fromPlain, type Order } from "./orders.ts";
import type { ThreadSettings } from "./wiring.ts";
import type { BoundListener, ListenOrder, Thread, ThreadMetrics, ThreadStatus } from "./thread.ts";

/** Milliseconds beyond its drain that a worker may take to end. */
const ENDING_LIMIT = 2_000;

/** What a worker is started with. */
export interface WorkerData {
  readonly settings: ThreadSettings;
  readonly beats: Int32Array;
}

export interface WorkerThreadOptions {
  /** The file to run: it calls `runServingThread` when it finds itself in a worker. */
  readonly entry: string | URL;
  readonly settings: ThreadSettings;
  /** Gets the log lines that the worker wrote, some at a time: one writer for all threads, or lines would mix. */
  readonly write: (lines: string) => void;
  /** The thread ended without having been asked to. */
  readonly lost: (reason: string) => void;
  /** The thread is no more, asked for or not. */
  readonly ended: () => void;
}

export class WorkerThread implements Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  /** One counter, raised by the worker's timer: it stands still when the worker hangs. */
  readonly #beats = new Int32Array(new SharedArrayBuffer(4));
  readonly #ended: Promise<void>;
  #number = 0;
  #ending = false;
  /** Why it ended; null: it runs. */
  #end: string | null = null;

  constructor(options: WorkerThreadOptions) {
    this.#worker = new Worker(options.entry, {
      workerData: { settings: options.settings, beats: this.#beats } satisfies WorkerData,
      name: `serving-${options.settings.thread}`,
      stdout: true,
    });
    this.#worker.stdout.setEncoding("utf8").on("data", options.write);
    let reason: string | null = null;
    this.#worker.on("message", (message: FromWorker) => this.#receive(message));
    this.#worker.on("error", (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.on("exit", (code) => {
        const why = `serving thread ${options.settings.thread}: ${reason ?? `it ended with code ${code}`}`;
        this.#end = why;
        options.ended();
        for (const { reject } of this.#waiting.values()) reject(new Error(why));
        this.#waiting.clear();
        if (!this.#ending) options.lost(why);
        resolve();
      });
    });
  }

  /** Grows while the worker's event loop turns. */
  get beats(): number {
    return Atomics.load(this.#beats, 0);
  }

  async listen(order: ListenOrder): Promise<readonly BoundListener[]> {
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
    const late = wait(order.milliseconds + ENDING_LIMIT);
    const drained = this.#order((number) => ({ number, method: "drain", argument: order })) as Promise<{ cut: number }>;
    // One that hangs must not keep the others; what it still had is not known.
    const result = await Promise.race([drained, late.promise.then(() => ({ cut: 0 }))]);
    await Promise.race([this.#ended, late.promise]);
    late.cancel();
    return result;
  }

  #order(make: (number: number) => Order): Promise<unknown> {
    if (this.#end !== null) return Promise.reject(new Error(this.#end));
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
