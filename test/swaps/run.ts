/**
 * `npm run swaps -- --swaps=1000 --transport=fast|strict|both --every=100 --blocks=9`: so many swaps under load; prints what came of it and ends with 1
 * when a request failed, a stream broke, memory grew, or p99 was more than 10% above that of the blocks without swaps.
 */
import { parseArgs } from "node:util";
import { swapRun } from "./swap-run.ts";

const { values } = parseArgs({
  options: {
    swaps: { type: "string", default: "1000" },
    transport: { type: "string", default: "both" },
    every: { type: "string", default: "100" },
    blocks: { type: "string", default: "9" },
  },
});
const median = (figures: readonly number[]): number =>
  [...figures].sort((a, b) => a - b)[figures.length >> 1] ?? Number.NaN;
const line = (text: string): void => void process.stdout.write(`${text}\n`);

for (const transport of ["fast", "strict"] as const) {
  if (values.transport !== "both" && values.transport !== transport) continue;
  line(`${transport}: ${values.swaps} swaps, one each ${values.every} ms`);
  const report = await swapRun({
    transport,
    swaps: Number(values.swaps),
    blocks: Number(values.blocks),
    every: Number(values.every),
    streamFor: 5000,
    progress: (text) => line(`  ${text}`),
  });
  const { p50, p99, memory, streams, swapTimes } = report;
  // Each block is compared with the one before it, in which nothing was swapped.
  const ratio = median(p99.swaps.map((figure, block) => figure / p99.quiet[block]!));
  const growth = (memory.last.heapUsed / memory.first.heapUsed - 1) * 100;
  line(
    `  ${report.requests} requests measured, ${report.failures.length} failures; bundles ${report.bundles.join(", ")}`,
  );
  line(
    `  streams that ended well: ${streams.downloads} downloads, ${streams.uploads} uploads; ${streams.events} events, ${streams.messages} messages`,
  );
  line(
    `  p50 ${median(p50.swaps).toFixed(2)} ms (without swaps ${median(p50.quiet).toFixed(2)}), p99 ${median(p99.swaps).toFixed(2)} ms (without ${median(p99.quiet).toFixed(2)}), ratio of p99 ${ratio.toFixed(2)}`,
  );
  line(
    `  a swap took ${median(swapTimes).toFixed(1)} ms; heap ${growth.toFixed(1)}% above what it was after the first swaps`,
  );
  for (const failure of report.failures.slice(0, 20)) line(`  WRONG ${failure}`);
  if (report.failures.length > 0 || growth > 10 || ratio > 1.1) process.exitCode = 1;
}
