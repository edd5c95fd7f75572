/**
 * Vivremotion and Portkey's gateway before the same made-up provider in one run: CPU time per chat completion, whole and streamed, long prompts, 2,000
 * streams at once, and the time that is added to the first token. `--quick` only shows that everything runs; `--only=NAME,NAME` measures some scenarios.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { nginx } from "../proxy/nginx.ts";
import { ensureDebian, ensureNpm } from "../lib/packages.ts";
import { cpuMicroseconds, freePort, type Started, start } from "../lib/process.ts";
import { median, publish, spread } from "../lib/report.ts";
import { type Entry, type Figures, measureInTurns, ratios } from "../lib/turns.ts";
import { BARE, COPIED, portkeyGateway, portkeyWays, SAME, TRANSLATED, VIVREMOTION, type Way } from "./contender.ts";
import { CHAT, LARGE, post, STREAM } from "./scenario.ts";

const here = dirname(fileURLToPath(import.meta.url));
const quick = process.argv.includes("--quick");
const TURNS = quick ? { rounds: 1, seconds: 1, warmUp: 2 } : { rounds: 5, seconds: 5, warmUp: 5 };
/** Pieces of text of a stream. */
const EVENTS = 32;
const STREAMS = 2000;
/** Milliseconds between two pieces of each of the streams that are open at once. */
const GAP = 200;
const QUESTIONS = quick ? 300 : 3000;
/** Of the streams whose first piece is waited for: pieces, and milliseconds between two of them. With none between, everybody would still be at work when it arrives. */
const PACED = ["4", "2"] as const;

/** Where the provider itself takes what `SAME` is asked. */
const DIRECT = "/v1/chat/completions";

const only = process.argv
  .find((argument) => argument.startsWith("--only="))
  ?.slice("--only=".length)
  .split(",");
const asked = (name: string): boolean => only === undefined || only.includes(name);

if (ensureDebian([{ name: "wrk", provides: "wrk" }]).length > 0) throw new Error("nothing can be measured without wrk");
if (!ensureNpm("@portkey-ai/gateway")) process.stderr.write("bench: Portkey's gateway is left out\n");

interface Row {
  readonly scenario: string;
  readonly way: Way;
  readonly figures: Figures;
}

const rows: Row[] = [];
const told: { readonly text: string; readonly met: boolean }[] = [];
const folder = mkdtempSync(join(tmpdir(), "vgw-bench-model-"));
const started: Started[] = [];
try {
  const provider = await freePort();
  started.push(
    await start(process.execPath, [join(here, "provider.mjs"), String(provider), String(EVENTS), "0"], provider),
  );
  const slow = await freePort();
  started.push(
    await start(process.execPath, [join(here, "provider.mjs"), String(slow), String(EVENTS), String(GAP)], slow),
  );
  const ours = await gateway("ours", provider);
  const theirs = await portkey(provider);
  const ways = portkeyWays(provider);
  const all: [Way, Running][] = [
    [SAME, ours],
    [TRANSLATED, ours],
    [BARE, ours],
  ];
  if (theirs !== null) all.push([ways.same, theirs], [ways.translated, theirs]);
  if (asked("chat")) await measure("chat", CHAT, 64, [...all, [COPIED, ours]]);
  if (asked("stream")) await measure("stream", STREAM, 64, all);
  if (asked("large")) await measure("large", LARGE, 16, [...all, [COPIED, ours]]);
  if (asked("first")) {
    await firstToken(theirs);
  }
  if (asked("streams")) {
    const held = await gateway("held", slow);
    await manyStreams(held, SAME);
    await manyStreams(held, TRANSLATED);
  }
} finally {
  for (const one of started) await one.stop();
  rmSync(folder, { recursive: true });
}

publish({
  name: "model",
  title: "Chat completions beside Portkey's gateway",
  method: `CPU time (user and system) of the gateway's processes ÷ requests; ${TURNS.rounds} rounds of ${TURNS.seconds} s in turn, wrk with 64 connections (16 for 400 KB), one thread each, one provider for all: median (least–most). Ratios are formed within each round. "chat": a question of ${CHAT.length} bytes; "stream": ${EVENTS} events; "large": a prompt of ${Math.round(LARGE.length / 1000)} KB.${quick ? " **A quick run: the figures mean nothing.**" : ""}`,
  head: [
    "scenario",
    "gateway",
    "µs CPU per request",
    "of which user",
    "× Vivremotion",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "errors",
  ],
  rows: rows.map(({ scenario, way, figures }) => {
    const base = find(scenario, SAME);
    return [
      scenario,
      way.name,
      spread(figures.cpu, 1),
      median(figures.user).toFixed(1),
      base === undefined ? "–" : spread(ratios(figures, base), 2),
      median(figures.perSecond).toFixed(0),
      median(figures.p50).toFixed(2),
      median(figures.p99).toFixed(2),
      String(figures.errors),
    ];
  }),
  bars: [...bars(), ...told],
});

interface Running {
  readonly port: number;
  readonly pid: number;
}

async function gateway(name: string, provider: number): Promise<Running> {
  const port = await freePort();
  const place = join(folder, name);
  mkdirSync(place);
  const running = await VIVREMOTION.start(port, provider, place);
  started.push(running);
  return { port, pid: running.pid };
}

async function portkey(provider: number): Promise<Running | null> {
  const contender = portkeyGateway(provider);
  if (contender === null) return null;
  const port = await freePort();
  const running = await contender.start(port, provider, folder);
  started.push(running);
  return { port, pid: running.pid };
}

