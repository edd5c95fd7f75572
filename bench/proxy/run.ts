/** CPU time per proxied request beside nginx in the same run: pass-through, bare and with ten request headers, on both transports. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BROWSER_HEADERS, wrk } from "../lib/load.ts";
import { cpuMicroseconds, freePort, type Started, start } from "../lib/process.ts";
import { median, publish, spread } from "../lib/report.ts";
import { startProxy, startUpstream } from "./nginx.ts";

const vgw = join(dirname(fileURLToPath(import.meta.url)), "../../compiler/dist/vgw.mjs");
const ROUNDS = 3;
const SECONDS = 5;
const CONNECTIONS = 64;

interface Contender {
  readonly name: string;
  readonly port: number;
  readonly process: Started;
}

const folder = mkdtempSync(join(tmpdir(), "vgw-bench-proxy-"));
const upstreamPort = await freePort();
const started: Started[] = [await startUpstream(upstreamPort)];
try {
  const contenders: Contender[] = [];
  const nginxPort = await freePort();
  contenders.push({ name: "nginx", port: nginxPort, process: await startProxy(nginxPort, upstreamPort) });
  for (const transport of ["fast", "strict"] as const) {
    const port = await freePort();
    contenders.push({ name: `Vivremotion (${transport})`, port, process: await startGateway(port, transport) });
  }
  started.push(...contenders.map(({ process }) => process));
  const rows: string[][] = [];
  for (const headers of [[], BROWSER_HEADERS]) rows.push(...(await measure(contenders, headers)));
  publish({
    name: "proxy",
    title: "Pass-through beside nginx",
    method: `CPU time (user and system) of the proxy's processes ÷ requests; ${ROUNDS} rounds of ${SECONDS} s in turn, wrk with ${CONNECTIONS} connections, one thread or worker each, a 150-byte JSON answer from nginx, keep-alive on both sides, access log off: median (least–most). The ratio is to nginx in the same round.`,
    head: [
      "proxy",
      "request headers",
      "µs CPU per request",
      "of which user",
      "× nginx",
      "requests/s",
      "p50 ms",
      "p99 ms",
      "errors",
    ],
    rows,
    bars: [],
  });
} finally {
  for (const one of started) await one.stop();
  rmSync(folder, { recursive: true });
}

async function measure(contenders: readonly Contender[], headers: readonly string[]): Promise<string[][]> {
  const figures = new Map(
    contenders.map(({ name }) => [name, { cpu: [], user: [], rate: [], p50: [], p99: [], errors: 0 } as Figures]),
  );
  for (const { port } of contenders) await wrk(url(port), { seconds: 2, connections: CONNECTIONS, headers });
  for (let round = 0; round < ROUNDS; round++) {
    for (const {
      name,
      port,
      process: { pid },
    } of contenders) {
      const before = cpuMicroseconds(pid);
      const load = await wrk(url(port), { seconds: SECONDS, connections: CONNECTIONS, headers });
      const after = cpuMicroseconds(pid);
      const figure = figures.get(name)!;
      figure.user.push((after.user - before.user) / load.requests);
      figure.cpu.push((after.user + after.system - before.user - before.system) / load.requests);
      figure.rate.push(load.perSecond);
      figure.p50.push(load.p50);
      figure.p99.push(load.p99);
      figure.errors += load.errors;
    }
  }
  const base = figures.get("nginx")!.cpu;
  return [...figures].map(([name, figure]) => [
    name,
    headers.length === 0 ? "1" : String(headers.length + 1),
    spread(figure.cpu, 1),
    median(figure.user).toFixed(1),
    spread(
      figure.cpu.map((value, index) => value / base[index]!),
      2,
    ),
    median(figure.rate).toFixed(0),
    median(figure.p50).toFixed(2),
    median(figure.p99).toFixed(2),
    String(figure.errors),
  ]);
}

interface Figures {
  readonly cpu: number[];
  readonly user: number[];
  readonly rate: number[];
  readonly p50: number[];
  readonly p99: number[];
  errors: number;
}

function url(port: number): string {
  return `http://127.0.0.1:${port}/orders/1`;
}

async function startGateway(port: number, transport: "fast" | "strict"): Promise<Started> {
  const file = join(folder, `${transport}.vgw`);
  writeFileSync(
    file,
    `vgw 1

gateway bench {
  listen: [http("127.0.0.1:${port}", transport: ${transport})]
  threads: 1
  access_log: false
}

service up { url: "http://127.0.0.1:${upstreamPort}" }

route any "/{path...}" open { forward up }
`,
  );
  const artifact = join(folder, transport);
  execFileSync(process.execPath, [vgw, "build", file, "-o", artifact], { stdio: ["ignore", "ignore", "inherit"] });
  return start(process.execPath, [join(artifact, "gateway.mjs")], port);
}
