/** JSON without its long strings says the same as the whole: what is left, where members stand, and what every text is. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Pieces } from "../../pieces.ts";
import { filled, hollowed, hollowOutline, markNumber, marksIn } from "./hollow.ts";
import { longStrings } from "./long-strings.ts";
import { outline } from "./outline.ts";

/** Of a text that is left out. */
const LENGTH = 1100;
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Read and written again; null: it is no JSON. */
function parsed(bytes: Uint8Array): string | null {
  try {
    return JSON.stringify(JSON.parse(strict.decode(bytes)));
  } catch {
    return null;
  }
}

function cut(bytes: Uint8Array, places: readonly number[]): Pieces {
  const list: Uint8Array[] = [];
  let from = 0;
  for (const place of [...places].sort((a, b) => a - b)) {
    const to = Math.min(place, bytes.length);
    list.push(bytes.slice(from, to));
    from = to;
  }
  return new Pieces([...list, bytes.slice(from)]);
}

/** What is left, with its texts; null: the whole has to be read. */
function throughHollow(pieces: Pieces): string | null {
  const hollow = hollowed(pieces);
  const rest = hollow === null ? null : parsed(hollow.rest);
  if (hollow === null || rest === null) return null;
  for (const { text, octets, units } of hollow.gaps) {
    expect(octets).toBe(Buffer.byteLength(text));
    expect(units).toBe(text.length);
  }
  return filled(rest, hollow.gaps);
}

const SAMPLES = [
  "plain words, ",
  'a "quote"\n',
  "\\ back/slash\t",
  "é–漢字",
  "🙂\u{10ffff}",
  "\u0000\u001f\u007f",
  "\ud800",
  "x\udc00y",
];

/** A long text, as some client writes it. */
const longText = fc
  .tuple(
    fc.array(fc.constantFrom(...SAMPLES), { minLength: 1, maxLength: 6 }),
    fc.integer({ min: 60, max: 300 }),
    fc.nat(3),
  )
  .map(([parts, times, style]) => {
    const json = JSON.stringify(parts.join("").repeat(times));
    if (style === 0) return json;
    const escaped = json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
    if (style === 1) return escaped;
    return style === 2
      ? escaped.replace(/\\u[0-9a-f]{4}/g, (code) => `\\u${code.slice(2).toUpperCase()}`)
      : json.replaceAll("/", "\\/");
  });

const name = fc.constantFrom(
  "content",
  "text",
  "data",
  "url",
  "arguments",
  "id",
  "input",
  "x",
  "result",
  "conten\\u0074",
);
const space = fc.constantFrom("", "", "", " ", "\n\t", "\r\n  ");
const scalar = fc.oneof(
  fc.constantFrom(
    "null",
    "true",
    "false",
    "0",
    "-1.5e+10",
    "1E400",
    "123456789012345678901234567890",
    '"a"',
    '"\\ud83d"',
    '""',
  ),
  longText,
  longText.map((text) => `"data:image/png;base64,${text.slice(1)}`),
);

const json = fc.letrec<{ readonly value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc
      .tuple(space, fc.array(tie("value"), { maxLength: 4 }))
      .map(([gap, items]) => `[${gap}${items.join(`${gap},`)}${gap}]`),
    fc
      .tuple(space, fc.array(fc.tuple(name, tie("value")), { maxLength: 5 }))
      .map(
        ([gap, members]) =>
          `{${gap}${members.map(([key, value]) => `"${key}"${gap}:${gap}${value}`).join(`${gap},`)}${gap}}`,
      ),
  ),
})).value;

const places = fc.array(fc.nat(20_000), { maxLength: 5 });
const document = fc
  .tuple(name, longText, json)
  .map(([key, text, other]) => `{"a":${other},"${key}":${text},"b":${other}}`);

it("what is JSON is read as JSON.parse reads it, however it is cut", () => {
  let left = 0;
  fc.assert(
    fc.property(document, places, (text, cuts) => {
      const bytes = Buffer.from(text);
      const found = throughHollow(cut(bytes, cuts));
      if (found === null) return;
      left++;
      expect(found).toEqual(parsed(bytes));
    }),
    { numRuns: 600 },
  );
  expect(left).toBeGreaterThan(200);
});

it("members stand where they stand in the whole", () => {
  fc.assert(
    fc.property(document, places, (text, cuts) => {
      const bytes = Buffer.from(text);
      const hollow = hollowed(cut(bytes, cuts));
      if (hollow === null) return;
      expect(hollowOutline(hollow)).toEqual(outline(bytes));
    }),
    { numRuns: 400 },
  );
});

