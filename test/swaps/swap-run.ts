/**
 * Many swaps between two bundles over the admin listener, with clients in processes of their own and streams open; blocks with swaps and blocks
 * without take turns, so that latency can be compared on a machine whose speed drifts.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, temporaryFolder } from "../e2e/support.ts";
import { type Alive, probedGateway, type ProbedGateway } from "../faults/gateway-process.ts";
import type { Measured } from "./client-process.ts";
import { program } from "./program.ts";
import { openStreams } from "./streams.ts";

export interface SwapRunOptions {
  readonly transport: "fast" | "strict";
  readonly swaps: number;
  /** Pairs of blocks. */
  readonly blocks: number;
  /** Milliseconds from one swap to the next. */
  readonly every: number;
  /** How long a stream lasts, in milliseconds. */
  readonly streamFor: number;
  readonly progress?: (line: string) => void;
}

export interface SwapReport {
  readonly requests: number;
  readonly failures: readonly string[];
  readonly bundles: readonly string[];
  /** Milliseconds, one figure per block. */
  readonly p99: { readonly swaps: readonly number[]; readonly quiet: readonly number[] };
  readonly p50: { readonly swaps: readonly number[]; readonly quiet: readonly number[] };
  /** Milliseconds that a swap took, as who asked for it saw it. */
  readonly swapTimes: readonly number[];
  /** What was alive after the first swaps, and at the end, when every stream has ended: until then each holds the generation that it began on. */
  readonly memory: { readonly first: Alive; readonly last: Alive };
  readonly streams: {
    readonly downloads: number;
    readonly uploads: number;
    readonly events: number;
    readonly messages: number;
  };
  readonly generation: number;
  /** Of all threads. */
  readonly generations: number;
}

const TOKEN = "a-token-for-this-run";
const CLIENTS = 2;
const CONNECTIONS = 8;
const EVERY = 20;
/** Afterwards code and caches have their size. */
const WARM_UP = 100;

export async function swapRun(options: SwapRunOptions): Promise<SwapReport> {
  const folder = temporaryFolder();
  const children: ChildProcess[] = [];
  const child = async (name: string, ...args: number[]): Promise<{ child: ChildProcess; first: unknown }> => {
    const file = fileURLToPath(new URL(name, import.meta.url));
    const started = fork(file, args.map(String), { execArgv: ["--import", "tsx"] });
    children.push(started);
    const [first] = await once(started, "message");
    return { child: started, first };
  };
  let gateway: ProbedGateway | null = null;
  try {
    const ports = (await child("upstream-process.ts")).first as { readonly port: number; readonly sockets: number };
    const folders = (["a", "b"] as const).map((name) => {
      const target = join(folder.path, name);
      cpSync(
        build(
          folder.path,
          program({ transport: options.transport, upstream: ports.port, sockets: ports.sockets, name }),
        ),
        target,
        {
          recursive: true,
        },
      );
      return target;
    });
    gateway = await probedGateway(folders[0]!, { VGW_ADMIN_TOKEN: TOKEN }, TOKEN);
    const clients: ChildProcess[] = [];
    for (let index = 0; index < CLIENTS; index++) {
      clients.push((await child("client-process.ts", gateway.port, CONNECTIONS, EVERY)).child);
    }
    return await run(options, gateway, folders, clients);
  } finally {
    for (const one of children) one.disconnect();
    await gateway?.stop();
    folder.remove();
  }
}

async function run(
  { swaps, blocks, every, streamFor, progress }: SwapRunOptions,
  gateway: ProbedGateway,
  folders: readonly string[],
  clients: readonly ChildProcess[],
): Promise<SwapReport> {
  const swapTimes: number[] = [];
  const failures: string[] = [];
  let swapped = 0;
  const swap = async (): Promise<void> => {
    const from = performance.now();
    const folder = folders[++swapped % 2];
    const response = await fetch(`${gateway.admin}/generations`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ folder }),
    });
    const text = await response.text();
    if (!response.ok) failures.push(`swap ${swapped}: ${response.status} ${text}`);
    swapTimes.push(performance.now() - from);
  };
  const many = async (count: number, pause: number): Promise<void> => {
    for (let index = 0; index < count; index++) {
      const next = performance.now() + pause;
      await swap();
      await sleep(next - performance.now());
    }
  };
  const bundles = new Set<string>();
  let requests = 0;
  const take = async (): Promise<number[]> => {
    const latencies: number[] = [];
    for (const client of clients) {
      client.send("take");
      const [measured] = (await once(client, "message")) as [Measured];
      latencies.push(...measured.latencies);
      failures.push(...measured.failures);
      for (const bundle of measured.bundles) bundles.add(bundle);
    }
    requests += latencies.length;
    return latencies.sort((a, b) => a - b);
  };

  const warmUp = Math.min(WARM_UP, Math.ceil(swaps / 3));
  await many(warmUp, every / 4);
  const first = await gateway.alive();
  const streams = openStreams({ port: gateway.port, each: 3, milliseconds: streamFor });
  await take();
  const p99: { swaps: number[]; quiet: number[] } = { swaps: [], quiet: [] };
  const p50: { swaps: number[]; quiet: number[] } = { swaps: [], quiet: [] };
  const perBlock = Math.ceil((swaps - warmUp) / blocks);
  for (let block = 0; block < blocks; block++) {
    await sleep(perBlock * every);
    const quiet = await take();
    await many(perBlock, every);
    const busy = await take();
    p99.quiet.push(at(quiet, 0.99));
    p99.swaps.push(at(busy, 0.99));
    p50.quiet.push(at(quiet, 0.5));
    p50.swaps.push(at(busy, 0.5));
    const { heapUsed, rss } = await gateway.alive();
    // Collecting garbage stops the gateway: that is no one's latency.
    await take();
    progress?.(
      `${swapped} swaps: p99 ${p99.swaps.at(-1)!.toFixed(2)} ms, without ${p99.quiet.at(-1)!.toFixed(2)} ms; heap ${(heapUsed / 1e6).toFixed(1)} MB, resident ${(rss / 1e6).toFixed(1)} MB`,
    );
  }
  await streams.finish();
  await take();
  const memory = { first, last: await gateway.alive() };
  failures.push(...streams.failures);
  const status = JSON.parse(await gateway.status());
  const threads: readonly { readonly generations: readonly unknown[] }[] = status.threads;
  return {
    requests,
    failures,
    bundles: [...bundles].sort(),
    p99,
    p50,
    swapTimes: swapTimes.slice(warmUp),
    memory,
    streams: streams.done,
    generation: status.generations.serving.id,
    generations: Math.max(...threads.map(({ generations }) => generations.length)),
  };
}

function at(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

function sleep(milliseconds: number): Promise<void> {
  return milliseconds <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, milliseconds));
}
