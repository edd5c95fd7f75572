import fc from "fast-check";
import { expect, it } from "vitest";
import { textScanner, WINDOW } from "./text-end.ts";

const scanner = textScanner();

/** Octet by octet. */
function expected(octets: Uint8Array, from: number): readonly [at: number, escapes: number] {
  let at = from;
  let escapes = 0;
  for (; at < octets.length; at++) {
    const octet = octets[at]!;
    if (octet === 0x22 || octet < 0x20) break;
    if (octet !== 0x5c) continue;
    const next = octets[at + 1];
    if (next === undefined || !'"\\/bfnrt'.includes(String.fromCharCode(next))) break;
    escapes++;
    at++;
  }
  return [at, escapes];
}

function found(octets: Uint8Array, from: number): readonly [at: number, escapes: number] {
  if (scanner === null) throw new Error("this platform has no WebAssembly");
  scanner.octets.set(octets);
  const before = scanner.escapes[0]!;
  const at = scanner.textEnd(from, octets.length);
  return [at, (scanner.escapes[0]! - before) | 0];
}

it("every octet alone and behind a backslash, at every place of sixteen", () => {
  for (let octet = 0; octet < 256; octet++) {
    for (let place = 0; place < 34; place++) {
      for (const text of [[octet], [0x5c, octet]]) {
        const octets = new Uint8Array([...new Array<number>(place).fill(0x61), ...text, 0x61]);
        expect(found(octets, 0)).toEqual(expected(octets, 0));
      }
    }
  }
});

it("texts of any octets, most of them plain", () => {
  const octet = fc.oneof(
    { arbitrary: fc.constantFrom(0x61, 0x80, 0xe2, 0xff, 0x20), weight: 12 },
    { arbitrary: fc.constantFrom(0x5c, 0x6e, 0x75, 0x2f), weight: 3 },
    { arbitrary: fc.constantFrom(0x22, 0x1f, 0x00, 0x0a), weight: 1 },
  );
  fc.assert(
    fc.property(fc.array(octet, { maxLength: 200 }), fc.nat(50), (octets, start) => {
      const bytes = new Uint8Array(octets);
      const from = Math.min(start, bytes.length);
      expect(found(bytes, from)).toEqual(expected(bytes, from));
    }),
    { numRuns: 3000 },
  );
});

it("a full window, whose end nothing is read beyond", () => {
  const octets = new Uint8Array(WINDOW).fill(0x61);
  expect(found(octets, 0)).toEqual([WINDOW, 0]);
  octets[WINDOW - 1] = 0x5c;
  expect(found(octets, 0)).toEqual([WINDOW - 1, 0]);
  octets.fill(0x5c);
  expect(found(octets, 0)).toEqual([WINDOW, WINDOW / 2]);
});
