/** Runs `node gateway.mjs` as a real process for a test, reads its log, and ends it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { BoundListener } from "../thread.ts";

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface GatewayRun {
  readonly process: ChildProcess;
  /** Every line so far. */
  readonly lines: readonly LogLine[];
  /** What went to standard error so far. */
  readonly errors: () => string;
  /** Lines on standard output that are no log lines. */
  readonly output: () => string;
  /** The next line of this event that `seen` has not given yet, or one that has come already. */
  seen(event: string): Promise<LogLine>;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  /** Resolves when every process that writes to its output has ended. */
  readonly closed: Promise<void>;
  /** Ends it and whatever it started. */
  kill(): Promise<void>;
}

export function runGateway(
  entry: string,
  args: readonly string[],
  environment: { readonly [name: string]: string } = {},
  nodeOptions: readonly string[] = [],
): GatewayRun {
  const child = spawn(process.execPath, [...nodeOptions, entry, ...args], {
    // Nothing of the test's environment but what finds programs.
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    // Its own group, so that a test can end the supervisor and its children together.
    detached: true,
  });
  const lines: LogLine[] = [];
  const given = new Map<string, number>();
  const waiting: { readonly event: string; readonly resolve: (line: LogLine) => void }[] = [];
  let errors = "";
  let output = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const next = (event: string): LogLine | undefined =>
    lines.filter((line) => line.event === event)[given.get(event) ?? 0];
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on("line", (text) => {
      if (!text.startsWith("{")) {
        output += `${text}\n`;
        return;
      }
      const line: LogLine = JSON.parse(text);
      lines.push(line);
      const index = waiting.findIndex(({ event }) => event === line.event);
      if (index < 0) return;
      given.set(line.event, (given.get(line.event) ?? 0) + 1);
      waiting.splice(index, 1)[0]?.resolve(line);
    });
  }
  const ended = once(child, "exit").then(([code]: (number | null)[]) => code ?? null);
  const closed = once(child, "close").then(() => undefined);
  return {
    process: child,
    lines,
    errors: () => errors,
    output: () => output,
    ended,
    closed,
    seen(event) {
      const line = next(event);
      if (line === undefined) {
        return new Promise((resolve, reject) => {
          waiting.push({ event, resolve });
          ended.then(() =>
            reject(new Error(`the gateway ended before "${event}":\n${errors}${JSON.stringify(lines)}`)),
          );
        });
      }
      given.set(event, (given.get(event) ?? 0) + 1);
      return Promise.resolve(line);
    },
    async kill() {
      if (child.pid !== undefined) {
        try {
          process.kill(-child.pid, "SIGKILL");
        } catch {
          // The whole group has ended already.
        }
      }
      await ended;
    },
  };
}

/** The listeners of a "start.serving" line. */
export function listenersOf(line: LogLine): readonly BoundListener[] {
  return line.listeners as readonly BoundListener[];
}
