/** Costs against the rational arithmetic of the rule, with numbers of any size; amounts as decimals and back. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_USAGE, type Usage } from "../canonical/usage.ts";
import { formatAmount, fromMicros, MOST, PICO_PER_UNIT } from "./amount.ts";
import { costOf } from "./cost.ts";
import { FREE, type Price, priceOf, ratesFor } from "./price.ts";
import { worstCost } from "./worst-case.ts";

const count = fc.oneof(fc.nat(2000), fc.nat(2_000_000), fc.integer({ min: 0, max: 1e12 }));
const rate = fc.oneof(fc.nat(75_000_000), fc.integer({ min: 0, max: 1_000_000_000 }));
const usages: fc.Arbitrary<Usage> = fc.record({
  input: count,
  cacheRead: count,
  cacheWrite: count,
  cacheWriteHour: count,
  output: count,
  reasoning: count,
});
const rates = fc.record({
  input: rate,
  cacheRead: rate,
  cacheWrite: rate,
  cacheWriteHour: rate,
  output: rate,
  reasoning: rate,
});
const prices: fc.Arbitrary<Price> = fc
  .record({ base: rates, band: rates, above: fc.nat(1_000_000), banded: fc.boolean(), request: fc.nat(1_000_000) })
  .map(({ base, band, above, banded, request }) =>
    priceOf({ ...base, request, ...(banded && { bands: [{ ...band, above }] }) }),
  );

/** The rule as a fraction of units: Σ tokens × (micro-units / 10⁶) / 10⁶, over a common denominator of 10¹². */
function asRational({ rates: base, bands, request }: Price, usage: Usage): bigint {
  const prompt =
    BigInt(usage.input) + BigInt(usage.cacheRead) + BigInt(usage.cacheWrite) + BigInt(usage.cacheWriteHour);
  const chosen = bands.reduce((now, band) => (prompt > BigInt(band.above) ? band.rates : now), base);
  const terms = (["input", "cacheRead", "cacheWrite", "cacheWriteHour", "output", "reasoning"] as const).map(
    (kind) => BigInt(usage[kind]) * BigInt(chosen[kind]),
  );
  return terms.reduce((sum, term) => sum + term, BigInt(request) * 1_000_000n);
}

describe("costs", () => {
  it("are the rule to the last digit, whatever the size", () => {
    fc.assert(
      fc.property(prices, usages, (price, usage) => costOf(price, usage) === asRational(price, usage)),
      {
        numRuns: 2000,
      },
    );
  });

  it("of known calls", () => {
    const mini = priceOf({ input: 400_000, cacheRead: 100_000, output: 1_600_000 });
    const usage = { ...NO_USAGE, input: 1000, cacheRead: 3000, output: 500, reasoning: 100 };
    expect(formatAmount(costOf(mini, usage) ?? -1n)).toBe("0.00166");
    expect(costOf(FREE, usage)).toBe(0n);
    // An odd price: nothing is rounded.
    expect(formatAmount(costOf(priceOf({ input: 3625, output: 1 }), { ...NO_USAGE, input: 7, output: 1 }) ?? -1n)).toBe(
      "0.000000025376",
    );
  });

  it("change above a band, for the whole call, with cached tokens counted", () => {
    const price = priceOf({ input: 10, output: 20, bands: [{ above: 200_000, input: 100, output: 200 }] });
    expect(costOf(price, { ...NO_USAGE, input: 200_000, output: 1 })).toBe(2_000_020n);
    expect(costOf(price, { ...NO_USAGE, input: 1, cacheRead: 200_000, output: 1 })).toBe(20_000_300n);
    expect(ratesFor(price, 200_001).input).toBe(100);
  });

  it("are not guessed where a counter cannot be, or has no price", () => {
    const price = priceOf({ input: 10, output: 20 });
    for (const wrong of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(costOf(price, { ...NO_USAGE, output: wrong })).toBeNull();
    }
    expect(costOf(price, { ...NO_USAGE, audioInput: 1 })).toBeNull();
    expect(costOf(price, { ...NO_USAGE, searches: 1 })).toBeNull();
    const audio = priceOf({ input: 10, output: 20, audioInput: 30, search: 10_000 });
    expect(costOf(audio, { ...NO_USAGE, audioInput: 2, searches: 2 })).toBe(60n + 20_000_000_000n);
  });

  it("never pass the worst case of a call within its bounds", () => {
    fc.assert(
      fc.property(prices, usages, fc.nat(1000), (price, usage, spare) => {
        const tokens = usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWriteHour + spare;
        const worst = worstCost(price, { tokens, audio: false, hour: true }, usage.output + usage.reasoning);
        return (costOf(price, usage) ?? worst + 1n) <= worst;
      }),
    );
  });
});

/** A plain second reading of decimal digits. */
function readAmount(text: string): bigint {
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  const pico = BigInt(whole) * PICO_PER_UNIT + BigInt(fraction.padEnd(12, "0"));
  return text.startsWith("-") ? -pico : pico;
}

describe("amounts", () => {
  it("are written as decimals and read back", () => {
    fc.assert(fc.property(fc.bigInt(-MOST, MOST), (pico) => readAmount(formatAmount(pico)) === pico));
    expect(formatAmount(25n * PICO_PER_UNIT)).toBe("25");
    expect(formatAmount(fromMicros(400_000))).toBe("0.4");
    expect(formatAmount(-1n)).toBe("-0.000000000001");
  });
});
