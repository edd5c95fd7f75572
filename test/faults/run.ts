/**
 * `npm run faults -- --requests=N --seed=S --transport=fast|strict|both --at-once=64 --rate=R --from=I`: a campaign of any size; prints what came of
 * it and ends with 1 when anything was wrong. A case that went wrong is played again alone by `--requests=1 --from=I` and the same seed.
 */
import { parseArgs } from "node:util";
import { campaign } from "./campaign.ts";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "20000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    transport: { type: "string", default: "both" },
    "at-once": { type: "string", default: "64" },
    rate: { type: "string", default: "0" },
    from: { type: "string", default: "0" },
  },
});
const number = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`a whole number is needed, not "${text}"`);
  return Number(text);
};
const transports = (["fast", "strict"] as const).filter(
  (name) => values.transport === "both" || values.transport === name,
);
const seed = number(values.seed);
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

// The first SIGINT ends it early, with a summary; the second at once.
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());

for (const transport of transports) {
  if (interrupted.signal.aborted) break;
  const startedAt = Date.now();
  process.stdout.write(`${transport}: ${values.requests} cases, seed ${seed}\n`);
  const report = await campaign({
    signal: interrupted.signal,
    wrong: (violation) => void process.stdout.write(`  WRONG ${violation}\n`),
    transport,
    seed,
    from: number(values.from),
    requests: number(values.requests),
    atOnce: number(values["at-once"]),
    rate: number(values.rate),
    progress: async (done, alive) => {
      const { heapUsed, external, rss } = await alive();
      const seconds = Math.round((Date.now() - startedAt) / 1000);
      process.stdout.write(
        `  ${done} in ${seconds} s; heap ${megabytes(heapUsed)}, outside ${megabytes(external)}, resident ${megabytes(rss)} MB\n`,
      );
    },
  });
  const { before, after } = report;
  process.stdout.write(
    `  ${report.done} cases, ${report.asked} requests at the upstream, ${report.pipelined} of them behind another on one connection\n`,
  );
  const outcomes = [...report.outcomes].sort((a, b) => b[1] - a[1]);
  for (const [outcome, count] of outcomes) process.stdout.write(`  ${String(count).padStart(9)} ${outcome}\n`);
  process.stdout.write(
    `  heap ${megabytes(before.heapUsed)} → ${megabytes(after.heapUsed)} MB, resident ${megabytes(before.rss)} → ${megabytes(after.rss)} MB, sockets ${before.sockets} → ${after.sockets}, timers ${before.resources.Timeout ?? 0} → ${after.resources.Timeout ?? 0}\n`,
  );
  for (const violation of report.violations) process.stdout.write(`  WRONG ${violation}\n`);
  process.stdout.write(
    `  ${report.violations.length === 0 ? "nothing wrong" : `${report.violations.length} wrong, seed ${seed}`}\n`,
  );
  if (report.violations.length > 0) process.exitCode = 1;
}
