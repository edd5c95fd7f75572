/** `node gateway.mjs --check`: everything a start does short of opening listeners. */
import { readArtifact } from "./artifact.ts";
import { readListeners } from "./certificates.ts";
import type { CommandLine } from "./command-line.ts";
import { configureArtifact } from "./generation.ts";
import { createHostLog } from "./host-log.ts";
import { createPermitMemory, createTableMemory, newTableKey } from "../limit/index.ts";
import { createTableLayout } from "../upstream/index.ts";
import { createKeyMemory, createSpeedMemory } from "../model/engine/index.ts";
import { chooseTransports } from "./transport-choice.ts";
import { assemble } from "./wiring.ts";

/** Gives the exit code. Rejects with a `StartError`. */
export async function check(commandLine: CommandLine, folder: string): Promise<number> {
  const artifact = await readArtifact({ folder });
  const files = commandLine.files ?? process.cwd();
  const surroundings = { environment: process.env, overrides: {}, files };
  const { gateway, services } = configureArtifact(artifact, surroundings);
  const { descriptions, listeners, warnings } = await chooseTransports(gateway, artifact, commandLine.requireFast);
  const certificates = readListeners(listeners, files, Date.now());
  const lines = { write: () => undefined };
  const limitTable = createTableMemory(gateway.limits.counters, newTableKey());
  const permitTable = createPermitMemory(gateway.limits.counters, 1, newTableKey());
  const upstreams = createTableLayout(1);
  const settings = {
    thread: 0,
    surroundings,
    folder,
    accessLog: false,
    limitTable,
    permitTable,
    sharedLimits: null,
    money: null,
    upstreams,
    speeds: createSpeedMemory(1),
    keys: createKeyMemory(1),
    traces: null,
  };
  const thread = assemble(settings, createHostLog(lines.write), lines, {});
  await thread.prepare({ id: 1, artifact });
  await thread.drain({ milliseconds: 0 });
  for (const warning of [...warnings, ...certificates.warnings]) process.stderr.write(`warning: ${warning}\n`);
  const where = listeners.map(({ address, port, transport }) => `${address}:${port} (${transport})`).join(", ");
  process.stdout.write(`${gateway.name} ${artifact.hash.slice(0, 12)} would listen on ${where}, `);
  process.stdout.write(`with ${Object.values(descriptions).join(" and ")}, in front of ${services.length} services.\n`);
  return 0;
}
