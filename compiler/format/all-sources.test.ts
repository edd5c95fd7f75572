/** Formatting: stable, without effect on the tree, and no comment is lost; on every text of the repository. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "../1-syntax/index.ts";
import { allSources, meaning } from "../1-syntax/testing/sources.ts";
import { format } from "./index.ts";

function comments(text: string): string[] {
  return parse("x.vgw", text)
    .comments.map(({ start, end }) => text.slice(start, end).trimEnd().replace(/^\/+/, "//"))
    .sort();
}

function check(text: string): void {
  const tree = parse("x.vgw", text);
  const formatted = format(tree);
  if (tree.diagnostics.length > 0) {
    expect(formatted).toBe(text);
    return;
  }
  const again = parse("x.vgw", formatted);
  expect(again.diagnostics).toEqual([]);
  expect(meaning(again.program)).toBe(meaning(tree.program));
  expect(comments(formatted)).toEqual(comments(text));
  expect(format(again)).toBe(formatted);
}

describe("every source", () => {
  test.each(allSources())("$name", ({ text }) => check(text));
});

test("layout of the author does not matter: newlines and comments anywhere a space may stand", () => {
  const texts = allSources().filter(({ text }) => parse("x.vgw", text).diagnostics.length === 0);
  expect(texts.length).toBeGreaterThan(5);
  fc.assert(
    fc.property(
      fc.constantFrom(...texts),
      fc.array(
        fc.tuple(fc.nat(), fc.constantFrom("\n", "\n\n", " // c\n", " /// d\n", "\n/// e\n", "\n// own\n", "  ")),
        { maxLength: 6 },
      ),
      ({ text }, insertions) => {
        let changed = text;
        for (const [at, inserted] of insertions) {
          const { tokens } = parse("x.vgw", changed);
          const token = tokens[at % tokens.length]!;
          changed = changed.slice(0, token.start) + inserted + changed.slice(token.start);
        }
        check(changed);
      },
    ),
    { seed: 7, numRuns: 400 },
  );
  // A busy machine may take its time.
}, 120_000);

test("a long line breaks at 120 characters", () => {
  const words = Array.from({ length: 40 }, (_, index) => `name_${index}`);
  const text = `vgw 1\n\nlet x = f(${words.join(", ")}) + [${words.join(", ")}]\n`;
  const longest = Math.max(
    ...format(parse("x.vgw", text))
      .split("\n")
      .map((line) => line.length),
  );
  expect(longest).toBeLessThanOrEqual(120);
});
