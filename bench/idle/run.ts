/** 10,000 connections that have asked once and wait: what each costs in memory, in every contender. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { wrk } from "../lib/load.ts";
import { memoryBytes } from "../lib/memory.ts";
import { freePort } from "../lib/process.ts";
import { median, publish, spread } from "../lib/report.ts";
import { available } from "../proxy/available.ts";
import type { Contender } from "../proxy/contender.ts";
import { startUpstream } from "../proxy/upstream.ts";

const quick = process.argv.includes("--quick");
const CONNECTIONS = quick ? 1000 : 10_000;
const ROUNDS = quick ? 1 : 3;
const TASK = { kind: "pass", routes: 1 } as const;

interface Figures {
  /** Bytes per connection, one figure per round. */
  readonly each: number[];
  /** Bytes before any, and with all. */
  readonly before: number[];
  readonly after: number[];
  /** Of all rounds: connections that were not there when memory was read. */
  missing: number;
}

const folder = mkdtempSync(join(tmpdir(), "vgw-bench-idle-"));
const upstream = await freePort();
const behind = await startUpstream({ port: upstream, upstream, folder });
const all = new Map<string, Figures>();
try {
  const contenders = available().filter((one) => one.can(TASK));
  for (let round = 0; round < ROUNDS; round++) {
    for (const contender of contenders) await measure(contender);
  }
} finally {
  await behind.stop();
  rmSync(folder, { recursive: true });
}
const mega = (bytes: readonly number[]): string => (median(bytes) / 1e6).toFixed(1);
publish({
  name: "idle",
  title: `${CONNECTIONS.toLocaleString("en")} idle connections`,
  method: `Memory of the proxy's processes (proportional set size) with ${CONNECTIONS.toLocaleString("en")} connections that have had one answer each, less what it was after a warm-up and before them; a new process each round: median (least–most) of ${ROUNDS}. What the kernel keeps for sockets is not in it, and is the same for all.${quick ? " **A quick run: the figures mean nothing.**" : ""}`,
  head: ["proxy", "bytes per connection", "MB before", "MB with them", "closed early"],
  rows: [...all].map(([name, { each, before, after, missing }]) => [
    name,
    spread(each, 0),
    mega(before),
    mega(after),
    String(missing),
  ]),
  bars: [],
});

async function measure(contender: Contender): Promise<void> {
  const port = await freePort();
  const { pid, stop } = await contender.start(TASK, { port, upstream, folder });
  try {
    // Code is compiled and pools have their size.
    await wrk(`http://127.0.0.1:${port}/orders/1`, { seconds: quick ? 1 : 3, connections: 64 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const before = memoryBytes(pid);
    const { after, open } = await held(port, () => memoryBytes(pid));
    const figures = all.get(contender.name) ?? { each: [], before: [], after: [], missing: 0 };
    all.set(contender.name, figures);
    figures.each.push((after - before) / CONNECTIONS);
    figures.before.push(before);
    figures.after.push(after);
    figures.missing += CONNECTIONS - open;
    const each = Math.round((after - before) / CONNECTIONS);
    process.stderr.write(`bench: idle, ${contender.name}: ${open} open, ${each} bytes each\n`);
  } finally {
    await stop();
  }
}

/** Opens the connections, looks at the memory as soon as each has its answer, and says how many were still open then. */
async function held(port: number, memory: () => number): Promise<{ readonly after: number; readonly open: number }> {
  const file = join(dirname(fileURLToPath(import.meta.url)), "hold.mjs");
  const holder = spawn(process.execPath, [file, String(port), String(CONNECTIONS)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(holder, "exit");
  const lines = createInterface({ input: holder.stdout });
  const told = async (): Promise<number> => {
    const [line] = await once(lines, "line");
    return Number(JSON.parse(String(line)).open);
  };
  try {
    await told();
    const after = memory();
    const asked = told();
    holder.stdin.write("\n");
    return { after, open: await asked };
  } finally {
    holder.stdin.end();
    await ended;
  }
}
