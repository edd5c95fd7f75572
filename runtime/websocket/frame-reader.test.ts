/** Frames however they are cut up, from either kind of peer; masks; UTF-8 in pieces against Node's own check. */
import { isUtf8 } from "node:buffer";
import { describe, expect, test } from "vitest";
import { BINARY, CLOSE, closePayload, CONTINUATION, frame, PING, PONG, TEXT } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { Utf8Checker } from "./utf8.ts";

/** What a reader tells, pieces of one message joined. */
function read(bytes: Buffer, cuts: readonly number[], masked: boolean, limit = 1_000_000): string[] {
  const told: string[] = [];
  let under = "";
  const reader = new FrameReader(
    {
      message: (piece, binary, first, last) => {
        under = (first ? (binary ? "binary " : "text ") : under) + Buffer.from(piece).toString("latin1");
        if (last) told.push(under);
      },
      answer: (data) => told.push(`ping ${Buffer.from(data).toString()}`),
      closeFrame: (code, reason) => told.push(`close ${code} ${Buffer.from(reason).toString()}`),
      violation: (code) => told.push(`violation ${code}`),
    },
    masked,
    limit,
  );
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    reader.read(Buffer.from(bytes.subarray(from, to)));
    from = to;
  }
  return told;
}

describe.each([true, false])("masked: %s", (masked) => {
  const bytes = Buffer.concat([
    frame(TEXT, true, Buffer.from("héllo"), masked),
    frame(BINARY, false, Buffer.alloc(300, 1), masked),
    frame(PING, true, Buffer.from("p"), masked),
    frame(CONTINUATION, false, Buffer.alloc(0), masked),
    frame(PONG, true, Buffer.from("q"), masked),
    frame(CONTINUATION, true, Buffer.alloc(5, 2), masked),
    frame(TEXT, true, Buffer.alloc(0), masked),
    frame(CLOSE, true, closePayload(4000, Buffer.from("why")), masked),
    Buffer.from("whatever follows"),
  ]);
  const expected = [
    `text ${Buffer.from("héllo").toString("latin1")}`,
    "ping p",
    `binary ${"\x01".repeat(300)}${"\x02".repeat(5)}`,
    "text ",
    "close 4000 why",
  ];

  test("at once, cut in two anywhere, and byte by byte", () => {
    expect(read(bytes, [], masked)).toEqual(expected);
    for (let at = 1; at < bytes.length; at++) expect(read(bytes, [at], masked)).toEqual(expected);
    const all = Array.from({ length: bytes.length - 1 }, (_, index) => index + 1);
    expect(read(bytes, all, masked)).toEqual(expected);
  });

  test("a frame that is too long to be kept comes in pieces, and is the same", () => {
    const long = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index & 255));
    const cuts = [1, 3, 70_001, 70_002, 140_007];
    expect(read(frame(BINARY, true, long, masked), cuts, masked)).toEqual([`binary ${long.toString("latin1")}`]);
  });

  test("the other kind of peer is refused", () => {
    expect(read(bytes, [], !masked)).toEqual(["violation 1002"]);
  });

  test("the limit holds for a message, not for a frame; exactly it is allowed", () => {
    const two = [frame(BINARY, false, Buffer.alloc(6), masked), frame(CONTINUATION, true, Buffer.alloc(5), masked)];
    expect(read(Buffer.concat(two), [], masked, 11)).toEqual([`binary ${"\0".repeat(11)}`]);
    expect(read(Buffer.concat(two), [], masked, 10)).toEqual(["violation 1009"]);
    // Told from the header: nothing of it needs to come.
    expect(read(frame(BINARY, true, Buffer.alloc(500), masked).subarray(0, 8), [], masked, 10)).toEqual([
      "violation 1009",
    ]);
  });
});

test("a close's reason is cut between characters; 1005 has no payload", () => {
  expect(closePayload(1005, Buffer.from("x")).length).toBe(0);
  const payload = closePayload(1000, Buffer.from("€".repeat(60)));
  expect(payload.length).toBeLessThanOrEqual(125);
  expect(Buffer.from(payload.subarray(2)).toString()).toBe("€".repeat(41));
});

test("no two frames are masked alike", () => {
  const keys = new Set(
    Array.from({ length: 2000 }, () => frame(TEXT, true, Buffer.from("x"), true).toString("hex", 2, 6)),
  );
  expect(keys.size).toBeGreaterThan(1990);
});

test("UTF-8 in pieces is what it is as a whole", () => {
  const leads = [
    0x00, 0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4,
    0xf5, 0xff,
  ];
  const follows = [0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0];
  const texts: number[][] = [];
  for (const lead of leads) {
    texts.push([lead]);
    for (const second of follows) {
      texts.push([lead, second]);
      for (const third of follows) {
        texts.push([lead, second, third]);
        for (const fourth of follows)
          texts.push([lead, second, third, fourth], [0x61, lead, second, third, fourth, 0x61]);
      }
    }
  }
  for (const text of texts) {
    const bytes = Buffer.from(text);
    const checker = new Utf8Checker();
    checker.begin();
    const sound = text.every((byte) => checker.push(Buffer.from([byte]))) && checker.complete;
    expect([text, sound]).toEqual([text, isUtf8(bytes)]);
  }
});
