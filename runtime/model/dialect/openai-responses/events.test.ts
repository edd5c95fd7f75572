import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelEvent } from "../../canonical/answer.ts";
import { gather } from "../../canonical/gather.ts";
import type { Json } from "../../canonical/request.ts";
import { sealState } from "../../canonical/signature.ts";
import { checkEvents } from "../../testing/check-events.ts";
import { PLAIN_REQUEST } from "../../testing/feature-requests.ts";
import { answers, CONTEXT, cut, readPieces, readText, writeAll } from "../../testing/streams.ts";
import { told } from "../../testing/told.ts";
import { openaiResponsesClient } from "./client.ts";
import { openaiResponsesProvider } from "./provider.ts";
import { STREAMS } from "./streams.rows.ts";
import { stateOut } from "./thoughts.ts";

const reader = () => openaiResponsesProvider.eventReader(PLAIN_REQUEST);
const read = (raw: string) => readText(reader(), raw);
const bytes = (text: string) => new TextEncoder().encode(text);

interface Frame {
  readonly name: string;
  readonly data: { readonly [name: string]: Json };
}

function frames(raw: string): Frame[] {
  return raw
    .split("\n\n")
    .filter((frame) => frame !== "")
    .map((frame) => {
      const [name, data] = frame.split("\n");
      return { name: name?.slice(7) ?? "", data: JSON.parse(data?.slice(6) ?? "") };
    });
}

describe("streams of providers", () => {
  it.each(STREAMS)("$what", ({ raw, events }) => {
    const seen = read(raw);
    expect(told(seen)).toEqual(events);
    expect(checkEvents(seen)).toEqual([]);
    for (const size of [1, 2, 3, 7, 64]) expect(readPieces(reader(), cut(bytes(raw), [size]))).toEqual(seen);
  });

  it("keep the order when a stream ends anywhere, and end in an error where it was not whole", () => {
    for (const { raw } of STREAMS) {
      for (let length = 0; length < raw.length; length += 5) {
        const seen = read(raw.slice(0, length));
        expect(checkEvents(seen)).toEqual([]);
        if (!seen.some((event) => event.type === "stop")) expect(seen.at(-1)?.type).toBe("error");
      }
    }
  });

  it("keep the order whatever comes", () => {
    const value = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, "", "x", 0, 1, -1, 1e300, true, "message", "function_call", "reasoning", "incomplete"),
        fc.array(tie("json"), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            ..."type id call_id name arguments content summary text refusal encrypted_content status output usage input_tokens output_tokens error code message incomplete_details reason".split(
              " ",
            ),
          ),
          tie("json"),
          { maxKeys: 5 },
        ),
      ),
    })).json;
    const type = fc.constantFrom(
      "response.created",
      "response.output_item.added",
      "response.output_item.done",
      "response.output_text.delta",
      "response.refusal.delta",
      "response.function_call_arguments.delta",
      "response.reasoning_summary_text.delta",
      "response.reasoning_summary_part.added",
      "response.completed",
      "response.incomplete",
      "response.failed",
      "error",
      "x",
    );
    const index = fc.constantFrom(0, 1, 2, -1, null, "x");
    const event = fc.record(
      { type, output_index: index, content_index: index, item: value, response: value, delta: value },
      { requiredKeys: ["type"] },
    );
    const raw = fc.array(
      fc.oneof(event, value).map((json) => `data: ${JSON.stringify(json)}\n\n`),
      { maxLength: 15 },
    );
    fc.assert(
      fc.property(raw, (stream) => {
        expect(checkEvents(read(stream.join("")))).toEqual([]);
      }),
      { numRuns: 800 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => {
        expect(checkEvents(readPieces(reader(), [garbage]))).toEqual([]);
      }),
    );
  });
});