it("what is broken at any place is refused where JSON.parse and the strict decoder refuse it", () => {
  const text = `{"model":"m","content":${JSON.stringify('An "é" and a \\ 🙂\n'.repeat(70))}, "n":[1,{"text" : "${"a\\u00e9\\ud83d\\ude00".repeat(64)}"}]}`;
  const whole = Buffer.from(text);
  expect(throughHollow(new Pieces([whole]))).toEqual(parsed(whole));
  for (let at = 0; at < whole.length; at++) {
    for (const octet of [0x22, 0x5c, 0x0a, 0x00, 0x7b, 0x5d, 0x2c, 0x75, 0x80, 0xc3, 0xff]) {
      const broken = Buffer.from(whole);
      broken[at] = octet;
      const found = throughHollow(cut(broken, [at - 3, at, at + 1]));
      if (found !== null) expect(found, `${at}: ${octet}`).toEqual(parsed(broken));
    }
    const short = whole.subarray(0, at);
    expect(throughHollow(new Pieces([short])), `${at}`).toBe(null);
  }
});

it("every cut of a text with every kind of escape and character", () => {
  const text = `{"content":"${'a\\n\\"\\\\\\u00e9\\uD83D\\uDE00\\udead é–🙂'.repeat(26)}","x":1}`;
  const bytes = Buffer.from(text);
  for (let at = 0; at <= bytes.length; at++) {
    expect(throughHollow(cut(bytes, [at, at + 1])), String(at)).toEqual(parsed(bytes));
  }
});

describe("what is no text of JSON is never left out", () => {
  const long = "x".repeat(LENGTH);
  it.each([
    ["a control character", `{"content":"${long}\n"}`],
    ["an escape that is none", `{"content":"${long}\\x41"}`],
    ["half an escape", `{"content":"${long}\\u00g0"}`],
    ["an escape at the end", `{"content":"${long}\\"}`],
    ["no end", `{"content":"${long}`],
    ["a name", `{"${long}":1}`],
    ["a string in a list", `["${long}"]`],
    ["a URL", `{"url":"https://${long}"}`],
    ["a data: URL without a comma", `{"url":"data:${long}"}`],
    ["a name that says nothing of models", `{"description":"${long}"}`],
  ])("%s", (_what, text) => {
    const found = hollowed(new Pieces([Buffer.from(text)]));
    expect(found).toBe(null);
  });

  it("octets that are no UTF-8, also where two pieces meet", () => {
    for (const bad of [
      [0xff],
      [0xc3],
      [0xe2, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xc0, 0x80],
      [0x80, 0x80, 0x80, 0x80, 0x80],
    ]) {
      const head = Buffer.from(`{"content":"${long}`);
      const bytes = Buffer.concat([head, Buffer.from(bad), Buffer.from(`${long}"}`)]);
      for (let at = head.length - 1; at <= head.length + bad.length + 1; at++) {
        expect(hollowed(cut(bytes, [at])), `${bad} at ${at}`).toBe(null);
        expect(hollowed(cut(bytes, [at, at + 1, at + 2])), `${bad} at ${at}`).toBe(null);
      }
    }
  });
});

it("where hardly anything is in long strings, they are not looked for any further", () => {
  const short = '{"text":"short"},'.repeat(20_000);
  const long = `{"text":"${"x".repeat(2_000_000)}"}`;
  expect(hollowed(new Pieces([Buffer.from(`[${short}${long}]`)]))).toBe(null);
  expect(hollowed(new Pieces([Buffer.from(`[${long},${short}0]`)]))?.gaps).toHaveLength(1);
});

it("a mark that a client makes up is a text like any other", () => {
  const first = hollowed(new Pieces([Buffer.from(`{"content":"${"x".repeat(LENGTH)}"}`)]));
  expect(first?.rest.toString()).toMatch(/^\{"content":"[0-9a-f]{24}00000000"\}$/);
  expect(first?.gaps[0]?.text).toBe("x".repeat(LENGTH));
  const secret = /[0-9a-f]{24}/.exec(first?.rest.toString() ?? "")?.[0] ?? "";
  const other = hollowed(new Pieces([Buffer.from(`{"text":"${"0".repeat(32)}","content":"${"x".repeat(LENGTH)}"}`)]));
  expect([secret.length, markNumber("0".repeat(32)), markNumber(`${secret}0000000g`)]).toEqual([24, -1, -1]);
  expect(marksIn(other?.rest.toString() ?? "")).toHaveLength(1);
});

describe("hostile input takes time in proportion to its length, and memory too", () => {
  const TEN = 10_000_000;
  it.each([
    ["escaped quotes", `{"content":"${'\\"'.repeat(TEN / 2)}"}`],
    ["backslashes without end", `{"content":"${"\\".repeat(TEN)}`],
    ["opened lists", "[".repeat(TEN)],
    ["quotes", '"'.repeat(TEN)],
    ["short texts", `[${'{"text":""},'.repeat(TEN / 12)}0]`],
    ["long texts of the least length", `[${`{"text":"${"x".repeat(LENGTH)}"},`.repeat(TEN / 1200)}0]`],
    ["escapes by number", `{"content":"${"\\u0041".repeat(TEN / 6)}"}`],
  ])("%s", (_what, text) => {
    const bytes = Buffer.from(text);
    const pieces = cut(bytes, [1000, 70_000, 5_000_000]);
    const strings = longStrings(pieces.list, LENGTH);
    // More than this cannot be kept: each has so many octets at least.
    if (strings !== null) expect(strings.length * LENGTH).toBeLessThanOrEqual(bytes.length);
    hollowed(pieces);
  });
});
