/**
 * `npm run faults:models -- --requests=N --seed=S --transport=fast|strict|both --at-once=48 --from=I`: a campaign of any size against models; prints what came of
 * it and ends with 1 when anything was wrong. A case that went wrong is played again alone by `--requests=1 --from=I` and the same seed.
 */
import { parseArgs } from "node:util";
import { modelCampaign } from "./campaign.ts";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "5000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    transport: { type: "string", default: "both" },
    "at-once": { type: "string", default: "48" },
    from: { type: "string", default: "0" },
  },
});
const number = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`a whole number is needed, not "${text}"`);
  return Number(text);
};
const seed = number(values.seed);
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

for (const transport of (["fast", "strict"] as const).filter((name) => ["both", name].includes(values.transport))) {
  const startedAt = Date.now();
  process.stdout.write(`${transport}: ${values.requests} cases, seed ${seed}\n`);
  const { before, after, violations, outcomes, done, asked } = await modelCampaign({
    transport,
    seed,
    from: number(values.from),
    requests: number(values.requests),
    atOnce: number(values["at-once"]),
    wrong: (violation) => void process.stdout.write(`  WRONG ${violation}\n`),
    progress: async (count, alive) => {
      const { heapUsed, external, rss } = await alive();
      process.stdout.write(
        `  ${count} in ${Math.round((Date.now() - startedAt) / 1000)} s; heap ${megabytes(heapUsed)}, outside ${megabytes(external)}, resident ${megabytes(rss)} MB\n`,
      );
    },
  });
  process.stdout.write(
    `  ${done} cases, ${asked} requests at providers, ${Math.round((Date.now() - startedAt) / 1000)} s\n`,
  );
  for (const [outcome, count] of [...outcomes].sort((a, b) => b[1] - a[1]))
    process.stdout.write(`  ${String(count).padStart(9)} ${outcome}\n`);
  process.stdout.write(
    `  heap ${megabytes(before.heapUsed)} → ${megabytes(after.heapUsed)} MB, resident ${megabytes(before.rss)} → ${megabytes(after.rss)} MB, sockets ${before.sockets} → ${after.sockets}, timers ${before.resources.Timeout ?? 0} → ${after.resources.Timeout ?? 0}\n`,
  );
  for (const violation of violations) process.stdout.write(`  WRONG ${violation}\n`);
  process.stdout.write(`  ${violations.length === 0 ? "nothing wrong" : `${violations.length} wrong, seed ${seed}`}\n`);
  if (violations.length > 0) process.exitCode = 1;
}
