/**
 * Of three endpoints one is slow and one fails half the time: what clients see, with the defaults and with each of the settings that help,
 * beside the same service while all endpoints are well. Requests come at a fixed rate, whatever is answered.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, start } from "../lib/process.ts";
import { publish } from "../lib/report.ts";

const vgw = join(dirname(fileURLToPath(import.meta.url)), "../../compiler/dist/vgw.mjs");

const RATE = 200;
const SECONDS = 12;
/** Left out of the figures: Node and the gateway have just begun. */
const WARM = 2;

interface Nature {
  /** Median of its answers, in milliseconds; they vary by half of it. */
  readonly milliseconds: number;
  readonly failing: number;
}

const WELL: readonly Nature[] = [10, 10, 10].map((milliseconds) => ({ milliseconds, failing: 0 }));
const ILL: readonly Nature[] = [
  { milliseconds: 10, failing: 0 },
  { milliseconds: 200, failing: 0 },
  { milliseconds: 10, failing: 0.5 },
];

const RUNS: readonly (readonly [name: string, natures: readonly Nature[], settings: string])[] = [
  ["all well", WELL, ""],
  ["one slow, one failing; nobody is left alone", ILL, "eject: none"],
  ["the same; only who fails", ILL, "eject: { slow: false }"],
  ["the same; defaults", ILL, ""],
  ["the same; retry", ILL, "retry: { on: [connect, closed, 500] }"],
  ["the same; retry, hedge", ILL, "retry: { on: [connect, closed, 500] }, hedge: { after: p95 }"],
];

interface Upstreams {
  readonly origins: readonly string[];
  requests: number;
  stop(): Promise<void>;
}

async function upstreams(natures: readonly Nature[]): Promise<Upstreams> {
  const servers: Server[] = [];
  const made: Upstreams = {
    origins: [],
    requests: 0,
    stop: async () => {
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
  const origins: string[] = [];
  for (const { milliseconds, failing } of natures) {
    const server = createServer((_request, response) => {
      made.requests++;
      const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
      const status = Math.random() < failing ? 500 : 200;
      setTimeout(() => response.writeHead(status).end("x"), milliseconds * Math.exp(0.5 * normal));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    servers.push(server);
    origins.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  return Object.assign(made, { origins });
}

function program(port: number, origins: readonly string[], settings: string): string {
  const url = origins.map((origin) => `"${origin}"`).join(", ");
  return `vgw 1
gateway bench { listen: http("127.0.0.1:${port}"), threads: 1, access_log: false }
service up { url: [${url}]${settings === "" ? "" : `, ${settings}`} }
route any "/{path...}" open { forward up }
`;
}

/** Milliseconds of each answer; null: an error. */
async function load(port: number): Promise<(number | null)[]> {
  const agent = new Agent({ keepAlive: true });
  const results: (number | null)[] = [];
  const one = (counted: boolean): Promise<void> =>
    new Promise((resolve) => {
      const began = performance.now();
      const done = (result: number | null): void => {
        if (counted) results.push(result);
        resolve();
      };
      request({ port, host: "127.0.0.1", path: "/x", agent }, (response) => {
        response.resume().on("end", () => done(response.statusCode === 200 ? performance.now() - began : null));
      })
        .on("error", () => done(null))
        .end();
    });
  const all: Promise<void>[] = [];
  const began = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const gone = (performance.now() - began) / 1000;
      while (all.length < gone * RATE) all.push(one(gone > WARM));
      if (gone < SECONDS + WARM) return;
      clearInterval(timer);
      resolve();
    }, 2);
  });
  await Promise.all(all);
  agent.destroy();
  return results;
}

interface Figures {
  readonly name: string;
  readonly p50: number;
  readonly p99: number;
  /** Part of the requests. */
  readonly errors: number;
  readonly attempts: number;
}

const figures: Figures[] = [];
for (const [name, natures, settings] of RUNS) {
  const up = await upstreams(natures);
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "vgw-bench-"));
  writeFileSync(join(folder, "gateway.vgw"), program(port, up.origins, settings));
  execFileSync(process.execPath, [vgw, "build", join(folder, "gateway.vgw"), "-o", join(folder, "dist")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const gateway = await start(process.execPath, [join(folder, "dist/gateway.mjs")], port, 120);
  const results = await load(port);
  await gateway.stop();
  await up.stop();
  rmSync(folder, { recursive: true, force: true });
  const times = results.flatMap((time) => time ?? []).sort((left, right) => left - right);
  const at = (part: number): number => times[Math.floor(part * times.length)] ?? Number.NaN;
  const errors = (results.length - times.length) / results.length;
  const attempts = up.requests / (RATE * (SECONDS + WARM));
  figures.push({ name, p50: at(0.5), p99: at(0.99), errors, attempts });
}

const [well, ...ill] = figures;
const best = ill.at(-1);
publish({
  name: "resilience",
  title: "One of three endpoints slow, one failing half the time",
  method: `${RATE} requests a second for ${SECONDS} s, after ${WARM} s; endpoints answer in about 10 ms, the slow one in 200 ms. One thread; upstreams and load share a process.`,
  head: ["run", "p50", "p99", "errors", "attempts per request"],
  rows: figures.map(({ name, p50, p99, errors, attempts }) => [
    name,
    `${p50.toFixed(1)} ms`,
    `${p99.toFixed(1)} ms`,
    `${(100 * errors).toFixed(2)}%`,
    attempts.toFixed(2),
  ]),
  bars:
    well === undefined || best === undefined
      ? []
      : [
          { text: "p99 within twice the healthy run's, with retry and hedge", met: best.p99 <= 2 * well.p99 },
          { text: "at most one request in a thousand fails, with retry and hedge", met: best.errors <= 0.001 },
        ],
});
