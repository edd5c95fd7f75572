import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toEject, wilsonLowerBound } from "./ejection.ts";

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
