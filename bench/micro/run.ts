/** Nanoseconds of the pieces of the request path, each alone, hot and without input or output: what grew shows here first. */
import { createRequire } from "node:module";
import type Benchmark from "benchmark";
import { ensureNpm } from "../lib/packages.ts";
import { median, publish } from "../lib/report.ts";
import { pieces, TIMES } from "./pieces.ts";

const quick = process.argv.includes("--quick");
if (!ensureNpm("benchmark")) process.exit(1);
// A package of the bench's own, which is there from here on.
const { Suite }: typeof Benchmark = createRequire(import.meta.url)("benchmark");
const suite = new Suite();
let sink: unknown;
for (const { name, run } of pieces()) {
  suite.add(
    name,
    () => {
      sink = run();
    },
    { maxTime: quick ? 0.05 : 2, minSamples: quick ? 2 : 20 },
  );
}
suite.run();
if (sink === undefined) throw new Error("nothing was measured");

publish({
  name: "micro",
  title: "Pieces of the request path, alone",
  method: `Nanoseconds of one call, warm, one thread, without sockets: median, and the least.${quick ? " **A quick run: the figures mean nothing.**" : ""}`,
  head: ["piece", "ns", "least", "a second"],
  rows: suite.map(({ name, stats, error }: Benchmark) => {
    if (error !== undefined) throw new Error(`${name}: ${String(error)}`);
    const p50 = nanoseconds(median(stats.sample));
    return [
      name,
      p50.toFixed(0),
      nanoseconds(Math.min(...stats.sample)).toFixed(0),
      Math.round(1e9 / p50).toLocaleString("en"),
    ];
  }),
  bars: [],
});

/** Of one time, from the seconds of a run. */
function nanoseconds(seconds: number): number {
  return (seconds * 1e9) / TIMES;
}
