/** Starts peers, reads what they cost, ends them. CPU time comes from the kernel's accounting of each process and its threads. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Microseconds of user and system time that the process and its living descendants have used so far. */
export function cpuMicroseconds(pid: number): { readonly user: number; readonly system: number } {
  const tick = 1_000_000 / Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  let user = 0;
  let system = 0;
  for (const member of withDescendants(pid)) {
    try {
      const stat = readFileSync(`/proc/${member}/stat`, "utf8");
      // The name in parentheses may hold spaces; fields are counted after it. proc(5): utime is 14, stime 15.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      user += Number(fields[11]) * tick;
      system += Number(fields[12]) * tick;
    } catch {
      // It ended between the listing and the reading.
    }
  }
  return { user, system };
}

/** The process and what it has started, directly or not. */
export function withDescendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    } catch {
      // As above.
    }
  }
  const all = [pid];
  for (const member of all) all.push(...(children.get(member) ?? []));
  return all;
}

export interface Started {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Resolves when the port answers, within `limit` seconds. What the process prints is shown only when it fails to start. */
export async function start(
  command: string,
  args: readonly string[],
  port: number,
  limit = 10,
  environment: { readonly [name: string]: string } = {},
): Promise<Started> {
  const env = { ...process.env, ...environment };
  const child = spawn(command, [...args], { stdio: ["ignore", "pipe", "pipe"], detached: true, env });
  let output = "";
  const keep = (data: Buffer): void => {
    if (output.length < 4000) output += data.toString();
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  let closed = 0;
  for (let attempt = 0; attempt < limit * 10; attempt++) {
    if (child.exitCode !== null) break;
    try {
      await fetch(`http://127.0.0.1:${port}/`);
      return { pid: child.pid ?? 0, stop: () => stop(child) };
    } catch (error) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      // Who speaks TLS closes at once: twice, since a gateway tries its port before it listens.
      closed = isRefused(error) ? 0 : closed + 1;
      if (closed > 1) return { pid: child.pid ?? 0, stop: () => stop(child) };
    }
  }
  await stop(child);
  throw new Error(`${command} ${args.join(" ")} did not come up:\n${output}`);
}

/** Nobody listens. */
function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-child.pid, "SIGTERM");
  const timer = setTimeout(() => process.kill(-(child.pid ?? 0), "SIGKILL"), 5000);
  await ended;
  clearTimeout(timer);
}
