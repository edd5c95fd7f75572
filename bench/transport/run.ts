/** CPU time per request of each transport beside the bare server it stands on, in turns within one run. Needs wrk. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BROWSER_HEADERS, wrk } from "../lib/load.ts";
import { cpuMicroseconds, freePort, start } from "../lib/process.ts";
import { publish, spread } from "../lib/report.ts";

const KINDS = ["bare-uws", "fast", "bare-node", "strict"] as const;
const ROUNDS = 3;
const SECONDS = 2;

const folder = dirname(fileURLToPath(import.meta.url));
const rows: string[][] = [];
for (const [label, headers] of [
  ["Host only", []],
  ["ten fields", BROWSER_HEADERS],
] as const) {
  const total = new Map<string, number[]>(KINDS.map((kind) => [kind, []]));
  const user = new Map<string, number[]>(KINDS.map((kind) => [kind, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of KINDS) {
      const port = await freePort();
      const server = await start("node", ["--import", "tsx", join(folder, "serve.ts"), kind, String(port)], port);
      const load = { seconds: SECONDS, connections: 64, headers };
      // Compiled by V8 before it counts, however busy the machine is.
      for (let warm = 0; warm < 30_000; )
        warm += (await wrk(`http://127.0.0.1:${port}/orders/17?page=2`, load)).requests;
      const before = cpuMicroseconds(server.pid);
      const { requests, errors } = await wrk(`http://127.0.0.1:${port}/orders/17?page=2`, load);
      const after = cpuMicroseconds(server.pid);
      await server.stop();
      if (errors > 0) throw new Error(`${kind}: ${errors} errors`);
      user.get(kind)?.push((after.user - before.user) / requests);
      total.get(kind)?.push((after.user + after.system - before.user - before.system) / requests);
    }
  }
  for (const kind of KINDS) rows.push([label, kind, spread(total.get(kind)!, 1), spread(user.get(kind)!, 1)]);
}
publish({
  name: "transport",
  title: "CPU time per request of a trivial answer",
  method: `wrk, 64 connections, ${ROUNDS} rounds of ${SECONDS} s in turns, one process each; process CPU time ÷ requests in µs, median (range).`,
  head: ["request", "server", "CPU µs", "of which user"],
  rows,
  bars: [],
});
