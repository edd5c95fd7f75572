/** The announced ends of models: whole, each name once, and nothing guessed. */
import { expect, it } from "vitest";
import { retirementOf, retirements } from "./retirements.ts";

it("has days, dates, sources, and each name once", () => {
  const names = retirements().flatMap(({ provider, names }) => names.map((name) => `${provider}/${name}`));
  expect(new Set(names).size).toBe(names.length);
  for (const { day, checked, source } of retirements()) {
    for (const date of [day, checked]) expect(new Date(date).toISOString().slice(0, 10)).toBe(date);
    expect(source).toMatch(/^https:\/\//);
  }
});

it("a successor is not itself taken away", () => {
  for (const { provider, successor } of retirements())
    if (successor !== null) expect(retirementOf(provider, successor)).toBeNull();
});

it.each([
  ["openai", "gpt-4.1-mini", "2027-01-14"],
  ["openai_responses", "gpt-5-pro", "2026-12-11"],
  ["anthropic", "claude-opus-4-1", "2026-08-05"],
  ["gemini", "gemini-2.0-flash", "2026-06-01"],
  ["openai", "gpt-4.1-mini-2099-01-01", undefined],
  ["azure", "gpt-4.1-mini", undefined],
  ["vertex", "gemini-2.0-flash", undefined],
  ["constructor", "x", undefined],
])("%s %s: %s", (provider, model, day) => expect(retirementOf(provider, model)?.day).toBe(day));
