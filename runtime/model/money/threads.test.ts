/** One table, several threads at once: a budget admits exactly what fits, over all threads, while calls are settled and given back all the time. */
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { newTableKey } from "../../limit/index.ts";
import { fingerprintOf } from "./budget.ts";
import { BudgetTable, createBudgetMemory } from "./budget-table.ts";
import { spanAt } from "./period.ts";

const THREADS = 3;
const DAY = 86_400_000;
/** Of each thread; together far more than the budget allows. */
const CALLS = 400;
const WORST = 1_000_000_000_007n;
const FITTING = 50n;

const WORK = `
  import { parentPort, workerData } from "node:worker_threads";
  import { Accounts, OpenCall } from "./accounts.ts";
  import { BudgetTable } from "./budget-table.ts";
  import { priceOf } from "./price.ts";
  const { memory, gate, thread, threads, now } = workerData;
  const table = new BudgetTable(memory, thread);
  const accounts = new Accounts({ table, journal: null, now: () => now, alert: () => { alerts++; } });
  let alerts = 0;
  const budget = (name, limit, alerts) => accounts.budget({ name, unit: "money", currency: "USD", limit, period: ${DAY}, alerts });
  const tight = budget("tight", ${FITTING * WORST + 5n}n, []);
  const churn = budget("churn", 100n, [50]);
  const other = budget("other", 60n, []);
  const call = (charges, worst) => ({ charges, price: priceOf({ input: 1, output: 1 }), worst, worstTokens: 9, route: "", model: "", upstream: "", caller: "" });
  const usage = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0, output: 0, reasoning: 0 };
  Atomics.add(gate, 0, 1);
  while (Atomics.load(gate, 0) < threads);
  let fitting = 0;
  let spent = 0n;
  let passed = 0;
  for (let round = 0; round < ${CALLS}; round++) {
    if (accounts.open(call([{ budget: tight, key: "k" }], ${WORST}n)) instanceof OpenCall) fitting++;
    // Two budgets at once, in either order; half of what is opened is used in the end.
    const both = [{ budget: churn, key: "" }, { budget: other, key: "" }];
    const opened = accounts.open(call(round % 2 ? both : both.reverse(), 20n));
    const { committed } = table.look(other.fingerprint(""));
    if (committed > 60n) passed++;
    if (!(opened instanceof OpenCall)) continue;
    const used = round % 50 === 0 ? 1 : 0;
    spent += opened.settle({ kind: "usage", usage: { ...usage, input: used } }).cost;
  }
  parentPort.postMessage({ fitting, spent, passed, alerts });
`;

it("never passes a budget, loses nothing, and alerts once", async () => {
  const bundled = await build({
    stdin: { contents: WORK, resolveDir: import.meta.dirname, loader: "ts" },
    bundle: true,
    format: "cjs",
    platform: "node",
    write: false,
  });
  const code = bundled.outputFiles[0]?.text ?? "";
  const memory = createBudgetMemory(64, THREADS, newTableKey());
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const now = Date.now();
  const answers = await Promise.all(
    Array.from({ length: THREADS }, (_, thread) => {
      const worker = new Worker(code, { eval: true, workerData: { memory, gate, thread, threads: THREADS, now } });
      return new Promise<{ fitting: number; spent: bigint; passed: number; alerts: number }>((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
      });
    }),
  );
  const sum = <Of extends "fitting" | "passed" | "alerts">(of: Of) => answers.reduce((all, one) => all + one[of], 0);
  expect(sum("fitting")).toBe(Number(FITTING));
  expect(sum("passed")).toBe(0);
  const spent = answers.reduce((all, one) => all + one.spent, 0n);
  const table = new BudgetTable(memory, 0);
  const look = (name: string) => {
    const { start } = spanAt(DAY, now);
    return table.look(fingerprintOf(table.key, { name, unit: "money", period: `${DAY}`, start, key: "" }));
  };
  expect(look("churn")).toEqual({ spent, committed: spent });
  expect(look("other")).toEqual({ spent, committed: spent });
  expect(spent).toBeGreaterThan(0n);
  expect(sum("alerts")).toBe(spent >= 50n ? 1 : 0);
});
