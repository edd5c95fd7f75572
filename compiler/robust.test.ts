/**
 * Programs of models, changed a little at random: whatever becomes of them, the compiler says so in its own words. Nothing throws, no message points beside the
 * text, no program that formats changes when it is formatted again, and every program without errors has a sound plan, TypeScript, `why` and costs.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "./1-syntax/index.ts";
import { lower } from "./5-plan/index.ts";
import { verify } from "./5-plan/testing/verify.ts";
import { emit } from "./6-emit/index.ts";
import { check } from "./check.ts";
import { plainStyle } from "./diagnostics/render.ts";
import { format } from "./format/index.ts";
import { costsOf, costsText } from "./why/costs.ts";
import { reportModels } from "./why/report.ts";
import { renderRoutes } from "./why/text.ts";

const ROOT = join(import.meta.dirname, "..");
const NAMES = ["05-first-model", "06-pools-and-fallback", "07-budgets"];
const sources = NAMES.map((name) => readFileSync(join(ROOT, "examples", name, "gateway.vgw"), "utf8"));
const PIECES = [
  "@pii",
  "@outside",
  "clearance: pii",
  "carries: none",
  "then",
  "{",
  "}",
  ")",
  "else",
  "choose(",
  '"{',
  "0tok",
  "$0/day",
];

/** Numbers from 0 to 1 that are the same in every run (Numerical Recipes' generator). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function wordsOf(text: string): Word[] {
  return parse("a.vgw", text).tokens.map(({ start, end }) => ({ text: text.slice(start, end), start, end }));
}

/** "a" of names, "0" of amounts, or its quote or sign: a word is put in the place of another of its kind. */
const kindOf = (text: string): string => (/^[a-z_]/i.test(text) ? "a" : /^\$?\d/.test(text) ? "0" : (text[0] ?? ""));

function changed(text: string, words: readonly Word[], next: () => number): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const word = pick(words);
  const like = words.filter((one) => kindOf(one.text) === kindOf(word.text));
  const lineStart = text.lastIndexOf("\n", word.start) + 1;
  const lineEnd = text.indexOf("\n", word.end) + 1 || text.length;
  const [start, end, by] = pick<readonly [number, number, string]>([
    [word.start, word.end, pick(like).text],
    [word.start, word.end, pick(like).text],
    [word.start, word.end, pick(like).text],
    [lineStart, lineEnd, ""],
    [lineEnd, lineEnd, text.slice(lineStart, lineEnd)],
    [word.start, word.end, ""],
    [word.end, word.end, ` ${pick(PIECES)} `],
  ]);
  return text.slice(0, start) + by + text.slice(end);
}

/** What is wrong with what the compiler makes of it, in a word; null: nothing. */
function fault(text: string): string | null {
  const result = check("a.vgw", (path) => (path === "a.vgw" ? text : null));
  for (const { code, primary } of result.diagnostics) {
    if (code.startsWith("VGW9")) return code;
    if (primary.span.start > primary.span.end || primary.span.end > text.length)
      return `${code} points beside the text`;
  }
  const tree = parse("a.vgw", text);
  if (!tree.diagnostics.some(({ severity }) => severity === "error")) {
    const once = format(tree);
    if (format(parse("a.vgw", once)) !== once) return "formatted twice it is another program";
  }
  if (result.hasErrors) return null;
  const plan = lower(result.program, () => new TextEncoder().encode("[]"));
  const [unsound] = verify(plan);
  if (unsound !== undefined) return unsound;
  emit(plan);
  const costs = costsOf(result.program);
  costsText(costs);
  renderRoutes(reportModels(result.program), plainStyle, costs);
  return null;
}

test.each(NAMES.map((name, index) => ({ name, text: sources[index]! })))("$name", ({ name, text }) => {
  const words = wordsOf(text);
  const next = random(2026 + name.length);
  for (let count = 0; count < 150; count++) {
    const program = changed(text, words, next);
    let found: string | null;
    try {
      found = fault(program);
    } catch (error) {
      found = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    expect(found, program).toBeNull();
  }
});
