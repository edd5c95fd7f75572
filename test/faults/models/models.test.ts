/**
 * Hundreds of requests to models whose providers do everything wrong, in every pair of dialects and on both transports: each client has an answer, or an error in its dialect,
 * and never both; no answer is made of half of one; money adds up, nothing stays reserved, and nothing is left behind. `npm run faults:models` does the same
 * for as many as are asked for; `VGW_FAULTS_SEED` takes another row of faults.
 */
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { modelCampaign } from "./campaign.ts";

const SEED = Number(process.env.VGW_FAULTS_SEED ?? 1);
const REQUESTS = 500;

test.runIf(existsSync("/proc/self/fd")).each(["fast", "strict"] as const)(
  `${REQUESTS} requests to faulty providers on the %s transport`,
  { timeout: 300_000 },
  async (transport) => {
    const { violations, outcomes, done } = await modelCampaign({
      transport,
      seed: SEED,
      from: 0,
      requests: REQUESTS,
      atOnce: 80,
    });
    const again = `npm run faults:models -- --transport=${transport} --seed=${SEED} --requests=1 --from=N`;
    expect(violations, `seed ${SEED}; one case again: ${again}`).toEqual([]);
    expect(done).toBe(REQUESTS);
    // The faults came through: a campaign in which nothing goes wrong shows nothing.
    for (const outcome of ["answered", "502", "504", "error in the stream", "leaves"])
      expect(outcomes.get(outcome), outcome).toBeGreaterThan(0);
  },
);
