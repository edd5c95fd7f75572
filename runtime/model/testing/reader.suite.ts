/** What every reader of streams is held to: rows of bytes and what they mean, the same however they are cut; and no bytes that make it break the order. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelAnswer } from "../canonical/answer.ts";
import type { ModelErrorClass } from "../canonical/error.ts";
import { gather } from "../canonical/gather.ts";
import type { ModelRequest } from "../canonical/request.ts";
import type { ProviderDialect } from "../dialect/dialect.ts";
import { cutBytes } from "./arbitrary-events.ts";
import { checkEvents } from "./check-events.ts";
import { PLAIN_REQUEST } from "./feature-requests.ts";
import { cut, readPieces } from "./streams.ts";

export interface StreamRow {
  readonly what: string;
  readonly raw: Uint8Array;
  readonly request?: ModelRequest;
  /** What the events make together, or the class of the error at their end. */
  readonly gives: Partial<ModelAnswer> | ModelErrorClass;
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export function readerSuite(dialect: ProviderDialect, rows: readonly StreamRow[]): void {
  describe(`streams of ${dialect.name}`, () => {
    it.each(rows)("$what", ({ raw, request = PLAIN_REQUEST, gives }) => {
      const events = readPieces(dialect.eventReader(request), [raw]);
      expect(checkEvents(events)).toEqual([]);
      const whole = gather(events);
      if (typeof gives === "string") expect(whole).toMatchObject({ class: gives });
      else expect(whole).toMatchObject(gives);
      for (const size of [1, 2, 3, 7, 64]) {
        expect(readPieces(dialect.eventReader(request), cut(raw, [size]))).toEqual(events);
      }
    });

    it("are the same however they are cut, and keep their order wherever they end", () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...rows),
          fc.array(fc.nat()),
          fc.nat(),
          ({ raw, request = PLAIN_REQUEST }, cuts, end) => {
            const part = raw.subarray(0, end % (raw.length + 1));
            const events = readPieces(dialect.eventReader(request), [part]);
            expect(checkEvents(events)).toEqual([]);
            expect(readPieces(dialect.eventReader(request), cutBytes(part, cuts))).toEqual(events);
          },
        ),
        { numRuns: 300 },
      );
    });

    it("garbage, and streams with bytes of it within, throw nothing and keep the order", () => {
      const hole = fc.record({
        row: fc.constantFrom(...rows),
        at: fc.nat(),
        bytes: fc.uint8Array({ maxLength: 20 }),
        skip: fc.nat(30),
      });
      const raw = fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        hole.map(({ row, at, bytes, skip }) => {
          const place = at % (row.raw.length + 1);
          return Buffer.concat([row.raw.subarray(0, place), bytes, row.raw.subarray(place + skip)]);
        }),
      );
      fc.assert(
        fc.property(raw, fc.boolean(), (bytes, json) => {
          const request: ModelRequest = json ? { ...PLAIN_REQUEST, format: { kind: "json" } } : PLAIN_REQUEST;
          expect(checkEvents(readPieces(dialect.eventReader(request), [bytes]))).toEqual([]);
          expect(dialect.readAnswer(bytes, request)).toBeTypeOf("object");
          expect(dialect.readError(500, [], bytes).class).toBeTypeOf("string");
        }),
        { numRuns: 300 },
      );
    });

    it("any JSON in place of an event throws nothing", () => {
      const keys = [...KEYS];
      const tree = fc.letrec<{ value: unknown }>((tie) => ({
        value: fc.oneof(
          { maxDepth: 5 },
          fc.constantFrom<unknown>(null, true, 0, -1, 1e300, "", "x", "text", "thinking", ...EVENT_TYPES),
          fc.array(tie("value"), { maxLength: 3 }),
          fc.dictionary(fc.constantFrom(...keys), tie("value"), { maxKeys: 5 }),
        ),
      })).value;
      fc.assert(
        fc.property(tree, (value) => {
          const text = bytesOf(JSON.stringify(value));
          const answer = dialect.readAnswer(text, PLAIN_REQUEST);
          expect(answer).toBeTypeOf("object");
          dialect.readError(429, ["x-amzn-errortype", "x"], text);
          const line = bytesOf(`data: ${JSON.stringify(value)}\n\n`);
          for (const raw of [text, line]) {
            expect(checkEvents(readPieces(dialect.eventReader(PLAIN_REQUEST), [raw]))).toEqual([]);
          }
        }),
        { numRuns: 500 },
      );
    });
  });
}

const EVENT_TYPES = [
  "message-start",
  "content-start",
  "content-delta",
  "tool-call-start",
  "tool-call-delta",
  "message-end",
];
const KEYS = new Set([
  ..."type index delta message content text thinking tool_calls function name arguments id tool_plan finish_reason usage".split(
    " ",
  ),
  ..."billed_units tokens input_tokens output_tokens cached_tokens done done_reason error model prompt_eval_count eval_count".split(
    " ",
  ),
  ..."output stopReason toolUse toolUseId input reasoningContent reasoningText redactedContent signature cacheDetails".split(
    " ",
  ),
]);
