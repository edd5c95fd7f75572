/**
 * The process that serves, as the supervisor's child: it starts the gateway, shows signs of life, obeys orders to drain and to
 * reload, and drains by itself when the supervisor is gone.
 */
import { descriptorOutput, LogQueue } from "../observe/index.ts";
import type { Artifact } from "./artifact.ts";
import type { CommandLine } from "./command-line.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { createHostLog } from "./host-log.ts";
import { KeptArtifacts } from "./kept-artifacts.ts";
import { startErrorExit, startErrorText } from "./report.ts";
import { type ChildMessage, LOG_DESCRIPTOR, type ParentMessage } from "./supervisor.ts";

/** Milliseconds between two heartbeats, unless the hang limit asks for more of them. */
const BEAT = 500;

export async function runGatewayProcess(commandLine: CommandLine, entry: string, folder: string): Promise<void> {
  // A terminal's Ctrl-C reaches every process of the group; the supervisor decides what it means.
  process.on("SIGINT", () => undefined);
  process.on("SIGHUP", () => undefined);
  const lines = new LogQueue({ output: descriptorOutput(LOG_DESCRIPTOR) });
  const log = createHostLog(lines.write);
  process.on("uncaughtException", (error) => {
    log("error", "process.uncaught", { message: "an error that nothing caught", stack: error.stack ?? String(error) });
  });

  const first = await firstArtifact();
  const told = new KeptArtifacts<Pick<Artifact, "hash">>();
  let gateway: Gateway;
  try {
    gateway = await startGateway({
      source: { folder },
      // The native file of the fast transport lies in the folder, whatever is served.
      ...(first !== null && { first: { ...first, folder } }),
      serving: (artifact) => {
        const { hash } = artifact;
        tell({ type: "serving", artifact: told.get(hash) ?? artifact });
        told.note({ hash });
      },
      environment: process.env,
      overrides: commandLine.threads === null ? {} : { threads: commandLine.threads },
      requireFast: commandLine.requireFast,
      ...(commandLine.files !== null && { files: commandLine.files }),
      hangLimit: commandLine.hangLimit,
      write: lines.write,
      dropped: () => lines.dropped,
      entry,
      // A thread that died or hangs may hold sockets and a live uWebSockets.js app: only a new process is sure to be well.
      lost: (reason) => tell({ type: "failing", reason }, () => process.kill(process.pid, "SIGKILL")),
    });
  } catch (error) {
    process.stderr.write(startErrorText(error));
    process.exitCode = startErrorExit(error);
    process.disconnect?.();
    return;
  }

  const stop = (): void => {
    gateway.close().then(
      () => lines.close().then(() => process.exit(0)),
      (error: unknown) => {
        process.stderr.write(startErrorText(error));
        process.exit(1);
      },
    );
  };
  // It goes on during a drain, which may last longer than a hang.
  setInterval(() => tell({ type: "beat" }), Math.min(BEAT, commandLine.hangLimit / 4));
  process.on("message", (message: ParentMessage) => {
    if (message.type === "drain") stop();
    // A refused generation has been logged, and the old one serves on.
    else if (message.type === "reload") gateway.reload().catch(() => undefined);
  });
  process.on("SIGTERM", stop);
  process.on("disconnect", stop);
  tell({ type: "ready" });
}

/** What the supervisor says is to be served; null: what lies in the folder. */
function firstArtifact(): Promise<Artifact | null> {
  if (!process.connected) return Promise.resolve(null);
  return new Promise((resolve) => {
    process.once("message", (message: ParentMessage) => resolve(message.type === "serve" ? message.artifact : null));
  });
}

function tell(message: ChildMessage, sent: () => void = () => undefined): void {
  if (process.connected && process.send !== undefined) process.send(message, sent);
  else sent();
}