async function measure(
  scenario: string,
  body: string,
  connections: number,
  contenders: readonly [Way, Running][],
): Promise<void> {
  process.stderr.write(`bench: ${scenario}\n`);
  const script = join(folder, `${scenario}.lua`);
  writeFileSync(script, post(body));
  const entries = new Map<Entry, Way>();
  for (const [way, { port, pid }] of contenders) {
    const url = `http://127.0.0.1:${port}${way.path}`;
    const problem = await mistake(url, way, body);
    if (problem !== null) {
      process.stderr.write(`bench: ${way.name} is left out, it answers ${problem}\n`);
      continue;
    }
    const headers = Object.entries(way.headers).map(([name, value]) => `${name}: ${value}`);
    entries.set({ name: way.name, pid, url, load: { connections, headers, script } }, way);
  }
  const figures = await measureInTurns([...entries.keys()], TURNS);
  for (const [entry, way] of entries) rows.push({ scenario, way, figures: figures.get(entry)! });
}

/** Nobody is measured on another answer than the one that is meant; null: it is that. */
async function mistake(url: string, { headers }: Way, body: string, events = EVENTS): Promise<string | null> {
  const response = await fetch(url, { method: "POST", headers, body });
  const text = await response.text();
  const meant = body === STREAM ? new RegExp(`${events - 1} "[^]*(?:DONE|stop)`) : /quick brown fox/;
  return response.status === 200 && meant.test(text) ? null : `${response.status} ${text.slice(0, 200)}`;
}

/** Milliseconds until the first piece of text: through each gateway, and of the provider itself. */
async function firstToken(portkey: Running | null): Promise<void> {
  process.stderr.write("bench: first\n");
  const paced = await freePort();
  started.push(await start(process.execPath, [join(here, "provider.mjs"), String(paced), ...PACED], paced));
  const own = await gateway("paced", paced);
  const direct = { name: "", port: paced, path: DIRECT, headers: { "content-type": "application/json" } };
  const targets = [direct];
  const add = async (name: string, { port }: { readonly port: number }, { path, headers }: Way): Promise<void> => {
    const problem = await mistake(`http://127.0.0.1:${port}${path}`, { name, path, headers }, STREAM, Number(PACED[0]));
    if (problem === null) targets.push({ name, port, path, headers: { ...direct.headers, ...headers } });
    else process.stderr.write(`bench: ${name} is left out, it answers ${problem}\n`);
  };
  for (const way of [SAME, TRANSLATED, BARE, COPIED]) await add(way.name, own, way);
  if (portkey !== null) await add("Portkey", portkey, portkeyWays(paced).same);
  if (ensureDebian([{ name: "nginx-light", provides: "nginx" }]).length === 0) {
    const port = await freePort();
    started.push(await nginx.start({ kind: "pass", routes: 1 }, { port, upstream: paced, folder }));
    await add("nginx", { port }, { name: "nginx", path: DIRECT, headers: direct.headers });
  }
  const times: number[][] = JSON.parse(
    await output("first-token.mjs", [String(QUESTIONS), JSON.stringify(targets), STREAM]),
  );
  const at = (values: readonly number[], share: number): number =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length * share)]!;
  targets.slice(1).forEach(({ name }, index) => {
    const [middle, high] = [0.5, 0.99].map((share) => at(times[index + 1]!, share) - at(times[0]!, share));
    const text = `${middle!.toFixed(2)} ms at the median, ${high!.toFixed(2)} ms at p99`;
    if (name === SAME.name)
      told.push({ text: `time to first token, added: under 1 ms at p99 (${text})`, met: high! < 1 });
    else told.push({ text: `time to first token, added by ${name}: ${text}`, met: true });
  });
}

async function manyStreams({ port, pid }: Running, way: Way): Promise<void> {
  process.stderr.write(`bench: streams (${way.name})\n`);
  const before = cpuMicroseconds(pid);
  const args = [port, way.path, STREAMS, EVENTS, JSON.stringify(way.headers), STREAM].map(String);
  const { whole, frames }: { whole: number; frames: number } = JSON.parse(await output("streams.mjs", args));
  const after = cpuMicroseconds(pid);
  const cpu = (after.user + after.system - before.user - before.system) / frames;
  told.push({
    text: `${way.name}: ${STREAMS} streams at once, every frame once and in order (${whole} whole, ${frames} frames, ${cpu.toFixed(1)} µs CPU per frame)`,
    met: whole === STREAMS,
  });
}

async function output(file: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(here, file), ...args], { maxBuffer: 2 ** 28 });
  return stdout;
}

function find(scenario: string, way: Way): Figures | undefined {
  return rows.find((row) => row.scenario === scenario && row.way.name === way.name)?.figures;
}

function bars(): { text: string; met: boolean }[] {
  const own = (scenario: string, way: Way = SAME): Figures | undefined => find(scenario, way);
  const other = rows.find(({ scenario, way }) => scenario === "chat" && way.name === "Portkey")?.figures;
  const bar = (text: string, figure: Figures | undefined, base: Figures | undefined, most: number) => {
    if (figure === undefined || base === undefined) return [];
    const ratio = median(ratios(figure, base));
    return [{ text: `${text} (${ratio.toFixed(2)})`, met: ratio <= most }];
  };
  const chat = own("chat");
  return [
    ...(chat === undefined
      ? []
      : [
          {
            text: `a chat completion: at most 60 µs CPU (${median(chat.cpu).toFixed(1)})`,
            met: median(chat.cpu) <= 60,
          },
        ]),
    ...bar("a chat completion: at most a tenth of Portkey's CPU time", chat, other, 0.1),
    ...bar("key, limit, budget and record: at most 1.10 times the CPU time without", chat, own("chat", BARE), 1.1),
    ...bar("translated: at most twice the CPU time of the same dialect", own("chat", TRANSLATED), chat, 2),
    ...bar(
      "400 KB: at most three times the CPU time of copying them through a service",
      own("large"),
      own("large", COPIED),
      3,
    ),
  ];
}
