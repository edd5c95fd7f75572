/** Long texts beyond ASCII are decoded in another way than others: both say the same. */
import { expect, it } from "vitest";
import { utf8FromBytes } from "./bytes.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

it.each(["", "x", "é", "\ufeff{}", "a\u0000b", "–", "漢字", "🙂 \u{10ffff}"])("text of %j, short and long", (text) => {
  for (const times of [1, 5000]) {
    const bytes = new TextEncoder().encode(text.repeat(times));
    expect(utf8FromBytes(bytes)).toBe(strict.decode(bytes));
    // A view into a larger buffer, at an odd place.
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(utf8FromBytes(shifted.subarray(3))).toBe(text.repeat(times));
  }
});

it.each([[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x80], [0xf4, 0x90, 0x80, 0x80]])(
  "%j is no text",
  (...bad) => {
    for (const length of [0, 5000]) {
      expect(utf8FromBytes(new Uint8Array([...Buffer.alloc(length, "a"), ...bad]))).toBe(undefined);
      expect(utf8FromBytes(new Uint8Array([...bad, ...Buffer.alloc(length, "a")]))).toBe(undefined);
    }
  },
);
