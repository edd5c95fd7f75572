import fc from "fast-check";
import { expect, it } from "vitest";
import { isPieces, Pieces } from "./pieces.ts";

it("any part of bytes in pieces is that part of the whole, and no copy", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 8 }),
      fc.nat(80),
      fc.nat(80),
      (list, one, other) => {
        const pieces = new Pieces(list);
        const whole = Buffer.concat(list);
        expect(pieces.length).toBe(whole.length);
        expect(Buffer.from(pieces.whole).equals(whole)).toBe(true);
        const [start = 0, end = 0] = [one, other].map((at) => Math.min(at, whole.length)).sort((a, b) => a - b);
        const found: Uint8Array[] = [];
        pieces.take(start, end, found);
        expect(Buffer.concat(found).equals(whole.subarray(start, end))).toBe(true);
        expect(Buffer.from(pieces.slice(start, end)).equals(whole.subarray(start, end))).toBe(true);
        for (const part of found) {
          expect(part.length).toBeGreaterThan(0);
          expect(list.some(({ buffer }) => buffer === part.buffer)).toBe(true);
        }
      },
    ),
  );
});

it("they are told from other bodies", () => {
  expect([new Pieces([]), new Uint8Array(1), { length: null }].map(isPieces)).toEqual([true, false, false]);
});
