/**
 * The file `gateway.mjs`: the same code is the supervisor, the process that serves, and each of its threads; it finds out
 * which one it is, and loads no more than that one needs.
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { HELP, parseCommandLine } from "./command-line.ts";
import { createHostLog } from "./host-log.ts";
import { startErrorExit, startErrorText } from "./report.ts";
import { supervise } from "./supervisor.ts";

/** Set for the process that serves. */
const CHILD = "VGW_SERVING_PROCESS";

/** Gives the exit code; null: the process goes on. */
async function main(): Promise<number | null> {
  const entry = fileURLToPath(import.meta.url);
  const commandLine = parseCommandLine(process.argv.slice(2));
  if (commandLine.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const folder = resolve(commandLine.folder ?? dirname(entry));
  if (commandLine.check) {
    const { check } = await import("./check.ts");
    return check(commandLine, folder);
  }
  if (process.env[CHILD] !== undefined) {
    delete process.env[CHILD];
    const { runGatewayProcess } = await import("./gateway-process.ts");
    await runGatewayProcess(commandLine, entry, folder);
    return null;
  }
  return supervise({
    entry,
    arguments: process.argv.slice(2),
    environment: { ...process.env, [CHILD]: "1" },
    hangLimit: commandLine.hangLimit,
    log: createHostLog((line) => process.stdout.write(line)),
  });
}

if (isMainThread) {
  main().then(
    (code) => {
      if (code !== null) process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(startErrorText(error));
      process.exitCode = startErrorExit(error);
    },
  );
} else {
  import("./serving-worker.ts").then(({ runServingThread }) => runServingThread());
}
