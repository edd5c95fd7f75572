/** What runs inside a worker thread: it serves, obeys orders until it has been drained, and lets the worker end. */
import { parentPort, workerData } from "node:worker_threads";
import { LogQueue, streamOutput } from "../observe/index.ts";
import { createHostLog } from "./host-log.ts";
import { type FromWorker, type Order, obey, toPlain } from "./orders.ts";
import { assemble } from "./wiring.ts";
import type { WorkerData } from "./worker-thread.ts";

/** Milliseconds between two signs of life. */
const BEAT = 100;

export function runServingThread(): void {
  const port = parentPort;
  if (port === null) throw new Error("not in a worker thread");
  const { settings, beats }: WorkerData = workerData;
  const lines = new LogQueue({ output: streamOutput(process.stdout) });
  const log = createHostLog(lines.write);
  const thread = assemble(settings, log, lines, {});

  // One request's mistake must not take the thread's other requests with it.
  process.on("uncaughtException", (error) => {
    log("error", "thread.uncaught", { message: "an error that nothing caught", stack: error.stack ?? String(error) });
  });
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
