/** What a call is charged that was cut off: by what was told and received, never beyond what was reserved, and never nothing. */
import { expect, it } from "vitest";
import { NO_USAGE, type Usage } from "../canonical/usage.ts";
import { type Cut, estimateOf } from "./estimate.ts";
import { priceOf } from "./price.ts";
import type { CallBound } from "./worst-case.ts";

/** 3 in, 1 cached, 15 out, 20 thought, for each token. */
const PRICE = priceOf({
  input: 3,
  cacheRead: 1,
  output: 15,
  reasoning: 20,
  bands: [{ above: 1000, input: 6, output: 30 }],
});
const BOUND: CallBound = {
  worst: 3n * 400n + 20n * 500n,
  tokens: 900,
  audio: false,
  input: { tokens: 400, audio: false, hour: false },
  output: 500,
  unseen: false,
};
const told = (changes: Partial<Usage>): Usage => ({ ...NO_USAGE, ...changes });

const ROWS: readonly (readonly [string, Cut, cost: number, tokens: number] | readonly [string, Cut, null])[] = [
  ["nothing is known", { told: null, received: null }, null],
  ["what was told cannot be", { told: told({ input: -1 }), received: { bytes: 4, parts: 1 } }, null],
  // A token for each byte, 16 for the part, 64 under way.
  ["nothing told: input as reserved", { told: null, received: { bytes: 20, parts: 1 } }, 400 * 3 + 100 * 20, 500],
  ["nothing received", { told: null, received: { bytes: 0, parts: 0 } }, 400 * 3 + 64 * 20, 464],
  ["never beyond what is reserved", { told: null, received: { bytes: 9999, parts: 1 } }, 400 * 3 + 500 * 20, 900],
  [
    "input told, with what was cached",
    { told: told({ input: 10, cacheRead: 90, output: 1 }), received: { bytes: 20, parts: 1 } },
    10 * 3 + 90 + 100 * 15,
    200,
  ],
  [
    "more told than received",
    { told: told({ input: 10, output: 200, reasoning: 30 }), received: { bytes: 20, parts: 1 } },
    10 * 3 + 264 * 15 + 30 * 20,
    304,
  ],
  [
    "thoughts that nobody is shown: output as reserved, at the dearer rate",
    { told: told({ input: 10, output: 1 }), received: null },
    10 * 3 + 15 + 499 * 20,
    510,
  ],
  [
    "told beyond what was reserved: it was used",
    { told: told({ input: 10, output: 600 }), received: { bytes: 1, parts: 1 } },
    10 * 3 + 600 * 15,
    610,
  ],
  [
    "the band of the prompt",
    { told: told({ input: 1001 }), received: { bytes: 0, parts: 0 } },
    1001 * 6 + 64 * 30,
    1065,
  ],
  [
    "a counter of the input that says nothing",
    { told: told({ output: 9 }), received: { bytes: 1, parts: 0 } },
    400 * 3 + 73 * 20,
    473,
  ],
];

for (const [name, cut, cost, tokens] of ROWS)
  it(name, () => {
    const estimate = estimateOf(PRICE, BOUND, cut);
    if (cost === null) expect(estimate).toBe(null);
    else expect(estimate).toMatchObject({ cost: BigInt(cost), tokens });
  });

it("audio that is not told apart is not told", () => {
  const audio = { ...BOUND, audio: true, input: { ...BOUND.input, audio: true } };
  const priced = priceOf({ input: 3, output: 15, audioInput: 50 });
  const cut = { told: told({ input: 10 }), received: { bytes: 0, parts: 0 } };
  expect(estimateOf(priced, audio, cut)).toEqual({ cost: 400n * 50n + 64n * 15n, tokens: 464, usage: null });
  const apart = { ...cut, told: told({ input: 10, audioInput: 5 }) };
  expect(estimateOf(priced, audio, apart)).toMatchObject({ cost: 10n * 3n + 5n * 50n + 64n * 15n });
});
