/**
 * Thousands of requests of which every second meets a fault, on both transports: each sound one gets its right answer, no answer is another's, nothing
 * hangs, and nothing is left behind. `npm run faults` does the same for as many as are asked for; `VGW_FAULTS_SEED` takes another row of faults.
 */
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { campaign } from "./campaign.ts";

const SEED = Number(process.env.VGW_FAULTS_SEED ?? 1);
const REQUESTS = 3000;

test.runIf(existsSync("/proc/self/fd")).each(["fast", "strict"] as const)(
  `${REQUESTS} faulty and sound requests on the %s transport`,
  { timeout: 300_000 },
  async (transport) => {
    const { violations, outcomes, done, excused } = await campaign({
      transport,
      seed: SEED,
      from: 0,
      requests: REQUESTS,
      atOnce: 96,
      rate: 0,
    });
    const again = `npm run faults -- --transport=${transport} --seed=${SEED} --requests=1 --from=N`;
    expect(violations, `seed ${SEED}; one case again: ${again}`).toEqual([]);
    expect(done).toBe(REQUESTS);
    // The faults came through: a campaign in which nothing goes wrong shows nothing.
    for (const outcome of [
      "right",
      "cut",
      "problem upstream-closed",
      "problem upstream-malformed",
      "problem upstream-timeout",
    ]) {
      expect(outcomes.get(outcome), outcome).toBeGreaterThan(0);
    }
    expect(excused).toBeLessThan(REQUESTS / 50);
  },
);
