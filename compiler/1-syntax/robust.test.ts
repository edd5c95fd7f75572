/** Whatever the text, parsing gives a tree: no throw, ids and spans within bounds, no stack that runs out. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "./index.ts";
import { allSources } from "./testing/sources.ts";
import type { Tree } from "./tree.ts";

function check(text: string): Tree {
  const tree = parse("x.vgw", text);
  const { tokens, firstToken, lastToken, comments } = tree;
  let end = 0;
  for (const token of tokens) {
    if (token.start < end || token.end < token.start) throw new Error(`tokens overlap at ${token.start}`);
    end = token.end;
  }
  if (end > text.length) throw new Error("a token reaches beyond the text");
  for (const { start, end } of comments) if (start >= end || end > text.length) throw new Error("a comment is empty");
  if (firstToken.length !== lastToken.length) throw new Error("the span tables differ in length");
  for (let id = 0; id < firstToken.length; id++) {
    const [first, last] = [firstToken[id]!, lastToken[id]!];
    if (!(first >= 0 && first <= last && last < tokens.length)) throw new Error(`node ${id}: tokens ${first}..${last}`);
  }
  checkIds(tree.program, new Set(), firstToken.length);
  for (const { primary, related, fixes } of tree.diagnostics)
    for (const { start, end } of [primary, ...related].map(({ span }) => span).concat(fixes.flatMap(editSpans)))
      if (!(start >= 0 && start <= end && end <= text.length)) throw new Error(`a message at ${start}..${end}`);
  return tree;
}

function editSpans(fix: Tree["diagnostics"][number]["fixes"][number]) {
  return fix.edits.map(({ span }) => span);
}

/** Every node has an id of its own; a name that serves as a reference, or a range's single bound, stands in two places. */
function checkIds(value: unknown, seen: Set<object>, count: number): void {
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  if ("kind" in value && (!("id" in value) || typeof value.id !== "number" || !(value.id >= 0 && value.id < count)))
    throw new Error(`a ${String(value.kind)} without an id within the tables`);
  for (const child of Object.values(value)) checkIds(child, seen, count);
}

const sources = allSources();
/** A busy machine may take its time; nothing here is about speed. */
const patience = 120_000;

describe("every prefix", () => {
  test.each(sources)(
    "$name",
    ({ text }) => {
      check(text);
      const ends =
        text.length < 250 ? [...text].map((_, index) => index) : parse("x", text).tokens.map(({ end }) => end);
      for (const end of ends) check(text.slice(0, end));
    },
    patience,
  );
});

const pieces = fc.constantFrom(
  ...'{ } ( ) [ ] , ; : = == => -> |> | . .. ... ? @ ! && || " \' """ \\ { \n // /// /* $ % # é'.split(" "),
  ..."vgw 1 route service type let if else when match as not in and or reply read 5ms 10.0.0.1 2026-01-01 x".split(" "),
  "\n",
  "\nroute ",
  '"{',
  "}",
);

test(
  "mutations: tokens taken out, doubled, replaced, swapped",
  () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom("delete", "double", "replace", "insert"), pieces), {
          minLength: 1,
          maxLength: 5,
        }),
        ({ text }, mutations) => {
          let changed = text;
          for (const [at, how, piece] of mutations) {
            const { tokens } = parse("x", changed);
            const { start, end } = tokens[at % tokens.length]!;
            const old = changed.slice(start, end);
            const put = { delete: "", double: old + old, replace: piece, insert: piece + old }[how];
            changed = changed.slice(0, start) + put + changed.slice(end);
          }
          check(changed);
        },
      ),
      { seed: 11, numRuns: 500 },
    );
  },
  patience,
);

test(
  "random text",
  () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 40 }), (parts) => {
        check(parts.join(""));
      }),
      { seed: 13, numRuns: 500 },
    );
  },
  patience,
);

describe("depth bombs give one message and no overflow", () => {
  const head = 'vgw 1\n\nroute GET "/" open {\n  reply ';
  const bombs: Record<string, string> = {
    parentheses: "(".repeat(10_000),
    lists: "[".repeat(10_000),
    records: "{ a: ".repeat(10_000),
    closed: `${"(".repeat(10_000)}1${")".repeat(10_000)}`,
    minus: `${"- ".repeat(10_000)}1`,
    not: `${"not ".repeat(10_000)}true`,
    sum: `1${" + 1".repeat(10_000)}`,
    members: `a${".b".repeat(10_000)}`,
    calls: `a${"(1)".repeat(10_000)}`,
    else: `a${" else a".repeat(10_000)}`,
    pipes: `a${" |> a".repeat(10_000)}`,
    lambdas: `${"x => ".repeat(10_000)}1`,
    powers: `${"1 == (".repeat(10_000)}1`,
    types: `a as ${"[".repeat(10_000)}int`,
    optionals: `a as T${"?".repeat(10_000)}`,
    arguments: `a as ${"map(".repeat(10_000)}`,
    holes: '"{'.repeat(10_000),
    match: "match a { _ => ".repeat(10_000),
    "else if": `1\n  if a { }${" else if a { }".repeat(10_000)}`,
    blocks: `1\n  ${"if a { ".repeat(10_000)}`,
    "else reply": `a${" else reply (a".repeat(10_000)}`,
  };
  test.each(Object.entries(bombs))("%s", (_, bomb) => {
    const tree = check(`${head}${bomb}\n}\n\nservice after { url: "http://127.0.0.1" }\n`);
    expect(tree.diagnostics.length).toBeGreaterThan(0);
    expect(tree.diagnostics.length).toBeLessThan(4);
  });
});

test("10,000 mistakes are found in one go", () => {
  const text = `vgw 1\n${'route GET "/" open { repyl 1 }\n'.repeat(10_000)}`;
  expect(check(text).diagnostics.length).toBe(10_000);
});
