/** One mistake gives one message at the right place, and its fix mends it. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../diagnostics/index.ts";
import { parse } from "./index.ts";

const file = readFileSync(new URL("./testing/mistakes.txt", import.meta.url), "utf8");
const header = "vgw 1\n";

const cases = file
  .split(/^--- /m)
  .slice(1)
  .map((part) => {
    const [first, ...rest] = part.split("\n");
    const words = first!.split(" ");
    return {
      codes: words.filter((word) => /^\d+$/.test(word)).map((word) => `VGW${word}`),
      mended: words.includes("mended"),
      marked: header + rest.join("\n"),
    };
  });

function mark(text: string, diagnostics: readonly Diagnostic[]): string {
  const marks = diagnostics.flatMap(({ primary: { span } }) => [
    { at: span.end, sign: "»" },
    { at: span.start, sign: "«" },
  ]);
  return marks
    .sort((one, other) => other.at - one.at)
    .reduce((done, { at, sign }) => done.slice(0, at) + sign + done.slice(at), text);
}

function applied(text: string, diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .flatMap(({ fixes }) => fixes[0]?.edits ?? [])
    .sort((one, other) => other.span.start - one.span.start)
    .reduce((done, { span, text: put }) => done.slice(0, span.start) + put + done.slice(span.end), text);
}

describe.each(cases)("$marked", ({ codes, mended, marked }) => {
  const text = marked.replace(/[«»]/g, "");
  const { diagnostics } = parse("x.vgw", text);

  test("codes and places", () => {
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
    expect(mark(text, diagnostics)).toBe(marked);
  });

  if (mended)
    test("fixes", () => {
      expect(parse("x.vgw", applied(text, diagnostics)).diagnostics).toEqual([]);
    });
});

test("ten mistakes in one file give ten messages, and what is sound between them is there", () => {
  const text = `vgw 1
gatway edge { listen: [http(":8080")] }
service a { url = "http://a" }
service b { url: "http://b, timeout: 800 ms }
type T { a: string b: int }
route GET "/1" open { repyl "x" }
route GET "/2" open { if a && b { reply 1 } else { reply 2 } }
route GET "/3" open { let x: 5; reply x }
route GET "/4" open { reply [1, 2 }
route GET "/5" open { if a = b { reply 1 } else { reply 2 } }
route GET "/6" open { reply “x” }
route GET "/7" open {
  reply 1
route GET "/8" open { reply 8 }
`;
  const { diagnostics, program } = parse("x.vgw", text);
  expect(diagnostics.map(({ code }) => code.slice(3)).join(" ")).toBe(
    "1004 1011 1007 1001 1018 1012 1027 1006 1013 1028 1005",
  );
  expect(program.declarations.filter(({ kind }) => kind === "route").length).toBe(8);
});
