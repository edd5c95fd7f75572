import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { slowFrom, slowness, toEject, wilsonLowerBound } from "./ejection.ts";
import { LATENCY_CLASSES, latencyClass } from "./shared-table.ts";

describe("Wilson's lower bound", () => {
  // Worked by hand from the formula with z = 1.96.
  it.each([
    [0, 0, 0],
    [0, 20, 0],
    [1, 1, 0.2065],
    [5, 5, 0.5655],
    [10, 20, 0.2993],
    [50, 100, 0.4038],
  ])("of %i in %i is about %d", (bad, total, bound) => {
    expect(wilsonLowerBound(bad, total)).toBeCloseTo(bound, 3);
  });

  it("never exceeds what was seen, and comes nearer to it with more of the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(200), (total, drawn) => {
        const bad = Math.min(total, drawn);
        const bound = wilsonLowerBound(bad, total);
        expect(bound).toBeGreaterThanOrEqual(0);
        expect(bound).toBeLessThanOrEqual(bad / total + 1e-12);
        expect(wilsonLowerBound(bad * 10, total * 10)).toBeGreaterThanOrEqual(bound - 1e-12);
      }),
    );
  });
});

describe("who is ejected", () => {
  const pool = (...rates: (readonly [bad: number, total: number])[]) =>
    rates.map(([bad, total]) => ({ bad, total, usable: true }));

  it.each([
    ["of two, the one that fails half the time", pool([0, 20], [10, 20]), [1]],
    ["of three, the one that fails half the time", pool([0, 20], [10, 20], [1, 20]), [1]],
    ["of two that both fail, nobody", pool([20, 20], [20, 20]), []],
    ["of three of which two fail alike, nobody", pool([0, 20], [20, 20], [20, 20]), []],
    ["the only one, never", pool([20, 20]), []],
    ["of four, at most half, the worst first", pool([0, 50], [0, 50], [25, 50], [50, 50]), [3, 2]],
    ["nobody with few requests", pool([0, 20], [4, 4]), []],
    ["nobody for a few failures among many", pool([0, 100], [10, 100]), []],
    ["the one that has requests, though another has none", pool([0, 30], [30, 30], [0, 0]), [1]],
  ])("%s", (_, records, indices) => {
    expect(toEject(records, 0, 5)).toEqual(indices);
  });

  it("counts those that are ejected already, and leaves one", () => {
    const ejected = { bad: 0, total: 0, usable: false };
    expect(toEject([ejected, ...pool([0, 20], [20, 20])], 1, 5)).toEqual([]);
    expect(toEject([ejected, ...pool([0, 20], [20, 20], [0, 20])], 1, 5)).toEqual([2]);
    // The others are unwell by their health checks.
    expect(toEject([ejected, ejected, ejected, ...pool([20, 20])], 0, 5)).toEqual([]);
  });
});

describe("what is slow", () => {
  const of = (...milliseconds: number[]): Int32Array => {
    const latencies = new Int32Array(LATENCY_CLASSES);
    for (const one of milliseconds) latencies[latencyClass(one)]!++;
    return latencies;
  };
  const times = (count: number, milliseconds: number): number[] => Array.from({ length: count }, () => milliseconds);

  it.each([
    [0, 0],
    [0.9, 0],
    [1, 1],
    [1.4, 1],
    [1.5, 2],
    [2, 3],
    [100, 14],
    [32_000, 30],
    [60_000, 31],
    [Number.MAX_VALUE, 31],
  ])("%d ms is of class %i", (milliseconds, latency) => {
    expect(latencyClass(milliseconds)).toBe(latency);
  });

  it.each([
    ["three times what is usual, where that is much", [of(...times(10, 100)), of(...times(10, 110))], 320, 420],
    ["ten milliseconds more, where it is little", [of(...times(10, 0.5)), of(...times(10, 0.5))], 11, 17],
    ["by the better of two", [of(...times(10, 5)), of(...times(10, 200))], 15, 24],
    ["by the one in the middle", [of(...times(10, 5)), of(...times(10, 50)), of(...times(10, 50))], 160, 200],
  ])("%s", (_, pool, above, below) => {
    const from = slowFrom(pool, 5)!;
    expect(latencyClass(above)).toBeLessThanOrEqual(from);
    expect(slowness(of(below), from).bad).toBe(1);
    expect(slowness(of(above / 1.5), from).bad).toBe(0);
  });

  it("is not known by one endpoint, nor by few answers", () => {
    expect(slowFrom([of(...times(10, 5))], 5)).toBeNull();
    expect(slowFrom([of(...times(10, 5)), of(...times(4, 5))], 5)).toBeNull();
  });
});
