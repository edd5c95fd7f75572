import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelEvent } from "../../canonical/answer.ts";
import type { ModelRequest } from "../../canonical/request.ts";
import { AN_ERROR, arbitraryEvents, cutBytes, essence } from "../../testing/arbitrary-events.ts";
import { checkEvents } from "../../testing/check-events.ts";
import { PLAIN_REQUEST } from "../../testing/feature-requests.ts";
import type { AnswerContext } from "../dialect.ts";
import { geminiArrayClient, geminiClient } from "./client.ts";
import { geminiProvider } from "./provider.ts";

const context: AnswerContext = { request: PLAIN_REQUEST, model: "gemini", created: 0, random: (n) => "x".repeat(n) };

function read(text: string, request: ModelRequest = PLAIN_REQUEST, cuts: readonly number[] = []): ModelEvent[] {
  const reader = geminiProvider.eventReader(request);
  const events: ModelEvent[] = [];
  for (const piece of cutBytes(Buffer.from(text), cuts)) events.push(...reader.push(piece));
  events.push(...reader.finish());
  expect(checkEvents(events)).toEqual([]);
  return events;
}

function write(events: readonly ModelEvent[], dialect = geminiClient): string {
  const writer = dialect.eventWriter(context);
  return events.map((event) => writer.write(event)).join("");
}

const stream = (...chunks: object[]) => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join("");
const chunk = (parts: object[], rest: object = {}, top: object = {}) => ({
  candidates: [{ content: { parts, role: "model" }, index: 0, ...rest }],
  modelVersion: "gemini-3-pro",
  responseId: "r1",
  ...top,
});

const WHOLE = stream(
  chunk(
    [{ text: "Hm. ", thought: true }],
    {},
    { usageMetadata: { promptTokenCount: 20, cachedContentTokenCount: 5, totalTokenCount: 20 } },
  ),
  chunk([{ text: "So.", thought: true }]),
  chunk(
    [{ text: "Grüße 🌍" }, { text: ", Welt" }],
    {},
    {
      usageMetadata: {
        promptTokenCount: 20,
        cachedContentTokenCount: 5,
        candidatesTokenCount: 3,
        thoughtsTokenCount: 9,
      },
    },
  ),
  chunk([
    { functionCall: { name: "weather", args: { city: "Oslo" } }, thoughtSignature: "c2ln" },
    { functionCall: { name: "now", id: "g1" } },
  ]),
  chunk(
    [{ functionCall: { name: "now", args: {} } }, { text: "", thoughtSignature: "dGV4dA==" }],
    { finishReason: "STOP" },
    {
      usageMetadata: {
        promptTokenCount: 20,
        cachedContentTokenCount: 5,
        candidatesTokenCount: 8,
        thoughtsTokenCount: 9,
        toolUsePromptTokenCount: 2,
        totalTokenCount: 39,
      },
    },
  ),
);

