/** Comparison, text, lists, networks, zones, hashing and hiding: examples beyond those of the vocabulary. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as values from "./index.ts";

describe("equality", () => {
  it.each([
    [{ a: 1, b: undefined }, { a: 1 }, true],
    [{ a: null }, {}, true],
    [{ a: 1 }, { a: 2 }, false],
    [[1, [2]], [1, [2]], true],
    [[1], { 0: 1 }, false],
    [new Uint8Array([1]), new Uint8Array([1]), true],
    [new Uint8Array([1]), [1], false],
    [undefined, null, true],
    [0, false, false],
    ["1", 1, false],
    [{}, { toString: 1 }, false],
  ])("%j and %j: %s", (left, right, expected) => expect(values.valueEquals(left, right)).toBe(expected));
});

describe("text", () => {
  it("orders by code point", () => {
    const codePoints = (text: string): number[] => [...text].map((one) => one.codePointAt(0) ?? 0);
    const byCodePoints = (left: string, right: string): number => {
      const [a, b] = [codePoints(left), codePoints(right)];
      for (let index = 0; index < Math.min(a.length, b.length); index++) {
        const difference = (a[index] ?? 0) - (b[index] ?? 0);
        if (difference !== 0) return Math.sign(difference);
      }
      return Math.sign(a.length - b.length);
    };
    const text = fc.string({ unit: fc.constantFrom("a", "b", "\uffff", "\ue000", "😀", "𝒳"), maxLength: 4 });
    fc.assert(
      fc.property(
        text,
        text,
        (left, right) => Math.sign(values.compareText(left, right)) === byCodePoints(left, right),
      ),
    );
  });
  it("slices as a list of code points is sliced", () => {
    const position = fc.integer({ min: -8, max: 8 });
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 6 }),
        position,
        fc.option(position, { nil: undefined }),
        (text, from, to) => {
          expect(values.textSlice(text, from, to)).toBe([...text].slice(from, to).join(""));
          expect(values.textLength(text)).toBe([...text].length);
        },
      ),
    );
  });
  it("finds positions in code points", () => expect(values.textIndexOf("😀b", "b")).toBe(1));
  it("pads with whole characters, at most 10,000", () => {
    expect(values.padStart("x", 4, "😀é")).toBe("😀é😀x");
    expect(values.padEnd("", 1e9, "ab")).toHaveLength(10_000);
    expect(values.padEnd("x", 5, "")).toBe("x");
  });
  it("splits lines", () => expect(values.lines("a\r\n\nb")).toEqual(["a", "", "b"]));
});

describe("lists", () => {
  it("finds distinct records", () =>
    expect(values.listDistinct([{ a: 1 }, { a: 1 }, { a: 2 }])).toEqual([{ a: 1 }, { a: 2 }]));
  it("groups under any name", () => {
    expect(Object.keys(values.listGroupBy(["__proto__", "x"], (one) => one))).toEqual(["__proto__", "x"]);
  });
  it("sums whole numbers with saturation, floats without", () => {
    expect(values.sumWhole([Number.MAX_SAFE_INTEGER, 1, -1])).toBe(Number.MAX_SAFE_INTEGER - 1);
    expect(values.sumFloat([2 ** 53, 2 ** 53])).toBe(2 ** 54);
  });
  it("leaves its argument alone", () => {
    const list = Object.freeze([3, 1, 2]);
    expect([values.listSort(list), values.listReverse(list), values.listTake(list, -1), list]).toEqual([
      [1, 2, 3],
      [2, 1, 3],
      [],
      [3, 1, 2],
    ]);
  });
  it("lists maps by key, numbers too", () => {
    const map = values.listToMap(
      ["b", "10", "9"],
      (one) => one,
      (one) => one.length,
    );
    expect([values.mapKeys(map), values.mapValues(map)]).toEqual([
      ["10", "9", "b"],
      [2, 1, 1],
    ]);
    expect(values.mapGet(map, "toString")).toBeUndefined();
  });
});

describe("addresses", () => {
  it.each([
    ["10.1.2.3", "10.0.0.0/8", true],
    ["11.1.2.3", "10.0.0.0/8", false],
    ["10.0.0.129", "10.0.0.128/25", true],
    ["10.0.0.127", "10.0.0.128/25", false],
    ["::1", "0.0.0.0/0", false],
    ["10.0.0.1", "::/0", false],
    ["2001:db8::1", "2001:db8::/32", true],
    ["1.2.3.4", "0.0.0.0/0", true],
  ])("%s in %s: %s", (ip, cidr, expected) => expect(values.inNetwork(ip, cidr)).toBe(expected));
  it("truncates", () =>
    expect([values.truncateIp("192.0.2.57"), values.truncateIp("2001:db8:1:2::3")]).toEqual([
      "192.0.2.0",
      "2001:db8:1::",
    ]));
});

describe("zones", () => {
  it.each([
    ["2026-03-29T00:59:59Z", "Europe/Paris", 1, 3_600_000],
    ["2026-03-29T01:00:00Z", "Europe/Paris", 3, 7_200_000],
    ["2026-01-01T00:00:00Z", "Asia/Kolkata", 5, 19_800_000],
    ["2026-01-01T00:00:00Z", "UTC", 0, 0],
  ])("%s in %s", (text, zone, hour, offset) => {
    expect(values.localTime(values.timeFromText(text) ?? 0, zone)).toMatchObject({ hour, offset });
  });
  it("knows names", () =>
    expect([values.isZone("Europe/Paris"), values.isZone("Europe/Nowhere")]).toEqual([true, false]));
  it("counts years before 1 as ISO 8601 does", () => {
    expect(values.localTime(values.timeFromText("0000-06-01T12:00:00Z") ?? 0, "UTC")).toMatchObject({
      year: 0,
      month: 6,
      day: 1,
    });
  });
});

describe("random and share", () => {
  const host = { random: () => 0.999999999999, now: () => 1_767_225_600_000 };
  it("stays within its bounds", () =>
    expect([values.randomInt(host, 1, 6), values.randomInt(host, 6, 1)]).toEqual([6, 6]));
  it("makes versions 4 and 7", () => {
    expect(values.uuid(host)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(values.uuid7(host)).toMatch(/^019b76da-a800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
  it("shares evenly and for ever the same", () => {
    const first = createHash("sha256").update("a").digest("hex").slice(0, 12);
    expect(values.share("a")).toBe(Number.parseInt(first, 16) / 2 ** 48);
    const below = Array.from({ length: 2000 }, (_, index) => values.share(`k${index}`)).filter((share) => share < 0.25);
    expect(below.length).toBeGreaterThan(400);
    expect(below.length).toBeLessThan(600);
  });
});

describe("hiding", () => {
  it.each([
    ["4111111111111111", 4, "************1111"],
    ["12345678", 4, "********"],
    ["", 4, ""],
    ["abc", 0, "***"],
  ])("mask %s keeping %d", (text, keep, expected) => expect(values.mask(text, keep)).toBe(expected));
  it.each([
    ["Write to ann.b+c@mail.example.org, please", "Write to [hidden], please"],
    ["Call +33 1 23 45 67 89 now", "Call [hidden] now"],
    ["Card 4111 1111 1111 1111.", "Card [hidden]."],
    ["IBAN DE89 3704 0044 0532 0130 00", "IBAN [hidden]"],
    ["Order 12345 has 3 items", "Order 12345 has 3 items"],
  ])("redact %s", (text, expected) => expect(values.redact(text)).toBe(expected));
  it("redacts long hostile text without delay", () => {
    for (const part of ["a@", "1 ", "A1", "a.", "+1"]) expect(values.redact(part.repeat(50_000))).toBeDefined();
  });
});

describe("json members", () => {
  it("are absent where they are not there", () => {
    expect([
      values.jsonMember({ a: 1 }, "a"),
      values.jsonMember({}, "toString"),
      values.jsonMember([1], "0"),
      values.jsonMember({ a: null }, "a"),
    ]).toEqual([1, undefined, undefined, undefined]);
    expect([values.jsonItem([1, 2], 1), values.jsonItem({ 1: 2 }, 1), values.jsonItem([1], 5)]).toEqual([
      2,
      undefined,
      undefined,
    ]);
  });
});
