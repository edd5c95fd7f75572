/**
 * Vivremotion beside nginx, HAProxy, http-proxy and @fastify/http-proxy in one run: CPU time per request, requests per second,
 * latency, ratios. `--quick` only shows that everything runs; `--only=NAME,NAME` measures some scenarios.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, type Started } from "../lib/process.ts";
import { median, publish, spread } from "../lib/report.ts";
import { type Entry, type Figures, measureInTurns, ratios } from "../lib/turns.ts";
import { available, FAST } from "./available.ts";
import { ask } from "./certificate.ts";
import { type Contender, type Task, writeFiles } from "./contender.ts";
import { baseOf, type Scenario, SCENARIOS } from "./scenario.ts";
import { startUpstream } from "./upstream.ts";
import { PIPELINING } from "./vivremotion.ts";

const quick = process.argv.includes("--quick");
const TURNS = quick ? { rounds: 1, seconds: 1, warmUp: 1 } : { rounds: 5, seconds: 5, warmUp: 4 };
const ONE_ROUTE: Task = { kind: "pass", routes: 1 };
const HEAD = [
  "scenario",
  "proxy",
  "µs CPU per request",
  "of which user",
  "× nginx",
  "× plain",
  "requests/s",
  "p50 ms",
  "p99 ms",
  "errors",
];

interface Measured {
  readonly scenario: Scenario;
  readonly contender: Contender;
  readonly task: Task;
  readonly figures: Figures;
}

const contenders = available();
const only = process.argv.find((argument) => argument.startsWith("--only="))?.slice("--only=".length);
const scenarios = SCENARIOS.filter(({ name }) => only === undefined || only.split(",").includes(name));
if (scenarios.length === 0)
  throw new Error(`there is no scenario ${only}; there are ${SCENARIOS.map(({ name }) => name).join(", ")}`);
const folder = mkdtempSync(join(tmpdir(), "vgw-bench-proxy-"));
const all: Measured[] = [];
const upstream = await freePort();
const behind = await startUpstream({ port: upstream, upstream, folder });
try {
  for (const scenario of scenarios) {
    process.stderr.write(`bench: ${scenario.name}\n`);
    all.push(...(await measure(scenario)));
  }
} finally {
  await behind.stop();
  rmSync(folder, { recursive: true });
}
publish({
  name: "proxy",
  title: "Vivremotion beside other proxies",
  method: `CPU time (user and system) of the proxy's processes ÷ requests; ${TURNS.rounds} rounds of ${TURNS.seconds} s in turn, wrk with 64 connections (16 for 1 MB), one thread or worker each, keep-alive on both sides, access log off: median (least–most). Ratios are formed within each round; where nginx alone cannot do it, to nginx with njs; "plain" is the same proxy with one route and no policy.${quick ? " **A quick run: the figures mean nothing.**" : ""}`,
  head: HEAD,
  rows: all.map(row),
  bars: quick ? [] : bars(),
});

async function measure(scenario: Scenario): Promise<Measured[]> {
  const { connections, headers = [], path } = scenario;
  const started: Started[] = [];
  const entries = new Map<Entry, Omit<Measured, "figures">>();
  try {
    for (const task of scenario.tasks) {
      const text = scenario.script?.(task);
      const load = {
        connections,
        headers,
        ...(text !== undefined && {
          script: join(writeFiles({ port: 0, upstream, folder }, { "load.lua": text }), "load.lua"),
        }),
      };
      for (const contender of contenders.filter((one) => one.can(task))) {
        const port = await freePort();
        const { pid, stop } = await contender.start(task, { port, upstream, folder });
        started.push({ pid, stop });
        const entry: Entry = {
          name: contender.name,
          pid,
          url: `${task.kind === "tls" ? "https" : "http"}://127.0.0.1:${port}${path}`,
          load,
        };
        entries.set(entry, { scenario, contender, task });
      }
    }
    await sameAnswers([...entries.keys()], scenario.credentials?.() ?? {});
    const figures = await measureInTurns([...entries.keys()], TURNS);
    return [...entries].map(([entry, known]) => ({ ...known, figures: figures.get(entry)! }));
  } finally {
    for (const one of started) await one.stop();
  }
}

async function answerOf(url: string, headers: { readonly [name: string]: string }): Promise<string> {
  if (url.startsWith("https:")) {
    const { status, text } = await ask(url);
    return `${status} ${text}`;
  }
  const response = await fetch(url, { headers });
  return `${response.status} ${await response.text()}`;
}

/** Nobody is measured on another answer than the rest gives. */
async function sameAnswers(entries: readonly Entry[], headers: { readonly [name: string]: string }): Promise<void> {
  let expected: string | null = null;
  for (const { name, url } of entries) {
    const text = await answerOf(url, headers);
    expected ??= text;
    if (text !== expected) throw new Error(`${name} answers ${text.slice(0, 200)}, others ${expected.slice(0, 200)}`);
  }
}

