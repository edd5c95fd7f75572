/**
 * `npm run streams -- --count=N --seed=S --from=I`: so many random streams; prints what went wrong and ends with 1 when anything did. A case is played again
 * alone by `--count=1 --from=I` and the same seed.
 */
import { parseArgs } from "node:util";
import { runCase } from "./campaign.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "20000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    from: { type: "string", default: "0" },
  },
});
const number = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`a whole number is needed, not "${text}"`);
  return Number(text);
};
const [count, seed, from] = [number(values.count), number(values.seed), number(values.from)];
const megabytes = (): string => (process.memoryUsage().heapUsed / 1e6).toFixed(1);
const MOST_TOLD = 20;

process.stdout.write(`${count} streams, seed ${seed}, heap ${megabytes()} MB\n`);
const startedAt = Date.now();
let wrong = 0;
for (let at = from; at < from + count; at++) {
  let found: string[];
  try {
    found = runCase(seed, at);
  } catch (error) {
    found = [`threw ${error instanceof Error ? error.stack : String(error)}`];
  }
  if (found.length > 0 && wrong++ < MOST_TOLD)
    process.stdout.write(`  WRONG --seed=${seed} --from=${at}: ${found.join("; ")}\n`);
  if ((at - from + 1) % 50_000 === 0)
    process.stdout.write(
      `  ${at - from + 1} in ${Math.round((Date.now() - startedAt) / 1000)} s, heap ${megabytes()} MB\n`,
    );
}
process.stdout.write(`${count} streams, ${wrong} wrong\n`);
process.exitCode = wrong === 0 ? 0 : 1;
