import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelEvent } from "../../canonical/answer.ts";
import { gather } from "../../canonical/gather.ts";
import { sealState } from "../../canonical/signature.ts";
import { checkEvents } from "../../testing/check-events.ts";
import { PLAIN_REQUEST } from "../../testing/feature-requests.ts";
import { answers, CONTEXT, cut, readPieces, readText, writeAll } from "../../testing/streams.ts";
import { told } from "../../testing/told.ts";
import { openaiChatClient } from "./client.ts";
import { openaiChatProvider } from "./provider.ts";
import { STREAMS } from "./streams.rows.ts";

const read = (raw: string) => readText(openaiChatProvider.eventReader(PLAIN_REQUEST), raw);
const bytes = (text: string) => new TextEncoder().encode(text);

describe("streams of providers", () => {
  it.each(STREAMS)("$what", ({ raw, events }) => {
    const seen = read(raw);
    expect(told(seen)).toEqual(events);
    expect(checkEvents(seen)).toEqual([]);
    const whole = bytes(raw);
    for (const size of [1, 2, 3, 7, 64]) {
      expect(readPieces(openaiChatProvider.eventReader(PLAIN_REQUEST), cut(whole, [size]))).toEqual(seen);
    }
  });

  it("are the same however they are cut", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.constantFrom(...STREAMS), sizes, ({ raw }, pieces) => {
        const seen = readPieces(openaiChatProvider.eventReader(PLAIN_REQUEST), cut(bytes(raw), pieces));
        expect(seen).toEqual(read(raw));
      }),
    );
  });

  it("keep the order when a stream ends anywhere, and end in an error where it was not whole", () => {
    for (const { raw } of STREAMS) {
      for (let length = 0; length < raw.length; length += 3) {
        const seen = read(raw.slice(0, length));
        expect(checkEvents(seen)).toEqual([]);
        if (!seen.some((event) => event.type === "stop")) expect(seen.at(-1)?.type).toBe("error");
      }
    }
  });

  it("keep the order whatever comes", () => {
    const value = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(null, "", "x", 0, 1, -1, 1e300, true, "stop", "tool_calls", "length"),
        fc.array(tie("json"), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            ..."choices delta content tool_calls function name arguments index id finish_reason usage prompt_tokens completion_tokens completion_tokens_details reasoning_tokens reasoning_details type text signature data error message role refusal reasoning_content".split(
              " ",
            ),
          ),
          tie("json"),
          { maxKeys: 4 },
        ),
      ),
    })).json;
    const delta = fc.record(
      {
        content: value,
        refusal: value,
        reasoning: value,
        reasoning_details: value,
        tool_calls: fc.array(
          fc.record(
            {
              index: fc.constantFrom(0, 1, null, "x"),
              id: fc.constantFrom("", "a", "b", null),
              function: fc.record({ name: fc.constantFrom("", "f", 1), arguments: value }, { requiredKeys: [] }),
            },
            { requiredKeys: [] },
          ),
          { maxLength: 3 },
        ),
      },
      { requiredKeys: [] },
    );
    const chunk = fc.oneof(
      value,
      fc.record({ id: value, choices: fc.array(fc.record({ delta, finish_reason: fc.constantFrom(null, "stop") })) }),
    );
    const frames = fc.array(
      fc.oneof(
        chunk.map((json) => `data: ${JSON.stringify(json)}\n\n`),
        fc.constantFrom("data: [DONE]\n\n", ": x\n\n", "data: {\n\n", "\n"),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(frames, (raw) => {
        expect(checkEvents(read(raw.join("")))).toEqual([]);
      }),
      { numRuns: 800 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (raw) => {
        expect(checkEvents(readPieces(openaiChatProvider.eventReader(PLAIN_REQUEST), [raw]))).toEqual([]);
      }),
    );
  });

  it("do not grow without end", () => {
    const reader = openaiChatProvider.eventReader(PLAIN_REQUEST);
    const frame = bytes(
      `data: {"id":"a","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"${"x".repeat(100_000)}"}}]}}]}\n\n`,
    );
    const events: ModelEvent[] = [];
    for (let round = 0; round < 20; round++) events.push(...reader.push(frame));
    expect(events.at(-1)?.type).toBe("error");
    expect(checkEvents(events)).toEqual([]);
  });
});

describe("streams for clients", () => {
  it("come back as they were", () => {
    fc.assert(
      fc.property(answers({ redacted: true, signatures: true, interleaved: true }), (events) => {
        const raw = writeAll(openaiChatClient.eventWriter(CONTEXT), events);
        const seen = read(raw);
        expect(checkEvents(seen)).toEqual([]);
        const before = gather(events);
        const after = gather(seen);
        if (before === null || !("parts" in before) || after === null || !("parts" in after)) {
          throw new Error("The events neither end nor fail.");
        }
        const sealed = before.parts.map((part) => {
          if (part.type !== "reasoning") return part;
          const seal = (state: string | null) => (state === null ? null : sealState("openai-chat", state));
          return { ...part, signature: seal(part.signature), redacted: seal(part.redacted) };
        });
        expect(after).toEqual({ ...before, parts: sealed, stop: { ...before.stop, native: expect.any(String) } });
      }),
    );
  });

  it("tell the usage only to those who asked", () => {
    const events = read(STREAMS[0]?.raw ?? "");
    const asked = writeAll(openaiChatClient.eventWriter(CONTEXT), events);
    const frames = asked.split("\n\n").slice(0, -1);
    expect(frames.at(-1)).toBe("data: [DONE]");
    expect(frames.at(-2)).toContain('"choices":[],"usage":{"prompt_tokens":12');
    for (const frame of frames.slice(0, -2)) expect(frame).toContain('"usage":null');
    const request = { ...CONTEXT.request, streamUsage: false };
    const unasked = writeAll(openaiChatClient.eventWriter({ ...CONTEXT, request }), events);
    expect(unasked).not.toContain("usage");
    expect(unasked.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  it.each([
    { type: "error", error: { class: "rate", status: 429, code: "x", message: "m", parameter: null, retryAfter: 5 } },
    { type: "stop", stop: { reason: "failed", native: "error", matched: null } },
  ] satisfies ModelEvent[])("end in an error and nothing behind it ($type)", (last) => {
    const writer = openaiChatClient.eventWriter(CONTEXT);
    const raw = writeAll(writer, [
      { type: "start", id: "a", model: "m" },
      { type: "open", index: 0, part: { kind: "text" } },
      { type: "text", index: 0, text: "Hel" },
      last,
      { type: "end" },
    ]);
    expect(raw).not.toContain("[DONE]");
    expect(raw).toMatch(/data: \{"error":\{"message":"[^"]+","type":"[a-z_]+","param":null,"code":"[a-z_]+"\}\}\n\n$/);
    expect(read(raw).at(-1)?.type).toBe("error");
  });

  it("give a call without arguments an empty object, except where it was cut", () => {
    const events = (reason: "tool-calls" | "length"): ModelEvent[] => [
      { type: "start", id: "a", model: "m" },
      { type: "open", index: 0, part: { kind: "tool-call", id: "c", name: "f" } },
      { type: "close", index: 0 },
      { type: "stop", stop: { reason, native: "", matched: null } },
      { type: "end" },
    ];
    expect(writeAll(openaiChatClient.eventWriter(CONTEXT), events("tool-calls"))).toContain('"arguments":"{}"');
    expect(writeAll(openaiChatClient.eventWriter(CONTEXT), events("length"))).not.toContain('{}"');
  });
});