function find(scenario: string, contender: string, task: Task): Figures | undefined {
  return all.find(
    (one) => one.scenario.name === scenario && one.contender.name === contender && nameOf(one.task) === nameOf(task),
  )?.figures;
}

function nameOf(task: Task): string {
  if (task.kind !== "pass") return task.kind;
  return `${task.routes.toLocaleString("en")} route${task.routes === 1 ? "" : "s"}`;
}

function row({ scenario, contender, task, figures }: Measured): string[] {
  const base = find(scenario.name, baseOf(task), task);
  const several = scenario.tasks.length > 1;
  const plain = several ? find(scenario.name, contender.name, ONE_ROUTE) : undefined;
  const shown = several ? `${scenario.title}, ${nameOf(task)}` : scenario.title;
  return [
    shown,
    contender.name,
    spread(figures.cpu, 1),
    median(figures.user).toFixed(1),
    base === undefined ? "–" : spread(ratios(figures, base), 2),
    plain === undefined ? "–" : spread(ratios(figures, plain), 2),
    median(figures.perSecond).toFixed(0),
    median(figures.p50).toFixed(2),
    median(figures.p99).toFixed(2),
    String(figures.errors),
  ];
}

function bars(): { text: string; met: boolean }[] {
  const bar = (text: string, figure: Figures | undefined, base: Figures | undefined, most: number) => {
    if (figure === undefined || base === undefined) return [];
    const ratio = median(ratios(figure, base));
    return [{ text: `${text} (${ratio.toFixed(2)})`, met: ratio <= most }];
  };
  const routes = (count: number): Figures | undefined => find("routes", FAST.name, { kind: "pass", routes: count });
  const ten = find("headers", FAST.name, ONE_ROUTE);
  const policy = find("policy", FAST.name, { kind: "policy" });
  return [
    ...bar("ten headers: at most 1.25 times nginx's CPU time", ten, find("headers", "nginx", ONE_ROUTE), 1.25),
    ...bar(
      "ten headers: at most a third of http-proxy's CPU time",
      ten,
      find("headers", "http-proxy", ONE_ROUTE),
      1 / 3,
    ),
    ...bar(
      "ten headers, pipelining: at most nginx's CPU time",
      find("headers", PIPELINING.name, ONE_ROUTE),
      find("headers", "nginx", ONE_ROUTE),
      1,
    ),
    ...bar("1,000 routes: at most 1.05 times the CPU time of one", routes(1000), routes(1), 1.05),
    ...bar("100,000 routes: at most 1.10 times the CPU time of one", routes(100_000), routes(1), 1.1),
    ...bar(
      "policy: at most 1.10 times the CPU time of pass-through",
      policy,
      find("policy", FAST.name, ONE_ROUTE),
      1.1,
    ),
    ...bar(
      "policy: less CPU time than nginx with njs",
      policy,
      find("policy", "nginx with njs", { kind: "policy" }),
      1,
    ),
  ];
}
