import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutBytes } from "../testing/arbitrary-events.ts";
import { cut } from "../testing/streams.ts";
import { LineParser } from "./ndjson.ts";

function read(pieces: readonly Uint8Array[], limit?: number): { lines: string[]; whole: boolean } {
  const lines: string[] = [];
  const parser = new LineParser((line) => lines.push(line), limit);
  let whole = true;
  for (const piece of pieces) {
    const copy = Uint8Array.from(piece);
    whole = parser.push(copy) && whole;
    copy.fill(0x58);
  }
  parser.finish();
  return { lines, whole };
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe("lines of JSON", () => {
  it.each([
    ["two lines", '{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
    ["carriage returns", '{"a":1}\r\n{"b":2}\r\n', ['{"a":1}', '{"b":2}']],
    ["blank lines", '\n\n{"a":1}\n \n', ['{"a":1}']],
    ["no end of the last line", '{"a":1}\n{"b":2}', ['{"a":1}', '{"b":2}']],
    ["characters of several bytes", '{"a":"é漢😀"}\n', ['{"a":"é漢😀"}']],
    ["nothing", "", []],
  ])("%s", (_what, raw, lines) => {
    expect(read([bytes(raw)]).lines).toEqual(lines);
    expect(read(cut(bytes(raw), [1])).lines).toEqual(lines);
  });

  it("gives the same lines however they are cut", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 20 })), fc.array(fc.nat(200)), (texts, cuts) => {
        const raw = bytes(texts.map((text) => `${JSON.stringify(text)}\n`).join(""));
        expect(read(cutBytes(raw, cuts)).lines).toEqual(texts.map((text) => JSON.stringify(text)));
      }),
    );
  });

  it.each([
    ["whole", [bytes(`${"x".repeat(11)}\n`)]],
    ["in pieces", [bytes("xxxxxx"), bytes("xxxxx\n")]],
    ["without an end", [bytes("x".repeat(11))]],
  ])("stops at a line that is too long, %s", (_how, pieces) => {
    expect(read([bytes("ok\n"), ...pieces, bytes("later\n")], 10)).toEqual({ lines: ["ok"], whole: false });
  });

  it("takes a line of exactly the limit", () => {
    const raw = bytes(`${"x".repeat(10)}\n`);
    for (const pieces of [[raw], cut(raw, [1])]) expect(read(pieces, 10).whole).toBe(true);
  });
});
