/** One table, several threads at once: keys are counted exactly while others come and go beside them, in the same region. */
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { createTableMemory, newTableKey } from "./index.ts";

const THREADS = 3;
/** Keys that stay, fewer than the table has places; each is asked for far more often than it is admitted. */
const KEYS = 40;
const LIMIT = 100;
const ROUNDS = 300;

const WORK = `
  import { parentPort, workerData } from "node:worker_threads";
  import { LimitTable, Limits } from "./index.ts";
  const { memory, gate, thread, threads } = workerData;
  const limits = new Limits(new LimitTable(memory, thread));
  const exact = limits.limiter("exact", "deny");
  const brief = limits.limiter("brief", "deny");
  const counts = new Array(${KEYS}).fill(0);
  // All begin at once.
  Atomics.add(gate, 0, 1);
  while (Atomics.load(gate, 0) < threads);
  for (let round = 0; round < ${ROUNDS}; round++) {
    for (let key = 0; key < ${KEYS}; key++) {
      if (exact.take("key " + key, { count: ${LIMIT}, per: 86400000 }, ${LIMIT}, 1)) counts[key]++;
      // Over after a microsecond: its place goes to the next one.
      brief.take("brief " + thread + " " + round + " " + key, { count: 1000000, per: 1000 }, 1, 1);
    }
  }
  parentPort.postMessage({ counts, full: limits.counts.get("exact").full, brief: limits.counts.get("brief") });
`;

it("admits exactly the limit of each key over all threads, with places given away all the time", async () => {
  const bundled = await build({
    stdin: { contents: WORK, resolveDir: import.meta.dirname, loader: "ts" },
    bundle: true,
    format: "cjs",
    platform: "node",
    write: false,
  });
  const code = bundled.outputFiles[0]?.text ?? "";
  const memory = createTableMemory(64, newTableKey());
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const answers = await Promise.all(
    Array.from({ length: THREADS }, (_, thread) => {
      const worker = new Worker(code, { eval: true, workerData: { memory, gate, thread, threads: THREADS } });
      return new Promise<{ counts: number[]; full: number; brief: { admitted: number } }>((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
      });
    }),
  );
  const sums = Array.from({ length: KEYS }, (_, key) =>
    answers.reduce((sum, { counts }) => sum + (counts[key] ?? 0), 0),
  );
  expect(sums).toEqual(Array.from({ length: KEYS }, () => LIMIT));
  expect(answers.map(({ full }) => full)).toEqual([0, 0, 0]);
  // Places were given away: far more keys came than there are places.
  expect(answers.reduce((sum, { brief }) => sum + brief.admitted, 0)).toBeGreaterThan(10_000);
});
