import { expect, test } from "vitest";
import { Hedging } from "./hedging.ts";

test("a part of the requests of the last ten seconds, and ten in any case", () => {
  let now = 1_000_000;
  const hedging = new Hedging({ after: 1000, most: 1, budget: 0.1 }, () => now);
  const most = (): number => {
    let count = 0;
    while (hedging.withdraw()) count++;
    return count;
  };
  expect(most()).toBe(10);
  for (let request = 0; request < 500; request++) hedging.deposit();
  expect(most()).toBe(40);
  now += 9_000;
  expect(most()).toBe(0);
  now += 1_000;
  expect(most()).toBe(10);
  now += 3_600_000;
  expect(most()).toBe(10);
});
