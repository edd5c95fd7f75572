/** Streams for the tests of all dialects: random answers as events, and readers fed with bytes that are cut in any way. */
import fc from "fast-check";
import type { ModelEvent, OpenedPart } from "../canonical/answer.ts";
import type { AnswerContext, EventReader, EventWriter } from "../dialect/dialect.ts";
import { PLAIN_REQUEST } from "./feature-requests.ts";

export const CONTEXT: AnswerContext = {
  request: { ...PLAIN_REQUEST, stream: true, streamUsage: true },
  model: "public-model",
  created: 1_700_000_000,
  random: (length) => "r".repeat(length),
};

/** All events of a stream in these pieces; each piece is overwritten after it was read, as a socket's buffer is. */
export function readPieces(reader: EventReader, pieces: readonly Uint8Array[]): ModelEvent[] {
  const events: ModelEvent[] = [];
  for (const piece of pieces) {
    const copy = Uint8Array.from(piece);
    for (const event of reader.push(copy)) events.push(event);
    copy.fill(0x58);
  }
  events.push(...reader.finish());
  return events;
}

export function readText(reader: EventReader, text: string): ModelEvent[] {
  return readPieces(reader, [new TextEncoder().encode(text)]);
}

export function writeAll(writer: EventWriter, events: readonly ModelEvent[]): string {
  return events.map((event) => writer.write(event)).join("");
}

/** Bytes in pieces of these sizes, over and over. */
export function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, next = 0; at < bytes.length; next++) {
    const size = Math.max(1, sizes[next % sizes.length] ?? 1);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

export interface Sequences {
  readonly redacted: boolean;
  readonly signatures: boolean;
  /** Several calls written at once. */
  readonly interleaved: boolean;
}

/** Answers that end well, as events in the promised order. Thoughts come first, then text, then calls, as models write. */
export function answers({ redacted, signatures, interleaved }: Sequences): fc.Arbitrary<ModelEvent[]> {
  const text = fc.array(fc.string({ unit: "grapheme", minLength: 1 }), { minLength: 1, maxLength: 4 });
  const state = fc.base64String({ minLength: 4, maxLength: 20 });
  const thought = fc.record({
    text,
    signature: signatures ? fc.option(state) : fc.constant(null),
    redacted: redacted ? fc.option(state, { freq: 3 }) : fc.constant(null),
  });
  const call = fc.record({
    name: fc.stringMatching(/^[a-z_]{1,12}$/),
    pieces: fc.constantFrom(["{}"], ['{"a":', '"é"}'], ['{"a":1,', '"b":[', "1,2]}"]),
  });
  return fc
    .record({
      thoughts: fc.array(thought, { maxLength: 1 }),
      text: fc.option(text),
      calls: fc.array(call, { maxLength: 4 }),
      mixed: interleaved ? fc.boolean() : fc.constant(false),
      usage: fc.record({
        input: fc.nat(10_000),
        cacheRead: fc.nat(10_000),
        cacheWrite: fc.constant(0),
        cacheWriteHour: fc.constant(0),
        output: fc.integer({ min: 1, max: 10_000 }),
        reasoning: fc.nat(10_000),
      }),
    })
    .map(({ thoughts, text: said, calls, mixed, usage }) => {
      const events: ModelEvent[] = [{ type: "start", id: "answer-1", model: "public-model" }];
      let index = 0;
      const open = (part: OpenedPart) => events.push({ type: "open", index, part });
      const close = () => events.push({ type: "close", index: index++ });
      for (const one of thoughts) {
        open({ kind: "reasoning", redacted: one.redacted });
        if (one.redacted === null) {
          for (const piece of one.text) events.push({ type: "text", index, text: piece });
          if (one.signature !== null) events.push({ type: "signature", index, signature: one.signature });
        }
        close();
      }
      if (said !== null) {
        open({ kind: "text" });
        for (const piece of said) events.push({ type: "text", index, text: piece });
        close();
      }
      const first = index;
      const longest = Math.max(0, ...calls.map((one) => one.pieces.length));
      calls.forEach((one, at) => {
        open({ kind: "tool-call", id: `call_${at}`, name: one.name });
        if (mixed) index++;
        else {
          for (const piece of one.pieces) events.push({ type: "arguments", index, text: piece });
          close();
        }
      });
      if (mixed) {
        for (let round = 0; round < longest; round++) {
          calls.forEach((one, at) => {
            const piece = one.pieces[round];
            if (piece !== undefined) events.push({ type: "arguments", index: first + at, text: piece });
          });
        }
        calls.forEach((_, at) => {
          events.push({ type: "close", index: first + at });
        });
      }
      events.push({
        type: "stop",
        stop: { reason: calls.length > 0 ? "tool-calls" : "end", native: "", matched: null },
      });
      events.push({ type: "usage", usage }, { type: "end" });
      return events;
    });
}
