/** What was verified is found again, whole and only while it holds; and there is never too much of it. */
import { expect, it } from "vitest";
import { VerifiedTokens } from "./cache.ts";

const at = (change: object = {}) => ({ caller: { id: "a" }, expires: 1000, verifiedAt: 10, version: 1, ...change });
/** Ends as a signature does. */
const text = (index: number, fill = ""): string => `Bearer ${fill}.${String(index).padStart(12, "s")}`;

it("gives back the caller of exactly this text, of these keys, at this time", () => {
  const tokens = new VerifiedTokens();
  tokens.put(text(1), at());
  expect(tokens.get(text(1), 10, 1)).toEqual({ id: "a" });
  // The same end, another beginning.
  expect(tokens.get(text(1, "x"), 10, 1)).toBe(null);
  expect(tokens.get(`x${text(1)}`, 10, 1)).toBe(null);
  expect(tokens.get(text(2), 10, 1)).toBe(null);
  expect(tokens.get(text(1), 999, 1)).toEqual({ id: "a" });
});

it.each([
  ["its end", 1000, 1],
  ["a clock that was set back", 9, 1],
  ["other keys", 10, 2],
])("forgets at %s", (_name, now, version) => {
  const tokens = new VerifiedTokens();
  tokens.put(text(1), at());
  expect(tokens.get(text(1), now, version)).toBe(null);
  expect(tokens.get(text(1), 10, 1)).toBe(null);
  expect(tokens.size).toBe(0);
});

it("is bounded in number; what was used stays longer", () => {
  const tokens = new VerifiedTokens(3);
  for (const index of [1, 2, 3]) tokens.put(text(index), at());
  expect(tokens.get(text(1), 10, 1)).not.toBe(null);
  tokens.put(text(4), at());
  expect([1, 2, 3, 4].map((index) => tokens.get(text(index), 10, 1) !== null)).toEqual([true, false, true, true]);
  for (let index = 0; index < 1000; index++) {
    tokens.put(text(index), at());
    tokens.get(text(index), 10, 1);
    expect(tokens.size).toBeLessThanOrEqual(3);
  }
});

it("is bounded in size, however often a text comes again", () => {
  const tokens = new VerifiedTokens(1000, 10_000);
  for (let index = 0; index < 100; index++) tokens.put(text(index, "x".repeat(1000)), at());
  expect(tokens.size).toBe(9);
  for (let again = 0; again < 100; again++) tokens.put(text(1, "x".repeat(1000)), at());
  expect(tokens.size).toBe(9);
});
