import fc from "fast-check";
import { expect, it } from "vitest";
import { Gathered } from "./gathered.ts";

it("what was kept is there, in its order, in however many pieces it came", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 1, 7, 2047, 2048, 20_000), { maxLength: 40 }), (lengths) => {
      const gathered = new Gathered(10_000_000);
      const chunks = lengths.map((length, index) => Buffer.alloc(length, index + 1));
      for (const chunk of chunks) expect(gathered.keep(chunk)).toBe(true);
      expect(Buffer.concat(chunks).equals(Buffer.from(gathered.take()))).toBe(true);
      expect(gathered.take()).toHaveLength(0);
    }),
  );
});

it("a piece is the receiver's own, and not copied", () => {
  const chunk = Buffer.from("{}");
  const gathered = new Gathered(100);
  gathered.keep(chunk);
  expect(gathered.take()).toBe(chunk);
});

it("byte by byte, they are few pieces", () => {
  const gathered = new Gathered(1_000_000);
  for (let at = 0; at < 1_000_000; at++) gathered.keep(new Uint8Array([at & 0xff]));
  const { list, length, whole } = gathered.takePieces();
  expect(length).toBe(1_000_000);
  expect(list.length).toBeLessThan(70);
  expect(whole[999_999]).toBe(999_999 & 0xff);
});

it("too many are not kept", () => {
  const gathered = new Gathered(3);
  expect(gathered.keep(Buffer.from("ab"))).toBe(true);
  expect(gathered.keep(Buffer.from("cd"))).toBe(false);
});
