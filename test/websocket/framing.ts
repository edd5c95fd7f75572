/**
 * Frames that a client may or may not send (RFC 6455 §5 to §7), as data, in the manner of the Autobahn test suite. They are masked unless `plain`.
 */
export interface FramingCase {
  readonly title: string;
  readonly frames: readonly Frame[];
  /** Messages that the service must get. */
  readonly delivered?: readonly string[];
  /** The code with which the client is closed; none: it goes on. */
  readonly closed?: 1002 | 1007 | 1009;
  /** The fast transport does not see that it is wrong (`webSockets` in `capabilities.ts`). */
  readonly unseenByFast?: boolean;
}

export interface Frame {
  /** FIN, reserved bits and opcode. */
  readonly first: number;
  readonly payload: string;
  /** Not masked. */
  readonly plain?: boolean;
  /** What the header says instead of the payload's length. */
  readonly length?: number;
  /** The header as it is, hexadecimal, for lengths in a longer form than they need. */
  readonly header?: string;
}

const FIN = 0x80;
const text = (payload: string): Frame => ({ first: FIN | 1, payload });
const close = (code: number, reason = ""): Frame => ({
  first: FIN | 8,
  payload: String.fromCharCode(code >> 8, code & 255) + reason,
});
const AFTER = text("after");

/** Payloads are one character per byte. */
export const FRAMING: readonly FramingCase[] = [
  { title: "an empty text", frames: [text(""), AFTER], delivered: ["", "after"] },
  { title: "125 bytes", frames: [text("x".repeat(125)), AFTER], delivered: ["x".repeat(125), "after"] },
  { title: "126 bytes", frames: [text("x".repeat(126)), AFTER], delivered: ["x".repeat(126), "after"] },
  { title: "65,535 bytes", frames: [text("x".repeat(65_535)), AFTER], delivered: ["x".repeat(65_535), "after"] },
  { title: "65,536 bytes", frames: [text("x".repeat(65_536)), AFTER], delivered: ["x".repeat(65_536), "after"] },
  {
    title: "fragments, one of them empty, a pong between them",
    frames: [
      { first: 1, payload: "a" },
      { first: 0, payload: "" },
      { first: FIN | 10, payload: "unasked" },
      { first: 0, payload: "b" },
      { first: FIN, payload: "c" },
      AFTER,
    ],
    delivered: ["abc", "after"],
  },
  {
    title: "a character over two fragments",
    frames: [{ first: 1, payload: "\xe2\x82" }, { first: FIN, payload: "\xac" }, AFTER],
    delivered: ["\xe2\x82\xac", "after"],
  },
  {
    title: "a binary that is not UTF-8",
    frames: [{ first: FIN | 2, payload: "\xff" }, AFTER],
    delivered: ["\xff", "after"],
  },
  ...[0x40, 0x20, 0x10].map((bit) => ({
    title: `reserved bit ${bit.toString(16)}`,
    frames: [{ first: FIN | bit | 1, payload: "x" }],
    closed: 1002 as const,
  })),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => ({
    title: `reserved opcode ${opcode}`,
    frames: [{ first: FIN | opcode, payload: "x" }],
    closed: 1002 as const,
  })),
  { title: "an unmasked frame", frames: [{ ...text("plain"), plain: true }, AFTER], closed: 1002, unseenByFast: true },
  { title: "a ping of 126 bytes", frames: [{ first: FIN | 9, payload: "x".repeat(126) }], closed: 1002 },
  { title: "a ping in fragments", frames: [{ first: 9, payload: "x" }], closed: 1002 },
  { title: "a close in fragments", frames: [{ first: 8, payload: "" }], closed: 1002 },
  { title: "a continuation of nothing", frames: [{ first: FIN, payload: "x" }], closed: 1002 },
  {
    title: "a continuation after the end",
    frames: [text("x"), { first: FIN, payload: "y" }],
    delivered: ["x"],
    closed: 1002,
  },
  { title: "a text within a message", frames: [{ first: 1, payload: "a" }, text("b")], closed: 1002 },
  {
    title: "a length in a longer form than it needs, 16 bits",
    frames: [{ ...text("x"), header: "81fe0001" }],
    closed: 1002,
    unseenByFast: true,
  },
  {
    title: "a length in a longer form than it needs, 64 bits",
    frames: [{ ...text("x"), header: "81ff0000000000000001" }],
    closed: 1002,
    unseenByFast: true,
  },
  { title: "a length above 2^63", frames: [{ ...text(""), header: "82ffffffffffffffffff" }], closed: 1002 },
  { title: "text that is not UTF-8", frames: [text("a\xffb")], closed: 1007 },
  { title: "text that ends within a character", frames: [text("\xe2\x82")], closed: 1007 },
  { title: "an overlong form", frames: [text("\xc0\xaf")], closed: 1007 },
  { title: "a surrogate", frames: [text("\xed\xa0\x80")], closed: 1007 },
  { title: "a character above U+10FFFF", frames: [text("\xf4\x90\x80\x80")], closed: 1007 },
  {
    title: "not UTF-8 in a later fragment",
    frames: [
      { first: 1, payload: "a\xe2" },
      { first: FIN, payload: "b" },
    ],
    closed: 1007,
  },
  {
    title: "a close with one byte",
    frames: [{ first: FIN | 8, payload: "\x03" }],
    closed: 1002,
    unseenByFast: true,
  },
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code) => ({
    title: `a close with ${code}`,
    frames: [close(code)],
    closed: 1002 as const,
  })),
  { title: "a close whose reason is not UTF-8", frames: [close(1000, "\xff")], closed: 1007 },
  { title: "a message above the limit", frames: [{ first: FIN | 2, payload: "x".repeat(100_001) }], closed: 1009 },
  {
    title: "a message above the limit in fragments",
    frames: [
      { first: 2, payload: "x".repeat(60_000) },
      { first: FIN, payload: "x".repeat(60_000) },
    ],
    closed: 1009,
  },
];
