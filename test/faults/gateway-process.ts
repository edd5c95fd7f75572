/** A gateway in processes of its own that can be asked what is alive in it: sockets, timers, heap after a collection, counters. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Running, start, until } from "../e2e/support.ts";

const PROBE = fileURLToPath(new URL("probe.mjs", import.meta.url));

export interface Alive {
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
  readonly rss: number;
  /** `process.getActiveResourcesInfo()`, counted by name. */
  readonly resources: { readonly [name: string]: number };
  /** Descriptors that are sockets. */
  readonly sockets: number;
}

export interface ProbedGateway {
  readonly port: number;
  readonly admin: string;
  /** The process that serves. */
  readonly pid: number;
  readonly running: Running;
  alive(): Promise<Alive>;
  /** Sums of `/metrics` by name, over all labels. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  status(): Promise<string>;
  stop(): Promise<void>;
}

export async function probedGateway(artifact: string, env: NodeJS.ProcessEnv = {}, token = ""): Promise<ProbedGateway> {
  const folder = mkdtempSync(join(tmpdir(), "vgw-probe-"));
  const options = ["--expose-gc", "--import", PROBE];
  const running = await start(process.execPath, [...options, join(artifact, "gateway.mjs")], {
    ...env,
    VGW_PROBE: folder,
  });
  const port = /"admin":\{[^}]*"port":(\d+)/.exec(running.output())?.[1];
  const admin = `http://127.0.0.1:${port}`;
  const supervisor = running.child.pid ?? 0;
  const pid = Number(readFileSync(`/proc/${supervisor}/task/${supervisor}/children`, "utf8").trim().split(" ")[0]);
  const headers = token === "" ? {} : { authorization: `Bearer ${token}` };
  let probes = 0;
  return {
    port: running.port,
    admin,
    pid,
    running,
    async alive() {
      const file = join(folder, `probe-${pid}-${++probes}.json`);
      process.kill(pid, "SIGUSR2");
      await until(
        () => existsSync(file),
        () => `the gateway's process does not answer:\n${running.output().slice(-2000)}`,
        60_000,
      );
      return JSON.parse(readFileSync(file, "utf8"));
    },
    async metrics() {
      const sums = new Map<string, number>();
      const text = await (await fetch(`${admin}/metrics`, { headers })).text();
      for (const [, name = "", value] of text.matchAll(/^([a-z_]+)(?:\{[^\n]*\})? (\S+)$/gm)) {
        sums.set(name, (sums.get(name) ?? 0) + Number(value));
      }
      return sums;
    },
    async status() {
      return (await fetch(`${admin}/status`, { headers })).text();
    },
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
