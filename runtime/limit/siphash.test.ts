import { describe, expect, it } from "vitest";
import { sipHash128, TextMessage } from "./siphash.ts";

const KEY = new Int32Array(Uint8Array.from({ length: 16 }, (_, index) => index).buffer);

function hashOf(message: Int32Array, length: number): string {
  const out = new Int32Array(4);
  sipHash128(KEY, message, length, out);
  return Buffer.from(out.buffer).toString("hex");
}

function hashOfText(text: string): string {
  const message = new TextMessage();
  message.set(text);
  return hashOf(message.words, message.length);
}

describe("SipHash-2-4 with 128 bits", () => {
  // The first lines of `vectors_sip128` in the reference implementation: key 00 01 … 0f, message 00 01 … of that length.
  it.each([
    [0, "a3817f04ba25a8e66df67214c7550293"],
    [1, "da87c1d86b99af44347659119b22fc45"],
    [7, "a1f1ebbed8dbc153c0b84aa61ff08239"],
    [8, "3b62a9ba6258f5610f83e264f31497b4"],
    [15, "5493e99933b0a8117e08ec0f97cfc3d9"],
  ])("gives what the reference gives for %i bytes", (length, expected) => {
    const words = new Int32Array(8);
    new Uint8Array(words.buffer).set(Uint8Array.from({ length }, (_, index) => index));
    expect(hashOf(words, length)).toBe(expected);
  });

  it("tells texts apart whatever their characters are", () => {
    const texts = [
      "",
      "a",
      "ab",
      "abc",
      "abcd",
      "a\0",
      "\0",
      "\u6261",
      "\u6261\u6463",
      "\u00ff",
      "\u0100",
      "日本",
      "日本語",
      "😀",
    ];
    expect(new Set(texts.map(hashOfText)).size).toBe(texts.length);
  });

  it("reads texts of any length, and leaves nothing of the one before", () => {
    const message = new TextMessage();
    message.set(`${"x".repeat(5000)}日`);
    const long = hashOf(message.words, message.length);
    message.set("short");
    expect(hashOf(message.words, message.length)).toBe(hashOfText("short"));
    message.set(`${"x".repeat(5000)}日`);
    expect(hashOf(message.words, message.length)).toBe(long);
  });

  it("has nothing to do with the text where the key is another", () => {
    const message = new TextMessage();
    message.set("10.0.0.1");
    const [one, other] = [new Int32Array(4), new Int32Array(4)];
    sipHash128(KEY, message.words, message.length, one);
    sipHash128(
      KEY.map((word) => word ^ 1),
      message.words,
      message.length,
      other,
    );
    // Of 128 bits about half differ.
    const different = [...one].reduce((sum, word, index) => sum + bits(word ^ (other[index] ?? 0)), 0);
    expect(different).toBeGreaterThan(32);
    expect(different).toBeLessThan(96);
  });
});

function bits(word: number): number {
  return (word >>> 0).toString(2).replaceAll("0", "").length;
}
