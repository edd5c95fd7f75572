/** A short run of the random streams (`npm run streams` for any number): nothing throws, and what has to be true of every answer is. */
import { expect, test } from "vitest";
import { runCase } from "./random/campaign.ts";

test("1,400 random streams, whole and broken, from every provider to every client", () => {
  for (let number = 0; number < 1400; number++) expect(runCase(1, number), `--seed=1 --from=${number}`).toEqual([]);
}, 60_000);
