/**
 * The file `gateway.mjs`: the same code is the supervisor, the process that serves, and each of its threads; it finds out
 * which one it is.
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { readArtifact } from "./artifact.ts";
import { type CommandLine, HELP, parseCommandLine } from "./command-line.ts";
import { runGatewayProcess } from "./gateway-process.ts";
import { configureArtifact } from "./generation.ts";
import { createHostLog } from "./host-log.ts";
import { startErrorExit, startErrorText } from "./report.ts";
import { runServingThread } from "./serving-worker.ts";
import { supervise } from "./supervisor.ts";
import { chooseTransports } from "./transport-choice.ts";

/** Set for the process that serves. */
const CHILD = "VGW_SERVING_PROCESS";

async function main(): Promise<number | null> {
  const entry = fileURLToPath(import.meta.url);
  const commandLine = parseCommandLine(process.argv.slice(2));
  if (commandLine.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const folder = resolve(commandLine.folder ?? dirname(entry));
  if (commandLine.check) return check(commandLine, folder);
  if (process.env[CHILD] !== undefined) {
    delete process.env[CHILD];
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

/** Everything a start does short of opening listeners. */
async function check(commandLine: CommandLine, folder: string): Promise<number> {
  const artifact = await readArtifact({ folder });
  const { gateway, services } = configureArtifact(artifact, { environment: process.env, overrides: {} });
  const { descriptions, warnings } = await chooseTransports(gateway, artifact, commandLine.requireFast);
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  const listen = gateway.listen.map(({ address, port, transport }) => `${address}:${port} (${transport})`).join(", ");
  process.stdout.write(`${gateway.name} ${artifact.hash.slice(0, 12)} would listen on ${listen}, `);
  process.stdout.write(`with ${Object.values(descriptions).join(" and ")}, in front of ${services.length} services.\n`);
  return 0;
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
  runServingThread();
}
