/** Builds programs and runs what was built as a user would: the command `vgw` and `node gateway.mjs`, as processes of their own. */
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const vgw = join(root, "compiler/dist/vgw.mjs");

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "vgw-e2e-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function command(
  args: readonly string[],
  cwd = root,
): { readonly status: number; readonly stdout: string; readonly stderr: string } {
  if (!existsSync(vgw)) throw new Error("the command vgw is not built: npm run build");
  const env = { ...process.env, NO_COLOR: "1" };
  const done = spawnSync(process.execPath, [vgw, ...args], { cwd, encoding: "utf8", env });
  return { status: done.status ?? -1, stdout: done.stdout, stderr: done.stderr };
}

/** As `command`, while this process goes on serving and asking. */
export function commandBeside(
  args: readonly string[],
  variables: NodeJS.ProcessEnv = {},
): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }> {
  const env = { ...process.env, NO_COLOR: "1", ...variables };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [vgw, ...args], { cwd: root, env }, (_error, stdout, stderr) => {
      resolve({ status: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

/** Builds `source` into `folder/artifact`. */
export function build(folder: string, source: string): string {
  const file = join(folder, "gateway.vgw");
  writeFileSync(file, source);
  const artifact = join(folder, "artifact");
  const done = command(["build", file, "-o", artifact]);
  if (done.status !== 0) throw new Error(`vgw build failed:\n${done.stderr}`);
  return artifact;
}

export interface Running {
  readonly child: ChildProcess;
  /** Of the first listener. */
  readonly port: number;
  /** Everything printed so far, both streams. */
  output(): string;
  /** Resolves when the output contains the text after `from`; rejects after ten seconds. */
  printed(text: string, from?: number): Promise<void>;
  stop(): Promise<number | null>;
}

/** Starts a process that prints `start.serving` with its listeners, and waits for that. */
export async function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const child = spawn(command, [...args], {
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (data: Buffer) => {
    output += data.toString();
  });
  child.stderr.on("data", (data: Buffer) => {
    output += data.toString();
  });
  const printed = (text: string, from = 0): Promise<void> =>
    until(
      () => output.indexOf(text, from) !== -1,
      () => `no "${text}" in:\n${output}`,
    );
  const stop = async (): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    return ended;
  };
  try {
    await printed("start.serving");
    await until(
      () => /"listeners":\[\{[^}]*"port":\d+/.test(output),
      () => `no listener in:\n${output}`,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  const port = Number(/"listeners":\[\{[^}]*"port":(\d+)/.exec(output)?.[1]);
  return { child, port, output: () => output, printed, stop };
}

export function startArtifact(
  folder: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Running> {
  return start(process.execPath, [join(folder, "gateway.mjs"), ...args], env);
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  failure: () => string,
  milliseconds = 10_000,
): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(failure());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function upstream(
  listener: RequestListener,
): Promise<{ readonly url: string; readonly server: Server; close(): Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    server,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Resident memory of a process and its children, in bytes (Linux). */
export function residentMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const own = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return (
    own + (children === "" ? 0 : children.split(" ").reduce((sum, child) => sum + residentMemory(Number(child)), 0))
  );
}
