/**
 * Where the microseconds of a chat completion go: one way of asking Vivremotion, under V8's sampling profiler.
 *
 *     npx tsx bench/model/profile.ts --way=same --body=chat --seconds=10 --top=40
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { busiestProfile } from "../lib/cpu-profile.ts";
import { wrk } from "../lib/load.ts";
import { freePort, start } from "../lib/process.ts";
import { artifact, BARE, COPIED, ENVIRONMENT, SAME, TRANSLATED } from "./contender.ts";
import { CHAT, LARGE, post, STREAM } from "./scenario.ts";

const { values } = parseArgs({
  options: {
    way: { type: "string", default: "same" },
    body: { type: "string", default: "chat" },
    seconds: { type: "string", default: "10" },
    top: { type: "string", default: "40" },
  },
});
const way = new Map(Object.entries({ same: SAME, translated: TRANSLATED, bare: BARE, copied: COPIED })).get(values.way);
const body = new Map(Object.entries({ chat: CHAT, stream: STREAM, large: LARGE })).get(values.body);
if (way === undefined) throw new Error("the ways are same, translated, bare and copied");
if (body === undefined) throw new Error("the bodies are chat, stream and large");

const folder = mkdtempSync(join(tmpdir(), "vgw-profile-"));
const profiles = join(folder, "profiles");
const script = join(folder, "load.lua");
writeFileSync(script, post(body));
const upstream = await freePort();
const provider = join(dirname(fileURLToPath(import.meta.url)), "provider.mjs");
const behind = await start(process.execPath, [provider, String(upstream), "32", "0"], upstream);
try {
  const port = await freePort();
  // The supervisor hands Node's options on to the process that serves; each writes its profile when it ends.
  const node = ["--cpu-prof", `--cpu-prof-dir=${profiles}`, artifact(port, upstream, folder), "--files", folder];
  const running = await start(process.execPath, node, port, 20, ENVIRONMENT);
  const headers = Object.entries(way.headers).map(([name, value]) => `${name}: ${value}`);
  const url = `http://127.0.0.1:${port}${way.path}`;
  const load = { seconds: Number(values.seconds), connections: values.body === "large" ? 16 : 64, headers, script };
  const { requests, errors } = await wrk(url, load);
  await running.stop();
  const times = busiestProfile(profiles);
  const total = times.reduce((sum, { microseconds }) => sum + microseconds, 0);
  process.stdout.write(
    `${way.name}: ${requests} requests, ${errors} errors, ${(total / requests).toFixed(1)} µs of one thread each\n`,
  );
  for (const { name, place, microseconds } of times.slice(0, Number(values.top))) {
    const cells = [
      (microseconds / requests).toFixed(2).padStart(8),
      ((100 * microseconds) / total).toFixed(1).padStart(5),
    ];
    process.stdout.write(`${[...cells, name, place].join("  ")}\n`);
  }
} finally {
  await behind.stop();
  rmSync(folder, { recursive: true });
}
