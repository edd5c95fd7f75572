/** What a limit costs a request: none, one that each gateway counts, and those that gateways share in a Redis on this machine. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { wrk } from "../lib/load.ts";
import { cpuMicroseconds, freePort, start } from "../lib/process.ts";
import { publish, spread } from "../lib/report.ts";

const vgw = join(dirname(fileURLToPath(import.meta.url)), "../../compiler/dist/vgw.mjs");
const quick = process.argv.includes("--quick");
const [rounds, seconds, warmUp] = quick ? [1, 1, 1] : [5, 3, 2];
const CONNECTIONS = [1, 64];

interface Kind {
  readonly name: string;
  readonly path: string;
  readonly step: string;
}

const KINDS: readonly Kind[] = [
  { name: "no limit", path: "/none", step: "" },
  { name: "limit, each gateway", path: "/own", step: "limit 1000000/s by request.address" },
  { name: "limit, shared: exact", path: "/exact", step: "limit 1000000/s by request.address { shared: exact }" },
  { name: "limit, shared: leased", path: "/leased", step: "limit 1000000/s by request.address { shared: leased }" },
  { name: "used up, each gateway", path: "/own-refused", step: "limit 1/day by request.address" },
  { name: "used up, shared: exact", path: "/exact-refused", step: "limit 1/day by request.address { shared: exact }" },
  { name: "concurrency, each gateway", path: "/places", step: "limit 1000 concurrent by request.address" },
  {
    name: "concurrency, shared: exact",
    path: "/shared-places",
    step: "limit 1000 concurrent by request.address { shared: exact }",
  },
];

const program = (port: number, redis: number): string => `vgw 1
gateway bench {
  listen: http("127.0.0.1:${port}")
  threads: 1
  access_log: false
  state: redis("redis://127.0.0.1:${redis}")
}
${KINDS.map(({ path, step }) => `route GET "${path}" open {\n  ${step}\n  reply "in"\n}\n`).join("")}`;

const folder = mkdtempSync(join(tmpdir(), "vgw-bench-limits-"));
const [port, redisPort] = [await freePort(), await freePort()];
const redis = await start(
  "redis-server",
  ["--port", `${redisPort}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder],
  redisPort,
);
try {
  writeFileSync(join(folder, "gateway.vgw"), program(port, redisPort));
  execFileSync(process.execPath, [vgw, "build", join(folder, "gateway.vgw"), "-o", join(folder, "dist")], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const gateway = await start(process.execPath, [join(folder, "dist/gateway.mjs")], port);
  try {
    publish(await measured(gateway.pid));
  } finally {
    await gateway.stop();
  }
} finally {
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
}

interface Figures {
  readonly cpu: number[];
  readonly redis: number[];
  readonly perSecond: number[];
  readonly p50: number[];
  readonly p99: number[];
}

/** The kinds take turns, so that a machine whose speed drifts favours none of them. */
async function measured(gateway: number): Promise<Parameters<typeof publish>[0]> {
  const rows: string[][] = [];
  for (const connections of CONNECTIONS) {
    const figures = new Map<Kind, Figures>(
      KINDS.map((kind) => [kind, { cpu: [], redis: [], perSecond: [], p50: [], p99: [] }]),
    );
    for (const { path } of KINDS) await wrk(`http://127.0.0.1:${port}${path}`, { seconds: warmUp, connections });
    for (let round = 0; round < rounds; round++) {
      for (const [{ path }, figure] of figures) {
        const before = [gateway, redis.pid].map(total);
        const load = await wrk(`http://127.0.0.1:${port}${path}`, { seconds, connections });
        const [own, its] = [gateway, redis.pid].map((pid, index) => (total(pid) - before[index]!) / load.requests);
        figure.cpu.push(own!);
        figure.redis.push(its!);
        figure.perSecond.push(load.perSecond);
        figure.p50.push(load.p50);
        figure.p99.push(load.p99);
      }
    }
    const base = figures.get(KINDS[0]!)!;
    for (const [{ name }, { cpu, redis: its, perSecond, p50, p99 }] of figures) {
      const more = cpu.map((value, round) => value - base.cpu[round]!);
      const ratio = cpu.map((value, round) => value / base.cpu[round]!);
      const cells = [
        spread(cpu, 1),
        spread(more, 1),
        spread(ratio, 2),
        spread(its, 1),
        spread(perSecond, 0),
        spread(p50, 2),
        spread(p99, 2),
      ];
      rows.push([name, `${connections}`, ...cells]);
    }
  }
  return {
    name: "limits",
    title: "What a limit costs a request",
    method: `One gateway (fast, one thread) that answers by itself, one key, redis-server on the same machine; CPU time per request, user and system, of the gateway and of Redis: median of ${rounds} rounds (least to most).${quick ? " **A quick run: the figures mean nothing.**" : ""}`,
    head: [
      "limit",
      "connections",
      "µs",
      "µs more than none",
      "× none",
      "µs of Redis",
      "requests/s",
      "p50 ms",
      "p99 ms",
    ],
    rows,
    bars: [],
  };
}

function total(pid: number): number {
  const { user, system } = cpuMicroseconds(pid);
  return user + system;
}
