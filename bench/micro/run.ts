/** Nanoseconds of the pieces of the request path, each alone, hot and without input or output: what grew shows here first. */
import { Bench } from "tinybench";
import { median, publish } from "../lib/report.ts";
import { pieces, TIMES } from "./pieces.ts";

const quick = process.argv.includes("--quick");
const list = pieces();
const bench = new Bench({ time: quick ? 50 : 1000, warmupTime: quick ? 20 : 300 });
let sink: unknown;
for (const { name, run } of list) {
  bench.add(name, () => {
    sink = run();
  });
}
await bench.run();
if (sink === undefined && list.length === 0) throw new Error("nothing was measured");

publish({
  name: "micro",
  title: "Pieces of the request path, alone",
  method: `Nanoseconds of one call, warm, one thread, without sockets: median, and the least.${quick ? " **A quick run: the figures mean nothing.**" : ""}`,
  head: ["piece", "ns", "least", "a second"],
  rows: bench.tasks.map(({ name, result }) => {
    if (result === undefined || result.error !== undefined) throw new Error(`${name}: ${String(result?.error)}`);
    const p50 = nanoseconds(median(result.samples));
    return [name, p50.toFixed(0), nanoseconds(result.min).toFixed(0), Math.round(1e9 / p50).toLocaleString("en")];
  }),
  bars: [],
});

/** Of one time, from the milliseconds of a run. */
function nanoseconds(milliseconds: number): number {
  return (milliseconds * 1e6) / TIMES;
}
