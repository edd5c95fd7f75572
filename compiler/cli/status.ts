/** `vgw status`: what a running gateway serves, since when, and what it is still ending. */
import { type AdminOptions, shortHash, type Status, withAdmin } from "./admin.ts";
import { exit, plural, print, printJson, styleFor } from "./output.ts";

export function runStatus(options: AdminOptions): Promise<number> {
  return withAdmin(options, async (client) => {
    const status = await client.status();
    if (options.json) printJson(status);
    else for (const line of lines(status)) print(line);
    return exit.good;
  });
}

function lines(status: Status): string[] {
  const style = styleFor(process.stdout);
  const { serving, previous, draining } = status.generations;
  const transports = new Set(status.listeners.map(({ transport }) => transport));
  return [
    `${style.strong(status.name)}: ${status.state}, up ${duration(status.uptime)}, ${plural(status.threads.length, "thread")}, Node ${status.node.replace("v", "")}`,
    `  serves ${shortHash(serving.hash)}, generation ${serving.id} since ${serving.since}, ${serving.inFlight} in flight`,
    ...draining.map(({ id, inFlight }) => `  drains generation ${id}, ${inFlight} in flight`),
    previous === null
      ? "  has nothing to roll back to"
      : `  can roll back to ${shortHash(previous.hash)}, generation ${previous.id}`,
    ...status.listeners.map(({ address, port, transport }) => `  listens on ${address}:${port} (${transport})`),
    ...[...transports].map((name) => `  ${name} is ${status.transports[name] ?? "unknown"}`),
    ...status.silent.map((thread) => `  ${style.warning("warning")}: thread ${thread} does not answer`),
    ...status.warnings.map((warning) => `  ${style.warning("warning")}: ${warning}`),
  ];
}

/** "3 d 4 h", "4 h 5 min", "5 min 6 s", "6 s": the two largest units. */
function duration(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [Math.floor(seconds % 60), "s"],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first === -1) return "0 s";
  return parts
    .slice(first, first + 2)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(" ");
}
