/** Patterns against JavaScript's own expressions on random small cases, and the ones that are refused. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesPattern } from "../../../runtime/value/pattern.ts";
import { compilePattern, patternCode, patternOf } from "./index.ts";

const atom = fc.constantFrom(
  "a",
  "b",
  "A",
  "1",
  "_",
  "é",
  "😀",
  ".",
  "\\d",
  "\\D",
  "\\w",
  "\\W",
  "[ab]",
  "[^a]",
  "[a-c1]",
  "[^\\d]",
  "[\\w-]",
  "\\.",
  "\\x61",
  "\\u{1F600}",
  "^",
  "$",
);
const repetition = fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "{0}");
const isAnchor = (text: string): boolean => text === "^" || text === "$";
const { source } = fc.letrec<{ source: string; item: string }>((tie) => ({
  source: fc.oneof(
    { maxDepth: 2 },
    fc.array(tie("item"), { maxLength: 3 }).map((items) => items.join("")),
    fc.tuple(tie("source"), tie("source")).map(([left, right]) => `${left}|${right}`),
  ),
  item: fc.oneof(
    { maxDepth: 2 },
    fc.tuple(atom, repetition).map(([text, count]) => (isAnchor(text) ? text : text + count)),
    fc
      .tuple(tie("source"), repetition, fc.constantFrom("(", "(?:"))
      .map(([inner, count, open]) => `${open}${inner})${count}`),
  ),
}));
const subject = fc
  .array(fc.constantFrom("a", "b", "c", "A", "B", "1", "_", "-", ".", " ", "\n", "é", "😀"), { maxLength: 6 })
  .map((parts) => parts.join(""));

/** `.` of JavaScript also leaves out three other line ends, and its \s has Unicode's spaces; neither is in the subjects. */
const reference = (pattern: string): RegExp =>
  pattern.startsWith("(?i)") ? new RegExp(`^(?:${pattern.slice(4)})$`, "ui") : new RegExp(`^(?:${pattern})$`, "u");

describe("patterns", () => {
  it("agree with JavaScript's expressions", () => {
    fc.assert(
      fc.property(
        source,
        fc.array(subject, { minLength: 8, maxLength: 8 }),
        fc.boolean(),
        (text, subjects, ignoreCase) => {
          const written = ignoreCase ? `(?i)${text}` : text;
          const compiled = patternOf(written);
          for (const one of subjects)
            expect([written, one, matchesPattern(one, compiled)]).toEqual([written, one, reference(written).test(one)]);
        },
      ),
      { numRuns: 1200, seed: 7 },
    );
  });

  it.each([
    ["(a|aa)*b", "a".repeat(50_000), false],
    ["(a*)*b", `${"a".repeat(50_000)}b`, true],
    ["(?:x+x+)+y", "x".repeat(50_000), false],
  ])("%s takes one step per character", (written, text, matches) => {
    expect(matchesPattern(text, patternOf(written))).toBe(matches);
  });

  it.each([
    ["[A-Z]{2}-\\d+", "AB-12", true],
    ["[A-Z]{2}-\\d+", "AB-12x", false],
    ["^a$", "a", true],
    ["a^", "a", false],
    ["$", "", true],
    ["", "", true],
    ["(?i)straße", "STRAßE", true],
    ["[]-]", "]", null],
    ["[\\]-]", "-", true],
    [".", "\ud800", true],
    ["\\u0041\\t", "A\t", true],
  ])("%s on %j: %s", (written, text, matches) => {
    if (matches === null) expect(compilePattern(written)).toHaveProperty("error");
    else expect(matchesPattern(text, patternOf(written))).toBe(matches);
  });

  it.each([
    ["(a)\\1", "a back-reference cannot be matched in linear time", 3],
    ["a(?=b)", "look-around cannot be matched in linear time", 1],
    ["(?<!a)b", "look-around cannot be matched in linear time", 0],
    ["(?<n>a)", "this kind of group is not supported", 0],
    ["\\bword", "word boundaries are not supported", 0],
    ["\\p{L}", "Unicode properties are not supported", 0],
    ["a{1001}", "a repetition counts to 1000 at most", 1],
    ["a{3,2}", "the most is less than the least", 1],
    ["a**", "a repetition of a repetition", 3],
    ["a++", "possessive repetition is not supported", 2],
    ["*a", "there is nothing to repeat", 0],
    ["(a", "this group is never closed", 0],
    ["a)", "this bracket closes no group", 1],
    ["[a", "this class is never closed", 0],
    ["[b-a]", "this range runs backwards", 1],
    ["[\\d-z]", "a range needs a single character at each end", 1],
    ["a\\", "a backslash ends the pattern", 1],
    ["\\q", "\\q has no meaning", 0],
    ["{", '"{" stands alone', 0],
    ["a{x}", "{ begins a repetition such as {2,5}", 1],
    ["(?:a|b)*a(?:a|b){15}", "this pattern needs too many states", 0],
    ["((a{1000}){1000}){1000}", "this pattern needs too many states", 0],
  ])("refuses %s", (written, error, at) => {
    expect(compilePattern(written)).toMatchObject({ error, at });
  });

  it("is written as the tables that it is", () => {
    expect(patternCode("a+")).toBe('pattern("a+", [0,97,98], [0,1,0], [0,0,0,2,0,2], [2])');
  });
});
