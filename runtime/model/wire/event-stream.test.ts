import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutBytes } from "../testing/arbitrary-events.ts";
import { cut } from "../testing/streams.ts";
import { crc32 } from "./crc32.ts";
import { EventStreamParser, type StreamFault, writeMessage } from "./event-stream.ts";

type Seen = [headers: { readonly [name: string]: string }, payload: string];

function read(
  pieces: readonly Uint8Array[],
  limit?: number,
): { seen: Seen[]; fault: StreamFault | null; within: boolean } {
  const seen: Seen[] = [];
  const parser = new EventStreamParser(
    (headers, payload) => seen.push([Object.fromEntries(headers), payload.toString("utf8")]),
    limit,
  );
  for (const piece of pieces) {
    const copy = Uint8Array.from(piece);
    parser.push(copy);
    copy.fill(0x58);
  }
  return { seen, fault: parser.fault, within: parser.within };
}

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const EMPTY = hex("00000010 00000000 05c248eb 7d98c8ff");
const PAYLOAD = hex("0000001d 00000000 fd528c5a 7b27666f6f273a27626172277d c3653936");

/** A message with headers of any type, checksums in order. */
function message(headers: Uint8Array, payload = ""): Uint8Array {
  const head = Buffer.alloc(12);
  head.writeUInt32BE(16 + headers.length + payload.length, 0);
  head.writeUInt32BE(headers.length, 4);
  head.writeUInt32BE(crc32(head, 0, 8), 8);
  const body = Buffer.concat([head, headers, Buffer.from(payload)]);
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(crc32(body, 0, body.length));
  return Buffer.concat([body, tail]);
}

describe("AWS's event stream", () => {
  it("has the checksum of IEEE 802.3", () => {
    expect(crc32(Buffer.from("x123456789x"), 1, 10)).toBe(0xcbf43926);
  });

  it.each([
    ["an empty message", EMPTY, [[{}, ""]]],
    ["a payload", PAYLOAD, [[{}, "{'foo':'bar'}"]]],
    [
      "several",
      Buffer.concat([PAYLOAD, EMPTY]),
      [
        [{}, "{'foo':'bar'}"],
        [{}, ""],
      ],
    ],
    ["a string", message(hex("01 61 07 0002 6869")), [[{ a: "hi" }, ""]]],
    ["true and false", message(hex("01 61 00 01 62 01 01 63 07 0001 64")), [[{ c: "d" }, ""]]],
    ["numbers", message(hex("01 61 02 01 01 62 03 0001 01 63 04 00000001 01 64 05 0000000000000001")), [[{}, ""]]],
    [
      "bytes, a time, an identifier",
      message(hex(`01 61 06 0001 ff 01 62 08 ${"00".repeat(8)} 01 63 09 ${"00".repeat(16)}`)),
      [[{}, ""]],
    ],
  ])("%s", (_what, raw, seen) => {
    expect(read([raw])).toEqual({ seen, fault: null, within: false });
    expect(read(cut(raw, [1])).seen).toEqual(seen);
  });

  it("gives the same messages however they are cut, and what is written is read", () => {
    const header = fc.tuple(fc.string({ minLength: 1, maxLength: 20 }), fc.string({ maxLength: 40 }));
    const one = fc.tuple(
      fc.uniqueArray(header, { maxLength: 4, selector: ([name]) => name }),
      fc.string({ unit: "grapheme" }),
    );
    fc.assert(
      fc.property(fc.array(one, { maxLength: 5 }), fc.array(fc.nat(600)), (messages, cuts) => {
        const raw = Buffer.concat(messages.map(([headers, payload]) => writeMessage(headers, Buffer.from(payload))));
        const { seen, fault } = read(cutBytes(raw, cuts));
        expect(fault).toBeNull();
        expect(seen).toEqual(messages.map(([headers, payload]) => [Object.fromEntries(headers), payload]));
      }),
    );
  });

  it("notices every bit that is wrong, and gives nothing of that message nor behind it", () => {
    const good = writeMessage([[":event-type", "x"]], Buffer.from("payload"));
    for (let bit = 0; bit < good.length * 8; bit++) {
      const bad = Buffer.from(good);
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { seen, fault } = read([EMPTY, bad, EMPTY]);
      expect(seen).toEqual([[{}, ""]]);
      expect(fault).not.toBeNull();
    }
  });

  it.each([
    ["a name without an end", "05 61"],
    ["a name of no length", "00 07 0000"],
    ["a type that there is not", "01 61 0a"],
    ["a value that is longer than its place", "01 61 07 0009 61"],
    ["a value without its length", "01 61 07 00"],
  ])("refuses %s", (_what, headers) => {
    expect(read([message(hex(headers))])).toMatchObject({ seen: [], fault: "damaged" });
  });

  it("refuses a message that is longer than the limit before it has come", () => {
    const raw = writeMessage([], Buffer.alloc(200));
    expect(read([raw.subarray(0, 12)], 100)).toMatchObject({ fault: "too long" });
    expect(read([raw], 100)).toMatchObject({ seen: [], fault: "too long" });
  });

  it("knows when a message has begun and not ended", () => {
    for (let end = 1; end < PAYLOAD.length; end++) {
      expect(read([EMPTY, PAYLOAD.subarray(0, end)])).toMatchObject({ within: true, fault: null });
    }
  });

  it("is not moved by garbage", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(300)), (raw, cuts) => {
        expect(read(cutBytes(raw, cuts)).seen).toEqual(read([raw]).seen);
      }),
    );
  });
});
