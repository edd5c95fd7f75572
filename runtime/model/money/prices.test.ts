/** The built-in prices: whole, plausible among each other, each name once, and a few of them digit by digit. */
import { expect, it } from "vitest";
import { NO_USAGE } from "../canonical/usage.ts";
import { formatAmount } from "./amount.ts";
import { costOf } from "./cost.ts";
import { listPrice, listPrices } from "./prices.ts";

it("has whole rates, dates, sources, and each name once", () => {
  const all = listPrices();
  const names = all.flatMap(({ provider, names }) => names.map((name) => `${provider}/${name}`));
  expect(new Set(names).size).toBe(names.length);
  for (const { price, checked, source, context, names } of all) {
    expect(checked, names[0]).toMatch(/^20\d\d-[01]\d-[0-3]\d$/);
    expect(source).toMatch(/^https:\/\//);
    for (const rates of [price.rates, ...price.bands.map((band) => band.rates)]) {
      for (const rate of Object.values(rates)) expect(rate === null || Number.isSafeInteger(rate)).toBe(true);
      expect(rates.cacheRead).toBeLessThanOrEqual(rates.input);
      expect(rates.cacheWriteHour).toBeGreaterThanOrEqual(rates.cacheWrite);
      // What makes vectors has no output, and no context that bounds a request.
      if (context === null) expect([rates.output, rates.reasoning]).toEqual([0, 0]);
      else expect(rates.output).toBeGreaterThanOrEqual(rates.input);
    }
    for (const { above } of price.bands) expect(above).toBeLessThan(context ?? 0);
  }
});

it.each([
  ["openai", "gpt-4.1-mini", { input: 1_000_000 }, "0.4"],
  ["openai", "gpt-4.1-mini", { cacheRead: 1_000_000, reasoning: 1_000_000 }, "1.7"],
  ["anthropic", "claude-opus-4-5-20251101", { cacheWrite: 1_000_000 }, "6.25"],
  ["anthropic", "claude-haiku-4-5", { cacheWriteHour: 100_000, output: 1 }, "0.200005"],
  ["anthropic", "claude-haiku-5-5", { input: 100_000, output: 10 }, "0.010005"],
  ["anthropic", "claude-haiku-5-5", { input: 1, cacheRead: 100_000, output: 10 }, "0.0050255"],
  ["gemini", "gemini-2.5-pro", { input: 200_001 }, "0.5000025"],
  ["cohere", "command-r7b-12-2024", { input: 1 }, "0.0000000375"],
  ["openai", "text-embedding-3-small", { input: 1_000_000 }, "0.02"],
  ["gemini", "gemini-embedding-001", { input: 1_000_000 }, "0.15"],
  ["mistral", "mistral-embed", { input: 10 }, "0.000001"],
  ["cohere", "embed-v4.0", { input: 100 }, "0.000012"],
] as const)("%s %s", (provider, model, usage, cost) => {
  const { price } = listPrice(provider, model) ?? expect.fail("no price");
  expect(formatAmount(costOf(price, { ...NO_USAGE, ...usage }) ?? -1n)).toBe(cost);
});

it("guesses nothing from a prefix", () => {
  for (const [provider, model] of [
    ["openai", "gpt-4.1-mini-2099-01-01"],
    ["openai", "gpt-4"],
    ["openrouter", "gpt-4.1-mini"],
    ["constructor", "x"],
    ["deepseek", "deepseek-v4-pro"],
  ] as const)
    expect(listPrice(provider, model)).toBeNull();
});
