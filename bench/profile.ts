/**
 * Where the microseconds go: runs a scenario of the proxy bench against one serving thread under V8's sampling profiler and prints the functions
 * with the most self time.
 *
 *     npx tsx bench/profile.ts --scenario=headers --transport=fast --seconds=10 --top=40
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { busiestProfile } from "./lib/cpu-profile.ts";
import { wrk } from "./lib/load.ts";
import { freePort, start } from "./lib/process.ts";
import { writeFiles } from "./proxy/contender.ts";
import { SCENARIOS } from "./proxy/scenario.ts";
import { startUpstream } from "./proxy/upstream.ts";
import { artifact, ENVIRONMENT } from "./proxy/vivremotion.ts";

const { values } = parseArgs({
  options: {
    scenario: { type: "string", default: "headers" },
    transport: { type: "string", default: "fast" },
    seconds: { type: "string", default: "10" },
    /** Of a scenario with several tasks: which, from 0. */
    task: { type: "string", default: "0" },
    top: { type: "string", default: "40" },
    /** Keeps the .cpuprofile files, to be opened with the developer tools of a browser. */
    keep: { type: "boolean", default: false },
  },
});
const scenario = SCENARIOS.find(({ name }) => name === values.scenario);
const { transport } = values;
if (scenario === undefined) throw new Error(`there are ${SCENARIOS.map(({ name }) => name).join(", ")}`);
if (transport !== "fast" && transport !== "strict") throw new Error("the transports are fast and strict");

const task = scenario.tasks[Number(values.task)]!;
const { connections, headers = [] } = scenario;
const folder = mkdtempSync(join(tmpdir(), "vgw-profile-"));
const profiles = join(folder, "profiles");
const upstream = await freePort();
const behind = await startUpstream({ port: upstream, upstream, folder });
try {
  const place = { port: await freePort(), upstream, folder };
  const gateway = join(artifact(transport, task, place), "gateway.mjs");
  // The supervisor hands Node's options on to the process that serves; each writes its profile when it ends.
  const node = ["--cpu-prof", `--cpu-prof-dir=${profiles}`];
  const running = await start(process.execPath, [...node, gateway, "--threads", "1"], place.port, 10, ENVIRONMENT);
  const url = `http://127.0.0.1:${place.port}${scenario.path}`;
  const text = scenario.script?.(task);
  const script = text === undefined ? {} : { script: join(writeFiles(place, { "load.lua": text }), "load.lua") };
  const { requests, errors } = await wrk(url, { seconds: Number(values.seconds), connections, headers, ...script });
  await running.stop();
  show(requests, errors);
} finally {
  await behind.stop();
  if (values.keep) process.stderr.write(`the profiles are in ${profiles}\n`);
  else rmSync(folder, { recursive: true });
}

function show(requests: number, errors: number): void {
  const times = busiestProfile(profiles);
  const total = times.reduce((sum, { microseconds }) => sum + microseconds, 0);
  const line = (...cells: string[]): string =>
    `${cells[0]!.padStart(8)}  ${cells[1]!.padStart(6)}  ${cells.slice(2).join("  ")}\n`;
  const out = [
    `${scenario?.title}, ${transport}: ${requests} requests, ${errors} errors, ${(total / requests).toFixed(1)} µs of one thread each\n`,
    line("µs/req", "%", "function"),
    ...times
      .slice(0, Number(values.top))
      .map(({ name, place, microseconds }) =>
        line((microseconds / requests).toFixed(2), ((100 * microseconds) / total).toFixed(1), name, place),
      ),
  ];
  process.stdout.write(out.join(""));
}
