/** Several threads at once, clients that leave at any moment: never more inside than allowed, nobody forgotten, nothing left over. */
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { createPermitMemory, newTableKey, PermitTable } from "./index.ts";

const THREADS = 3;
const KEYS = 4;
const MOST = 5;
const REQUESTS = 4000;

/** Counts by itself, apart from the table, who is inside. */
const WORK = `
  import { parentPort, workerData } from "node:worker_threads";
  import { Concurrency, PermitTable } from "./index.ts";
  import { giveBackAll } from "../http/held.ts";
  const { memory, gauges, thread } = workerData;
  const concurrency = new Concurrency(new PermitTable(memory, thread));
  const limiter = concurrency.limiter("x", "deny");
  let seed = thread + 1;
  const random = () => { seed = (Math.imul(seed, 1664525) + 1013904223) | 0; return (seed >>> 0) / 2 ** 32; };
  const pause = () => new Promise((resolve) => (random() < 0.5 ? setImmediate(resolve) : setTimeout(resolve, random() * 3)));
  let highest = 0;
  const counts = { admitted: 0, refused: 0 };
  async function request() {
    const key = Math.floor(random() * ${KEYS});
    const exchange = { held: null };
    const turn = limiter.join(exchange, "key " + key, ${MOST}, 10, 60_000);
    const leaves = random() < 0.3;
    if (leaves && typeof turn !== "boolean") { await pause(); giveBackAll(exchange); }
    if (!(await turn)) { counts.refused++; giveBackAll(exchange); return; }
    counts.admitted++;
    if (exchange.held.state !== "inside") return;
    highest = Math.max(highest, Atomics.add(gauges, key, 1) + 1);
    if (random() < 0.8) await pause();
    Atomics.sub(gauges, key, 1);
    giveBackAll(exchange);
  }
  const client = async (number) => { for (let at = 0; at < number; at++) await request(); };
  await Promise.all(Array.from({ length: 40 }, () => client(${REQUESTS / 40})));
  parentPort.postMessage({ highest, counts, after: concurrency.counts.get("x") });
`;

it("never has more inside than allowed, over all threads, with clients that leave", { timeout: 60_000 }, async () => {
  const bundled = await build({
    stdin: { contents: WORK, resolveDir: import.meta.dirname, loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
  });
  const code = new URL(`data:text/javascript,${encodeURIComponent(bundled.outputFiles[0]?.text ?? "")}`);
  const memory = createPermitMemory(64, THREADS, newTableKey());
  const gauges = new Int32Array(new SharedArrayBuffer(4 * KEYS));
  const answers = await Promise.all(
    Array.from({ length: THREADS }, (_, thread) => {
      const worker = new Worker(code, { workerData: { memory, gauges, thread } });
      return new Promise<{
        highest: number;
        counts: { admitted: number; refused: number };
        after: { inside: number; waiting: number; expired: number };
      }>((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
      });
    }),
  );
  const table = new PermitTable(memory, 0);
  expect(table.total()).toEqual({ inside: 0, waiting: 0 });
  expect([...gauges]).toEqual(Array.from({ length: KEYS }, () => 0));
  expect(Math.max(...answers.map(({ highest }) => highest))).toBe(MOST);
  for (const { after, counts } of answers) {
    expect(after).toMatchObject({ inside: 0, waiting: 0, expired: 0 });
    expect(counts.admitted + counts.refused).toBe(REQUESTS);
    expect(counts.admitted).toBeGreaterThan(0);
  }
});
