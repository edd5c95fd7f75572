import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ServerSentEventParser, writeEvent, writeNamedEvent } from "./sse.ts";

type Seen = [name: string, data: string];

function read(pieces: readonly Uint8Array[], limit?: number): { seen: Seen[]; tooLong: boolean } {
  const seen: Seen[] = [];
  const parser = new ServerSentEventParser((name, data) => seen.push([name, data]), limit);
  for (const piece of pieces) {
    // What is read lies in a buffer that the next read overwrites.
    const copy = Uint8Array.from(piece);
    parser.push(copy);
    copy.fill(0x58);
  }
  parser.finish();
  return { seen, tooLong: parser.tooLong };
}

const bytes = (text: string) => new TextEncoder().encode(text);

const rows: readonly { what: string; raw: string | Uint8Array; seen: readonly Seen[] }[] = [
  {
    what: "line feeds",
    raw: "data: a\n\ndata: b\n\n",
    seen: [
      ["", "a"],
      ["", "b"],
    ],
  },
  {
    what: "carriage returns with line feeds",
    raw: "data: a\r\n\r\ndata: b\r\n\r\n",
    seen: [
      ["", "a"],
      ["", "b"],
    ],
  },
  {
    what: "carriage returns alone",
    raw: "data: a\r\rdata: b\r\r",
    seen: [
      ["", "a"],
      ["", "b"],
    ],
  },
  {
    what: "all of them mixed",
    raw: "data: a\r\n\ndata: b\n\rdata: c\r\r\n",
    seen: [
      ["", "a"],
      ["", "b"],
      ["", "c"],
    ],
  },
  {
    what: "no space after the colon",
    raw: 'event:message_start\ndata:{"a":1}\n\n',
    seen: [["message_start", '{"a":1}']],
  },
  { what: "one space is taken away, a second is not", raw: "data:  a\n\n", seen: [["", " a"]] },
  { what: "several lines of data", raw: "data: a\ndata:\ndata: b\n\n", seen: [["", "a\n\nb"]] },
  { what: "a field without a colon", raw: "data\n\n", seen: [["", ""]] },
  { what: "comments", raw: ": OPENROUTER PROCESSING\n\n:\n\ndata: a\n: x\n\n", seen: [["", "a"]] },
  { what: "a name without data is no event, and does not stay", raw: "event: ping\n\ndata: a\n\n", seen: [["", "a"]] },
  { what: "the last name counts", raw: "event: a\nevent: b\ndata: c\n\n", seen: [["b", "c"]] },
  { what: "other fields", raw: "id: 1\nretry: 5\ndatas: x\ndat: y\nevents: z\ndata: a\n\n", seen: [["", "a"]] },
  { what: "fields in other letters", raw: "Data: x\nDATA: y\n\n", seen: [] },
  { what: "a byte order mark", raw: "\ufeffdata: a\n\n", seen: [["", "a"]] },
  { what: "a second byte order mark is a name nobody knows", raw: "\ufeff\ufeffdata: a\n\n", seen: [] },
  {
    what: "no blank line at the end",
    raw: "data: a\n\ndata: [DONE]\n",
    seen: [
      ["", "a"],
      ["", "[DONE]"],
    ],
  },
  {
    what: "no line end at the end",
    raw: "data: a\n\ndata: [DONE]",
    seen: [
      ["", "a"],
      ["", "[DONE]"],
    ],
  },
  { what: "no space and no line end", raw: "data:", seen: [["", ""]] },
  { what: "text beyond ASCII", raw: "data: żółć 日本 👩‍👩‍👧\n\n", seen: [["", "żółć 日本 👩‍👩‍👧"]] },
  {
    what: "bytes that are no UTF-8",
    raw: Uint8Array.from([...bytes("data: "), 0xff, 0xc3, 10, 10]),
    seen: [["", "\ufffd\ufffd"]],
  },
  { what: "nothing", raw: "", seen: [] },
  { what: "blank lines", raw: "\n\r\n\r\r\n", seen: [] },
];

describe("what is read", () => {
  it.each(rows)("$what", ({ raw, seen }) => {
    const whole = typeof raw === "string" ? bytes(raw) : raw;
    expect(read([whole]).seen).toEqual(seen);
    expect(read([...whole].map((byte) => Uint8Array.of(byte))).seen).toEqual(seen);
    for (let cut = 1; cut < whole.length; cut++) {
      expect(read([whole.subarray(0, cut), whole.subarray(cut)]).seen, `cut at ${cut}`).toEqual(seen);
    }
  });

  it("is the same however any bytes are cut", () => {
    const alphabet = fc.constantFrom(..."data: event:\r\n\n\r:x", "\ufeff", "é", "data:", "\n\ndata: ", "event: ");
    const stream = fc.array(alphabet, { maxLength: 60 }).map((letters) => bytes(letters.join("")));
    fc.assert(
      fc.property(fc.oneof(stream, fc.uint8Array({ maxLength: 80 })), fc.infiniteStream(fc.nat(7)), (raw, sizes) => {
        const pieces: Uint8Array[] = [];
        for (let at = 0; at < raw.length; ) {
          const size = sizes.next().value ?? 1;
          pieces.push(raw.subarray(at, at + size));
          at += size === 0 ? 0 : size;
        }
        expect(read(pieces)).toEqual(read([raw]));
      }),
      { numRuns: 800 },
    );
  });

  it("comes back from what is written", () => {
    const line = fc.string({ unit: "grapheme" }).filter((text) => !/[\r\n]/.test(text));
    fc.assert(
      fc.property(fc.array(fc.tuple(line, line)), (events) => {
        const raw = events.map(([name, data]) => (name === "" ? writeEvent(data) : writeNamedEvent(name, data)));
        expect(read([bytes(raw.join(""))]).seen).toEqual(events);
      }),
    );
  });
});

describe("what is too long", () => {
  it.each([
    { what: "a line", raw: `data: ${"x".repeat(100)}\n\n` },
    { what: "a line that never ends", raw: `data: ${"x".repeat(100)}` },
    { what: "many lines", raw: "data: xxxxxxxxxx\n".repeat(20) },
    { what: "a comment that never ends", raw: `:${"x".repeat(200)}` },
  ])("$what", ({ raw }) => {
    const whole = bytes(`data: a\n\n${raw}`);
    for (const pieces of [[whole], [...whole].map((byte) => Uint8Array.of(byte))]) {
      const { seen, tooLong } = read(pieces, 64);
      expect(seen).toEqual([["", "a"]]);
      expect(tooLong).toBe(true);
    }
  });

  it("is a single event, not the stream", () => {
    const { seen, tooLong } = read([bytes("data: 0123456789\n\n: comment\n\n".repeat(1000))], 64);
    expect(seen).toHaveLength(1000);
    expect(tooLong).toBe(false);
  });

  it("is the same however it is cut", () => {
    const raw = bytes(`data: ${"x".repeat(58)}\n\ndata: ${"y".repeat(59)}\n\n`);
    const whole = read([raw], 64);
    expect(whole).toEqual({ seen: [["", "x".repeat(58)]], tooLong: true });
    for (let cut = 1; cut < raw.length; cut++) {
      expect(read([raw.subarray(0, cut), raw.subarray(cut)], 64)).toEqual(whole);
    }
  });
});