describe("streams of Gemini", () => {
  it("calls without identifiers get some, state stays with its call, thoughts count apart, a call makes another end of STOP", () => {
    expect(essence(read(WHOLE))).toEqual({
      parts: [
        { type: "reasoning", text: "Hm. So.", signature: null, redacted: null },
        { type: "text", text: "Grüße 🌍, Welt" },
        {
          type: "tool-call",
          id: "call_0_weather",
          name: "weather",
          arguments: '{"city":"Oslo"}',
          signature: "VgwGemini///c2ln",
        },
        { type: "tool-call", id: "g1", name: "now", arguments: "{}", signature: null },
        { type: "tool-call", id: "call_2_now", name: "now", arguments: "{}", signature: null },
        { type: "reasoning", text: "", signature: "VgwGemini///dGV4dA==", redacted: null },
      ],
      reason: "tool-calls",
      usage: { input: 17, cacheRead: 5, cacheWrite: 0, cacheWriteHour: 0, output: 8, reasoning: 9 },
    });
  });

  it("means the same however its bytes are cut", () => {
    const whole = read(WHOLE);
    for (let at = 1; at < Buffer.from(WHOLE).length; at++) expect(read(WHOLE, PLAIN_REQUEST, [at])).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 40 }), (cuts) => {
        expect(read(WHOLE, PLAIN_REQUEST, cuts)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it("identifiers differ from those of the turns before", () => {
    const request: ModelRequest = {
      ...PLAIN_REQUEST,
      turns: [
        {
          role: "assistant",
          parts: [{ type: "tool-call", id: "call_0_now", name: "now", arguments: "{}", signature: null }],
        },
      ],
    };
    expect(
      essence(read(stream(chunk([{ functionCall: { name: "now" } }], { finishReason: "STOP" })), request)),
    ).toMatchObject({ parts: [{ id: "call_1_now" }] });
  });

  it("where one call at a time is wanted, the first is passed on", () => {
    const request: ModelRequest = { ...PLAIN_REQUEST, parallelTools: false };
    expect(essence(read(WHOLE, request))).toMatchObject({
      parts: [
        { type: "reasoning" },
        { type: "text" },
        { name: "weather", signature: "VgwGemini///c2ln" },
        { type: "reasoning" },
      ],
    });
  });

  it.each([
    ["STOP", "end"],
    ["MAX_TOKENS", "length"],
    ["SAFETY", "policy"],
    ["RECITATION", "policy"],
    ["LANGUAGE", "policy"],
    ["BLOCKLIST", "policy"],
    ["PROHIBITED_CONTENT", "policy"],
    ["SPII", "policy"],
    ["IMAGE_SAFETY", "policy"],
  ])("finish reason %s is %s", (native, reason) => {
    const events = read(stream(chunk([{ text: "a" }], { finishReason: native })));
    expect(events.find((event) => event.type === "stop")).toEqual({
      type: "stop",
      stop: { reason, native, matched: null },
    });
    expect(events.at(-1)).toEqual({ type: "end" });
  });

  it.each(["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "OTHER", "NO_IMAGE", "SOMETHING_NEW"])(
    "finish reason %s is an error and no end",
    (native) => {
      const events = read(stream(chunk([], { finishReason: native })));
      expect(events.at(-1)).toMatchObject({ type: "error", error: { class: "upstream", status: 502, code: native } });
    },
  );

  it("a blocked prompt has no candidates and is policy", () => {
    const text = stream({
      promptFeedback: { blockReason: "PROHIBITED_CONTENT" },
      usageMetadata: { promptTokenCount: 4 },
      responseId: "r",
    });
    expect(essence(read(text))).toMatchObject({ parts: [], reason: "policy", usage: { input: 4 } });
  });

  it("an error within a stream, and an end without a reason", () => {
    const failed = read(
      stream(chunk([{ text: "a" }]), { error: { code: 503, status: "UNAVAILABLE", message: "Busy" } }),
    );
    expect(failed.at(-1)).toMatchObject({
      type: "error",
      error: { class: "overloaded", status: 503, message: "Busy" },
    });
    expect(read(stream(chunk([{ text: "a" }]))).at(-1)).toMatchObject({ type: "error", error: { class: "upstream" } });
    expect(read("")).toMatchObject([{ type: "error" }]);
    expect(read("data: {not JSON\n\n")).toMatchObject([{ type: "error" }]);
  });

  it("a whole answer is read as one chunk", () => {
    const given = chunk(
      [
        { text: "Hm.", thought: true, thoughtSignature: "c2ln" },
        { text: "Ja.", thoughtSignature: "dGV4dA==" },
      ],
      { finishReason: "STOP" },
      { usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 } },
    );
    expect(geminiProvider.readAnswer(Buffer.from(JSON.stringify(given)), PLAIN_REQUEST)).toEqual({
      id: "r1",
      model: "gemini-3-pro",
      parts: [
        { type: "reasoning", text: "Hm.", signature: "VgwGemini///c2ln", redacted: null },
        { type: "text", text: "Ja." },
        { type: "reasoning", text: "", signature: "VgwGemini///dGV4dA==", redacted: null },
      ],
      stop: { reason: "end", native: "STOP", matched: null },
      usage: { input: 1, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0, output: 2, reasoning: 0 },
    });
    for (const body of ["", "[]", "{}", '{"candidates":[]}']) {
      expect(geminiProvider.readAnswer(Buffer.from(body), PLAIN_REQUEST)).toMatchObject({
        class: "upstream",
        status: 502,
      });
    }
  });

  it("whatever comes, no reader throws or breaks the order", () => {
    const part = fc.oneof(
      fc.constantFrom<object>(
        { text: "a" },
        { text: "", thoughtSignature: "s" },
        { text: "b", thought: true },
        { functionCall: { name: "f" } },
        { functionCall: { name: "f", id: "same" } },
        { functionCall: {} },
        { functionCall: { name: "g", args: [1] } },
      ),
      fc.record(
        { text: fc.anything(), thought: fc.anything(), thoughtSignature: fc.anything(), functionCall: fc.anything() },
        { requiredKeys: [] },
      ),
    );
    const junk = fc.oneof(
      fc.record(
        {
          candidates: fc.array(
            fc.record(
              {
                content: fc.record({ parts: fc.array(part) }),
                finishReason: fc.constantFrom("STOP", "", "OTHER", 1, undefined),
              },
              { requiredKeys: [] },
            ),
          ),
          usageMetadata: fc.oneof(
            fc.constant({ promptTokenCount: 3, cachedContentTokenCount: 9, candidatesTokenCount: -1 }),
            fc.anything(),
          ),
        },
        { requiredKeys: [] },
      ),
      fc.anything(),
    );
    const known = (value: unknown) =>
      JSON.stringify(value, (_name, inner) => (typeof inner === "bigint" ? 0 : inner)) ?? "null";
    fc.assert(
      fc.property(fc.array(junk, { maxLength: 12 }), (events) => {
        const text = events.map((event) => `data: ${known(event)}\n\n`).join("");
        read(text);
        geminiProvider.readAnswer(Buffer.from(known(events[0])), PLAIN_REQUEST);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), (pieces) => {
        const reader = geminiProvider.eventReader(PLAIN_REQUEST);
        const events = pieces.flatMap((piece) => reader.push(piece));
        expect(checkEvents([...events, ...reader.finish()])).toEqual([]);
      }),
    );
  });
});

describe("streams for Gemini's clients", () => {
  it("come back through writer and reader, as events and as an array", () => {
    fc.assert(
      fc.property(arbitraryEvents("VgwGemini///"), (events) => {
        const told = events.some((event) => event.type === "usage");
        const before = comparable(events, told);
        expect(comparable(read(write(events)), told)).toEqual(before);
        const list: object[] = JSON.parse(write(events, geminiArrayClient));
        expect(comparable(read(stream(...list)), told)).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });

  it("calls go out whole, one that was cut is marked", () => {
    const text = write([
      { type: "start", id: "r", model: "" },
      { type: "open", index: 0, part: { kind: "tool-call", id: "a", name: "now" } },
      { type: "close", index: 0 },
      { type: "open", index: 1, part: { kind: "tool-call", id: "b", name: "weather" } },
      { type: "arguments", index: 1, text: '{"city":' },
      { type: "arguments", index: 1, text: '"Os' },
      { type: "close", index: 1 },
      { type: "stop", stop: { reason: "length", native: "length", matched: null } },
      { type: "usage", usage: { input: 4, cacheRead: 2, cacheWrite: 1, cacheWriteHour: 1, output: 3, reasoning: 5 } },
      { type: "end" },
    ]);
    const top = { modelVersion: "gemini", responseId: "r" };
    const content = (part: object) => ({ parts: [part], role: "model" });
    expect(
      text
        .split("\n\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line.slice(6))),
    ).toEqual([
      { candidates: [{ content: content({ functionCall: { id: "a", name: "now", args: {} } }), index: 0 }], ...top },
      {
        candidates: [
          {
            content: content({ functionCall: { id: "b", name: "weather", args: { $raw_arguments: '{"city":"Os' } } }),
            index: 0,
          },
        ],
        ...top,
      },
      {
        candidates: [{ content: content({ text: "" }), finishReason: "MAX_TOKENS", index: 0 }],
        usageMetadata: {
          promptTokenCount: 8,
          cachedContentTokenCount: 2,
          candidatesTokenCount: 3,
          thoughtsTokenCount: 5,
          totalTokenCount: 16,
        },
        ...top,
      },
    ]);
  });

  it("a call that was cut before its arguments is marked too", () => {
    const text = write([
      { type: "start", id: "r", model: "" },
      { type: "open", index: 0, part: { kind: "tool-call", id: "a", name: "now" } },
      { type: "close", index: 0 },
      { type: "stop", stop: { reason: "length", native: "length", matched: null } },
      { type: "end" },
    ]);
    expect(text).toContain('"args":{"$raw_arguments":""}');
  });

  it("another provider's encrypted thought goes along, and finds back", () => {
    const sent = geminiClient.writeAnswer(
      {
        id: "r",
        model: "",
        parts: [
          { type: "reasoning", text: "", signature: null, redacted: "VgwAnthropicZGF0YQ==" },
          { type: "text", text: "a" },
        ],
        stop: { reason: "end", native: "", matched: null },
        usage: null,
      },
      context,
    );
    const { candidates } = JSON.parse(sent);
    expect(candidates[0].content.parts[0].thoughtSignature).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
    const request = geminiClient.readRequest({ contents: [candidates[0].content] }, { model: "m", stream: false });
    expect(request).toMatchObject({
      turns: [
        {
          role: "assistant",
          parts: [
            { type: "reasoning", text: "", signature: null, redacted: "VgwAnthropicZGF0YQ==" },
            { type: "text", text: "a" },
          ],
        },
      ],
    });
  });

  it("an error ends a stream in its place, without a normal end, in a form that every client of Google's sees", () => {
    const events: ModelEvent[] = [
      { type: "start", id: "r", model: "" },
      { type: "open", index: 0, part: { kind: "text" } },
      { type: "text", index: 0, text: "Hal" },
      { type: "error", error: AN_ERROR },
      { type: "stop", stop: { reason: "end", native: "", matched: null } },
      { type: "end" },
    ];
    const body = '{"error":{"code":503,"message":"Overloaded","status":"UNAVAILABLE"}}';
    expect(write(events).endsWith(`data: ${body}\n\n${body}\n`)).toBe(true);
    expect(write(events)).not.toContain("finishReason");
    expect(JSON.parse(write(events, geminiArrayClient))).toMatchObject([
      { candidates: [{}] },
      { error: { code: 503 } },
    ]);
    expect(JSON.parse(write(events.slice(3), geminiArrayClient))).toMatchObject([{ error: { code: 503 } }]);
  });

  it.each([
    ["end", "", "STOP"],
    ["stop-string", "", "STOP"],
    ["length", "", "MAX_TOKENS"],
    ["context", "", "MAX_TOKENS"],
    ["tool-calls", "", "STOP"],
    ["policy", "refusal", "SAFETY"],
    ["policy", "RECITATION", "RECITATION"],
    ["paused", "", "STOP"],
  ] as const)("%s (%s) goes out as %s", (reason, native, finish) => {
    const text = write([
      { type: "start", id: "", model: "" },
      { type: "stop", stop: { reason, native, matched: null } },
      { type: "end" },
    ]);
    expect(JSON.parse(text.slice(6))).toMatchObject({ candidates: [{ finishReason: finish }] });
  });
});

/** Gemini's texts and thoughts are pieces without borders: neighbours of one kind are one, unless state stands between them. */
function comparable(events: readonly ModelEvent[], told: boolean): unknown {
  const { parts, usage, ...rest } = essence(events) as {
    parts: { type: string; text?: string; signature?: string | null }[];
    usage: unknown;
  };
  const texts = new Map<string, string>();
  const others: unknown[] = [];
  for (const part of parts) {
    if (part.type === "text" || part.type === "reasoning") {
      texts.set(part.type, (texts.get(part.type) ?? "") + part.text);
      if (part.type === "reasoning" && part.signature) others.push(part.signature);
    } else
      others.push({ ...part, arguments: JSON.stringify(JSON.parse((part as { arguments?: string }).arguments ?? "")) });
  }
  const words = [...texts].map(([type, text]) => [type, [...text].sort().join("")]);
  return {
    ...rest,
    words: words.sort(),
    others: others.map((other) => JSON.stringify(other)).sort(),
    usage: told ? total(usage) : null,
  };
}

/** Gemini knows no writing to a cache: what was written is input. */
function total(usage: unknown): unknown {
  const { input, cacheRead, cacheWrite, cacheWriteHour, ...rest } = usage as { [name: string]: number };
  return { prompt: input! + cacheRead! + cacheWrite! + cacheWriteHour!, cacheRead, ...rest };
}