describe("streams for clients", () => {
  it("come back as they were, whole in the last event too", () => {
    fc.assert(
      fc.property(answers({ redacted: true, signatures: true, interleaved: true }), (events) => {
        const raw = writeAll(openaiResponsesClient.eventWriter(CONTEXT), events);
        const seen = read(raw);
        expect(checkEvents(seen)).toEqual([]);
        const before = gather(events);
        const after = gather(seen);
        if (before === null || !("parts" in before) || after === null || !("parts" in after)) {
          throw new Error("The events neither end nor fail.");
        }
        const parts = before.parts.map((part) => {
          const state = part.type === "reasoning" ? stateOut(part) : null;
          if (part.type !== "reasoning" || state === null) return part;
          const held = JSON.stringify({ id: `rs_${"r".repeat(24)}`, encrypted_content: state });
          return { ...part, redacted: null, signature: sealState("openai-responses", held) };
        });
        expect(after).toEqual({
          ...before,
          id: `resp_${before.id}`,
          parts,
          stop: { ...before.stop, native: "completed" },
        });
        // The whole answer, read alone, is the same.
        const last = frames(raw).at(-1)?.data.response ?? null;
        expect(openaiResponsesProvider.readAnswer(bytes(JSON.stringify(last)), PLAIN_REQUEST)).toEqual(after);
      }),
    );
  });

  it("keep the promises of the dialect", () => {
    fc.assert(
      fc.property(answers({ redacted: false, signatures: true, interleaved: true }), (events) => {
        const all = frames(writeAll(openaiResponsesClient.eventWriter(CONTEXT), events));
        const begun = new Set<Json | undefined>();
        const ended = new Map<Json | undefined, Json | undefined>();
        all.forEach(({ name, data }, at) => {
          expect(data.type).toBe(name);
          expect(data.sequence_number).toBe(at);
          if (name === "response.output_item.added") {
            expect(data.output_index).toBe(begun.size);
            begun.add(data.output_index);
          } else if ("output_index" in data) {
            expect(begun.has(data.output_index)).toBe(true);
            expect(ended.has(data.output_index)).toBe(false);
          }
          if (name === "response.output_item.done") ended.set(data.output_index, data.item);
        });
        expect(all.slice(0, 2).map(({ name }) => name)).toEqual(["response.created", "response.in_progress"]);
        const last = all.at(-1);
        expect(last?.name).toBe("response.completed");
        expect(last?.data.response).toMatchObject({
          output: [...begun].map((index) => ended.get(index)),
          status: "completed",
        });
      }),
    );
  });

  it("say that the item in which the answer was cut is incomplete", () => {
    const events: ModelEvent[] = [
      { type: "start", id: "a", model: "m" },
      { type: "open", index: 0, part: { kind: "text" } },
      { type: "text", index: 0, text: "Hello" },
      { type: "close", index: 0 },
      { type: "open", index: 1, part: { kind: "tool-call", id: "c", name: "f" } },
      { type: "close", index: 1 },
      { type: "stop", stop: { reason: "length", native: "length", matched: null } },
      { type: "end" },
    ];
    const last = frames(writeAll(openaiResponsesClient.eventWriter(CONTEXT), events)).at(-1);
    expect(last?.name).toBe("response.incomplete");
    expect(last?.data.response).toMatchObject({
      incomplete_details: { reason: "max_output_tokens" },
      output: [
        { type: "message", status: "completed" },
        { type: "function_call", status: "incomplete", arguments: "" },
      ],
    });
  });

  it.each([
    { type: "error", error: { class: "rate", status: 429, code: "x", message: "m", parameter: null, retryAfter: 5 } },
    { type: "stop", stop: { reason: "failed", native: "error", matched: null } },
  ] satisfies ModelEvent[])("end in an error and nothing behind it ($type)", (last) => {
    const raw = writeAll(openaiResponsesClient.eventWriter(CONTEXT), [
      { type: "start", id: "a", model: "m" },
      { type: "open", index: 0, part: { kind: "text" } },
      { type: "text", index: 0, text: "Hel" },
      last,
      { type: "end" },
    ]);
    const names = frames(raw).map(({ name }) => name);
    expect(names.slice(-2)).toEqual(["error", "response.failed"]);
    expect(names).not.toContain("response.completed");
    expect(read(raw).at(-1)?.type).toBe("error");
  });
});
