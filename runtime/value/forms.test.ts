/** Every type's text and JSON forms: what is read, what is refused, what is written. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as values from "./index.ts";

type Reader = (text: string) => unknown;

const CASES: readonly (readonly [string, Reader, readonly (readonly [string, unknown])[]])[] = [
  [
    "uuid",
    values.uuidFromText,
    [
      ["0189FA4E-0000-7000-8000-00000000000A", "0189fa4e-0000-7000-8000-00000000000a"],
      ["{0189fa4e-0000-7000-8000-00000000000a}", undefined],
      ["0189fa4e00007000800000000000000a", undefined],
    ],
  ],
  [
    "time",
    values.timeFromText,
    [
      ["1970-01-01T00:00:00Z", 0],
      ["1970-01-01t00:00:01.5z", 1500],
      ["1970-01-01T02:00:00+02:00", 0],
      ["1969-12-31T19:00:00-05:00", 0],
      ["1970-01-01T00:00:00.9999Z", 999],
      ["1970-01-01T00:00:00", undefined],
      ["1970-01-01 00:00:00Z", undefined],
      ["2023-02-29T00:00:00Z", undefined],
      ["2016-12-31T23:59:60Z", undefined],
      ["1970-01-01T24:00:00Z", undefined],
      ["1970-01-01T00:00:00+24:00", undefined],
      ["0000-01-01T00:00:00+00:01", undefined],
      ["0001-01-01T00:00:00Z", -62_135_596_800_000],
    ],
  ],
  [
    "date",
    values.dateFromText,
    [
      ["1970-01-02", 1],
      ["2000-02-29", 11_016],
      ["1900-02-29", undefined],
      ["2024-13-01", undefined],
      ["2024-1-01", undefined],
    ],
  ],
  [
    "duration",
    values.durationFromText,
    [
      ["0.8", 800],
      ["1e-9", 0.000001],
      ["-1", -1000],
      ["1s", undefined],
    ],
  ],
  [
    "money",
    values.moneyFromText,
    [
      ["12.50", 12_500_000],
      ["0.000001", 1],
      ["0.0000001", undefined],
      ["1.0000000", 1_000_000],
      ["-0.5", -500_000],
      ["9007199254.740991", Number.MAX_SAFE_INTEGER],
      ["9007199254.740992", undefined],
      ["$1", undefined],
      ["1e3", undefined],
      [".5", undefined],
    ],
  ],
  [
    "size",
    values.sizeFromText,
    [
      ["1024", 1024],
      ["-1", undefined],
      ["1KB", undefined],
    ],
  ],
  [
    "rate",
    values.rateFromText,
    [
      ["60/min", { count: 60, per: 60_000 }],
      ["1/day", { count: 1, per: 86_400_000 }],
      ["0/s", undefined],
      ["60/m", undefined],
      ["60 / min", undefined],
    ],
  ],
  [
    "ip",
    values.ipFromText,
    [
      ["192.0.2.1", "192.0.2.1"],
      ["192.0.2.01", undefined],
      ["192.0.2.256", undefined],
      ["192.0.2", undefined],
      ["::", "::"],
      ["::1", "::1"],
      ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
      ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
      ["1:0:0:2:3:0:0:4", "1::2:3:0:0:4"],
      ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
      ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
      ["::1:2:3:4:5:6:7:8", undefined],
      ["1:::2", undefined],
      ["1::2::3", undefined],
      ["12345::", undefined],
      ["::ffff:192.0.2.1", "192.0.2.1"],
      ["::192.0.2.1", "::c000:201"],
      ["fe80::1%eth0", undefined],
      ["[::1]", undefined],
      ["1:2:3:4:5:6:7", undefined],
      ["", undefined],
    ],
  ],
  [
    "cidr",
    values.cidrFromText,
    [
      ["10.0.0.0/8", "10.0.0.0/8"],
      ["10.0.0.1/8", undefined],
      ["10.0.0.0/33", undefined],
      ["10.0.0.0/08", undefined],
      ["10.0.0.0", undefined],
      ["2001:DB8::/32", "2001:db8::/32"],
      ["0.0.0.0/0", "0.0.0.0/0"],
      ["::ffff:10.0.0.0/104", "10.0.0.0/8"],
      ["::/0", "::/0"],
    ],
  ],
  [
    "url",
    values.urlFromText,
    [
      ["https://Example.org", "https://example.org/"],
      ["http://a/b?c#d", "http://a/b?c#d"],
      ["https://user@example.org/", undefined],
      ["https:///a", undefined],
      ["/a", undefined],
      ["ftp://a/", undefined],
      ["javascript:alert(1)", undefined],
      ["http://a b/", undefined],
      ["http://a/\n", undefined],
      ["http://\\evil/", undefined],
    ],
  ],
  [
    "bytes",
    (text) => {
      const data = values.bytesFromText(text);
      return data && [...data];
    },
    [
      ["aGk=", [104, 105]],
      ["", []],
      ["aGk", undefined],
      ["aGl=", undefined],
      ["aG k=", undefined],
      ["_-==", undefined],
    ],
  ],
  [
    "bool",
    values.boolFromText,
    [
      ["true", true],
      ["TRUE", undefined],
      ["1", undefined],
    ],
  ],
  [
    "json",
    values.jsonFromText,
    [
      ["null", null],
      ["[1", undefined],
      ["[".repeat(64) + "]".repeat(64), JSON.parse("[".repeat(64) + "]".repeat(64))],
      ["[".repeat(66) + "]".repeat(66), undefined],
    ],
  ],
];

describe.each(CASES)("%s from text", (_name, read, examples) => {
  it.each(examples)("%j", (text, expected) => expect(read(text)).toEqual(expected));
});

describe("what is written is read back", () => {
  const safe = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
  it("money", () =>
    fc.assert(fc.property(safe, (micros) => values.moneyFromText(values.moneyToText(micros)) === micros)));
  it("time", () => {
    const range = fc.integer({ min: values.MIN_TIME, max: values.MAX_TIME });
    fc.assert(fc.property(range, (time) => values.timeFromText(values.timeToText(time)) === time));
  });
  it("date", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -719_528, max: 2_932_896 }),
        (date) => values.dateFromText(values.dateToText(date)) === date,
      ),
    );
  });
  it("duration in whole microseconds", () => {
    const range = fc.integer({ min: -1e12, max: 1e12 }).map((micros) => micros / 1000);
    fc.assert(fc.property(range, (duration) => values.durationFromText(values.durationToText(duration)) === duration));
  });
  it("ip", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const ip = values.ipFromText(text);
        return ip !== undefined && values.ipFromText(ip) === ip;
      }),
    );
  });
  it("IPv6 as the WHATWG URL standard writes it (it follows RFC 5952)", () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const ip = values.ipFromText(text) ?? "";
        return !ip.includes(":") || `[${ip}]` === new URL(`http://[${text}]/`).hostname;
      }),
    );
  });
  it("percent-encoding", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const encoded = values.percentEncode(text);
        return /^[A-Za-z0-9._~%-]*$/.test(encoded) && values.decodePercent(encoded) === Buffer.from(text).toString();
      }),
    );
  });
});
