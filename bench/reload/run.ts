/** Reload under load: requests that fail and latency while the program is replaced again and again, beside the same load left alone. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Load, wrk } from "../lib/load.ts";
import { memoryBytes } from "../lib/memory.ts";
import { freePort, type Started } from "../lib/process.ts";
import { median, publish, spread } from "../lib/report.ts";
import { available } from "../proxy/available.ts";
import { startUpstream } from "../proxy/upstream.ts";
import { RELOADABLE, type ReloadContender, type Reloadable } from "./contender.ts";

const quick = process.argv.includes("--quick");
const ROUNDS = quick ? 1 : 5;
const SECONDS = quick ? 2 : 10;
/** Milliseconds from one reload to the next. */
const EVERY = 500;
const LOAD = { connections: 64, seconds: SECONDS } as const;

interface Figures {
  readonly quiet: Load[];
  readonly busy: Load[];
  /** Bytes of all its processes after each round. */
  readonly memory: number[];
  reloads: number;
}

const names = available().map(({ name }) => name);
const contenders = RELOADABLE.filter(({ name }) => !name.startsWith("HAProxy") || names.includes("HAProxy"));
const folder = mkdtempSync(join(tmpdir(), "vgw-bench-reload-"));
const upstream = await freePort();
const behind = await startUpstream({ port: upstream, upstream, folder });
const started: Started[] = [];
const all = new Map<ReloadContender, Figures>();
try {
  const running: { readonly contender: ReloadContender; readonly it: Reloadable; readonly url: string }[] = [];
  for (const contender of contenders) {
    const port = await freePort();
    const it = await contender.start({ port, upstream, folder });
    started.push(it);
    running.push({ contender, it, url: `http://127.0.0.1:${port}/orders/1` });
    all.set(contender, { quiet: [], busy: [], memory: [], reloads: 0 });
  }
  for (const { url } of running) await wrk(url, { ...LOAD, seconds: quick ? 1 : 4 });
  for (let round = 0; round < ROUNDS; round++) {
    for (const { contender, it, url } of running) {
      const figures = all.get(contender)!;
      figures.quiet.push(await wrk(url, LOAD));
      figures.busy.push(await whileReloading(it, figures, wrk(url, LOAD)));
      figures.memory.push(memoryBytes(it.pid));
    }
  }
} finally {
  for (const one of started) await one.stop();
  await behind.stop();
  rmSync(folder, { recursive: true });
}
publish({
  name: "reload",
  title: "Reload under load",
  method: `wrk with 64 connections, keep-alive; ${ROUNDS} rounds of ${SECONDS} s left alone and ${SECONDS} s with a reload each ${EVERY} ms, in turn: median (least–most). Failed: requests without an answer or with another status than 200, of all rounds. Memory: of all its processes after the first and the last round.${quick ? " **A quick run: the figures mean nothing.**" : ""}`,
  head: [
    "how",
    "reloads",
    "failed",
    "failed, left alone",
    "p99 ms",
    "p99 ms, left alone",
    "× left alone",
    "requests/s",
    "MB first → last",
  ],
  rows: [...all].map(([{ name }, { quiet, busy, memory, reloads }]) => [
    name,
    String(reloads),
    String(errors(busy)),
    String(errors(quiet)),
    spread(
      busy.map(({ p99 }) => p99),
      2,
    ),
    median(quiet.map(({ p99 }) => p99)).toFixed(2),
    spread(
      busy.map(({ p99 }, round) => p99 / quiet[round]!.p99),
      2,
    ),
    median(busy.map(({ perSecond }) => perSecond)).toFixed(0),
    `${((memory[0] ?? 0) / 1e6).toFixed(0)} → ${((memory.at(-1) ?? 0) / 1e6).toFixed(0)}`,
  ]),
  bars: quick
    ? []
    : [...all]
        .filter(([{ name }]) => name.startsWith("vgw"))
        .map(([{ name }, { busy }]) => ({
          text: `${name}: no request fails (${errors(busy)})`,
          met: errors(busy) === 0,
        })),
});

async function whileReloading(it: Reloadable, figures: Figures, load: Promise<Load>): Promise<Load> {
  let going = true;
  const ended = load.finally(() => {
    going = false;
  });
  // The load has begun, and is not over with the last reload.
  await sleep(EVERY);
  while (going) {
    await it.reload();
    figures.reloads++;
    await sleep(EVERY);
  }
  return ended;
}

function errors(loads: readonly Load[]): number {
  return loads.reduce((sum, load) => sum + load.errors, 0);
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
