import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelEvent } from "../../canonical/answer.ts";
import type { ModelRequest } from "../../canonical/request.ts";
import { AN_ERROR, arbitraryEvents, cutBytes, essence } from "../../testing/arbitrary-events.ts";
import { checkEvents } from "../../testing/check-events.ts";
import { PLAIN_REQUEST } from "../../testing/feature-requests.ts";
import type { AnswerContext } from "../dialect.ts";
import { anthropicClient } from "./client.ts";
import { anthropicProvider } from "./provider.ts";

const context: AnswerContext = { request: PLAIN_REQUEST, model: "claude", created: 0, random: (n) => "x".repeat(n) };

function read(text: string, request: ModelRequest = PLAIN_REQUEST, cuts: readonly number[] = []): ModelEvent[] {
  const reader = anthropicProvider.eventReader(request);
  const events: ModelEvent[] = [];
  for (const piece of cutBytes(Buffer.from(text), cuts)) events.push(...reader.push(piece));
  events.push(...reader.finish());
  expect(checkEvents(events)).toEqual([]);
  return events;
}

function write(events: readonly ModelEvent[], at: AnswerContext = context): string {
  const writer = anthropicClient.eventWriter(at);
  return events.map((event) => writer.write(event)).join("");
}

const frame = (event: { type: string }) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
const frames = (...events: { type: string; [name: string]: unknown }[]) => events.map(frame).join("");
const start = (usage: object) => ({
  type: "message_start",
  message: { id: "msg_1", type: "message", role: "assistant", model: "claude-x", content: [], usage },
});
const stop = (reason: string, usage: object, sequence: string | null = null) => [
  { type: "message_delta", delta: { stop_reason: reason, stop_sequence: sequence }, usage },
  { type: "message_stop" },
];
const block = (index: number, content: object, ...deltas: object[]) => [
  { type: "content_block_start", index, content_block: content },
  ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
  { type: "content_block_stop", index },
];

const TOOLS = frames(
  { type: "ping" },
  start({
    input_tokens: 10,
    cache_read_input_tokens: 5,
    cache_creation_input_tokens: 7,
    cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
    output_tokens: 1,
  }),
  { type: "ping" },
  ...block(0, { type: "thinking", thinking: "", signature: "" }, { type: "signature_delta", signature: "EqQB" }),
  ...block(1, { type: "redacted_thinking", data: "ZGF0YQ==" }),
  ...block(
    2,
    { type: "text", text: "" },
    { type: "text_delta", text: "Grüße, " },
    { type: "text_delta", text: "Welt 🌍" },
  ),
  ...block(
    3,
    { type: "server_tool_use", id: "srv_1", name: "web_search", input: {} },
    { type: "input_json_delta", partial_json: "{}" },
  ),
  ...block(
    4,
    { type: "tool_use", id: "toolu_1", name: "weather", input: {} },
    { type: "input_json_delta", partial_json: "" },
    { type: "input_json_delta", partial_json: '{"city":' },
    { type: "input_json_delta", partial_json: '"Oslo"}' },
  ),
  ...block(5, { type: "tool_use", id: "toolu_2", name: "now", input: {} }),
  ...stop("tool_use", { input_tokens: 11, output_tokens: 30, output_tokens_details: { thinking_tokens: 8 } }),
);

describe("streams of Anthropic", () => {
  it("thoughts keep their state, tools are counted without thinking blocks, counters are cumulative and may be told again", () => {
    expect(essence(read(TOOLS))).toEqual({
      parts: [
        { type: "reasoning", text: "", signature: "VgwAnthropicEqQB", redacted: null },
        { type: "reasoning", text: "", signature: null, redacted: "VgwAnthropicZGF0YQ==" },
        { type: "text", text: "Grüße, Welt 🌍" },
        { type: "tool-call", id: "toolu_1", name: "weather", arguments: '{"city":"Oslo"}', signature: null },
        { type: "tool-call", id: "toolu_2", name: "now", arguments: "{}", signature: null },
      ],
      reason: "tool-calls",
      usage: { input: 11, cacheRead: 5, cacheWrite: 3, cacheWriteHour: 4, output: 22, reasoning: 8 },
    });
  });

  it("means the same however its bytes are cut", () => {
    const whole = read(TOOLS);
    const bytes = Buffer.from(TOOLS).length;
    for (let at = 1; at < bytes; at++) expect(read(TOOLS, PLAIN_REQUEST, [at])).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 40 }), (cuts) => {
        expect(read(TOOLS, PLAIN_REQUEST, cuts)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it("is read with lines of any kind and without names", () => {
    const whole = read(TOOLS);
    expect(read(TOOLS.replaceAll("\n", "\r\n"))).toEqual(whole);
    expect(read(TOOLS.replaceAll("event: ", "event:").replaceAll("data: ", "data:"))).toEqual(whole);
    expect(read(TOOLS.replaceAll(/event: .*\n/g, ": comment\n"))).toEqual(whole);
  });

  it.each([
    ["end_turn", "end"],
    ["stop_sequence", "stop-string"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "context"],
    ["tool_use", "tool-calls"],
    ["refusal", "policy"],
    ["pause_turn", "paused"],
    ["something_new", "end"],
  ])("stop reason %s is %s", (native, reason) => {
    const events = read(frames(start({}), ...stop(native, { output_tokens: 1 }, "END")));
    expect(events.find((event) => event.type === "stop")).toEqual({
      type: "stop",
      stop: { reason, native, matched: "END" },
    });
  });

  it("a model that failed is an error and no end", () => {
    const events = read(frames(start({}), ...stop("error", { output_tokens: 1 })));
    expect(events.at(-1)).toMatchObject({ type: "error", error: { class: "upstream", status: 502, code: "error" } });
  });

  it.each([
    ["overloaded_error", "overloaded", 529],
    ["rate_limit_error", "rate", 429],
    ["api_error", "upstream", 500],
    ["timeout_error", "timeout", 504],
  ])("an event error of type %s is of class %s, and nothing follows", (type, kind, status) => {
    const text = frames(start({}), { type: "error", error: { type, message: "No." } }, ...stop("end_turn", {}));
    expect(read(text).at(-1)).toMatchObject({ type: "error", error: { class: kind, status, code: type } });
  });

  it("a stream that breaks off is an error; one that has said why it stopped is whole", () => {
    expect(read(TOOLS.slice(0, TOOLS.indexOf("event: message_delta"))).at(-1)).toMatchObject({
      type: "error",
      error: { class: "upstream" },
    });
    expect(read(TOOLS.slice(0, TOOLS.indexOf("event: message_stop"))).at(-1)).toEqual({ type: "end" });
    expect(read("")).toMatchObject([{ type: "error" }]);
  });

  it("a call that the cap cut stays as it is, also when nothing of it came", () => {
    const cut = (json: string) =>
      read(
        frames(
          start({}),
          ...block(
            0,
            { type: "tool_use", id: "a", name: "b", input: {} },
            { type: "input_json_delta", partial_json: json },
          ),
          ...stop("max_tokens", {}),
        ),
      );
    expect(essence(cut('{"city":"Os'))).toMatchObject({ parts: [{ arguments: '{"city":"Os' }], reason: "length" });
    expect(essence(cut(""))).toMatchObject({ parts: [{ arguments: "" }] });
  });

  it("usage can be asked for after a break", () => {
    const reader = anthropicProvider.eventReader(PLAIN_REQUEST);
    expect(reader.usage).toBeNull();
    reader.push(Buffer.from(TOOLS.slice(0, TOOLS.indexOf("event: content_block_start"))));
    expect(reader.usage).toEqual({
      input: 10,
      cacheRead: 5,
      cacheWrite: 3,
      cacheWriteHour: 4,
      output: 1,
      reasoning: 0,
    });
  });

  it("whatever comes, no reader throws or breaks the order", () => {
    const types = fc.constantFrom(
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
      "ping",
      "error",
      "new",
    );
    const junk = fc.record(
      {
        type: types,
        index: fc.oneof(fc.integer({ min: -1, max: 3 }), fc.constant("1")),
        message: fc.oneof(fc.constant({ id: "a", usage: { input_tokens: -1, output_tokens: 1.5 } }), fc.anything()),
        content_block: fc.oneof(
          fc.constantFrom(
            { type: "text", text: "a" },
            { type: "tool_use", id: "", name: "n", input: {} },
            { type: "tool_use", id: "", name: "n", input: { a: 1 } },
            { type: "thinking", thinking: 1 },
          ),
          fc.anything(),
        ),
        delta: fc.oneof(
          fc.constantFrom(
            { type: "text_delta", text: "b" },
            { type: "input_json_delta", partial_json: "{" },
            { type: "signature_delta", signature: "s" },
            { stop_reason: "end_turn" },
          ),
          fc.anything(),
        ),
        usage: fc.oneof(
          fc.constant({ output_tokens: 3, output_tokens_details: { thinking_tokens: 9 } }),
          fc.anything(),
        ),
      },
      { requiredKeys: ["type"] },
    );
    const known = (value: unknown) =>
      JSON.stringify(value, (_name, inner) => (typeof inner === "bigint" ? 0 : inner)) ?? "null";
    fc.assert(
      fc.property(fc.array(junk, { maxLength: 20 }), (events) => {
        read(events.map((event) => `data: ${known(event)}\n\n`).join(""));
      }),
      { numRuns: 400 },
    );
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), (pieces) => {
        const reader = anthropicProvider.eventReader(PLAIN_REQUEST);
        const events = pieces.flatMap((piece) => reader.push(piece));
        expect(checkEvents([...events, ...reader.finish()])).toEqual([]);
      }),
    );
  });
});

describe("streams for Anthropic's clients", () => {
  it("come back through writer and reader, interleaved or not", () => {
    fc.assert(
      fc.property(arbitraryEvents("VgwAnthropic"), (events) => {
        const text = write(events);
        expectNested(text);
        const before = essence(events);
        const again = essence(read(text));
        // A call's state goes as an empty thought behind it: see `blocks.test.ts` for its way back.
        const told = events.some((event) => event.type === "usage");
        expect(withoutCallState(again, told)).toEqual(withoutCallState(before, told));
      }),
      { numRuns: 120 },
    );
  });

  it("waits for content before it begins, so that the count of the input is told if it can be", () => {
    const writer = anthropicClient.eventWriter(context);
    expect(writer.write({ type: "start", id: "msg_9", model: "m" })).toBe("");
    expect(
      writer.write({
        type: "usage",
        usage: { input: 4, cacheRead: 2, cacheWrite: 1, cacheWriteHour: 1, output: 0, reasoning: 0 },
      }),
    ).toBe("");
    expect(writer.write({ type: "open", index: 0, part: { kind: "text" } })).toBe(
      'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_9","type":"message","role":"assistant","model":"claude","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":4,"cache_creation_input_tokens":2,"cache_read_input_tokens":2,"cache_creation":{"ephemeral_5m_input_tokens":1,"ephemeral_1h_input_tokens":1},"output_tokens":0,"output_tokens_details":{"thinking_tokens":0}}}}\n\n' +
        'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
    );
  });

  it("estimates the input where nobody has told it, and puts it right at the end", () => {
    const text = write([
      { type: "start", id: "", model: "" },
      { type: "open", index: 0, part: { kind: "text" } },
      { type: "text", index: 0, text: "Hi." },
      { type: "close", index: 0 },
      { type: "stop", stop: { reason: "end", native: "stop", matched: null } },
      {
        type: "usage",
        usage: { input: 100, cacheRead: 20, cacheWrite: 0, cacheWriteHour: 0, output: 5, reasoning: 2 },
      },
      { type: "end" },
    ]);
    const sent = payloads(text);
    expect(sent[0]).toMatchObject({ message: { usage: { input_tokens: 2, output_tokens: 0 } } });
    expect(sent.at(-2)).toMatchObject({
      type: "message_delta",
      usage: { input_tokens: 100, cache_read_input_tokens: 20, output_tokens: 7 },
    });
  });

  it("an error ends a stream in its place, without a normal end", () => {
    const text = write([
      { type: "start", id: "", model: "" },
      { type: "open", index: 0, part: { kind: "text" } },
      { type: "text", index: 0, text: "Hal" },
      { type: "error", error: AN_ERROR },
      { type: "stop", stop: { reason: "end", native: "", matched: null } },
      { type: "end" },
    ]);
    expect(
      text.endsWith(
        'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
      ),
    ).toBe(true);
    expect(text).not.toContain("message_stop");
    expect(text).not.toContain("message_delta");
    const failed = write([
      { type: "start", id: "", model: "" },
      { type: "stop", stop: { reason: "failed", native: "OTHER", matched: null } },
      { type: "end" },
    ]);
    expect(payloads(failed)).toMatchObject([{ type: "error" }]);
  });

  it.each([
    ["end", "end_turn"],
    ["stop-string", "stop_sequence"],
    ["length", "max_tokens"],
    ["context", "model_context_window_exceeded"],
    ["tool-calls", "tool_use"],
    ["policy", "refusal"],
    ["paused", "pause_turn"],
  ] as const)("%s goes out as %s", (reason, native) => {
    const text = write([
      { type: "start", id: "", model: "" },
      { type: "stop", stop: { reason, native: "", matched: "END" } },
      { type: "end" },
    ]);
    expect(payloads(text).map((event) => event.type)).toEqual(["message_start", "message_delta", "message_stop"]);
    expect(payloads(text)[1]).toMatchObject({ delta: { stop_reason: native, stop_sequence: "END" } });
  });
});

function payloads(text: string): { type: string; index?: number }[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice(6)));
}

/** Blocks one after the other, numbered from 0, no delta outside of its block. */
function expectNested(text: string): void {
  let open = -1;
  let next = 0;
  for (const { type, index } of payloads(text)) {
    if (type === "content_block_start") {
      expect([open, index]).toEqual([-1, next++]);
      open = index ?? -1;
    } else if (type === "content_block_delta") expect(index).toBe(open);
    else if (type === "content_block_stop") {
      expect(index).toBe(open);
      open = -1;
    } else if (type === "message_delta") expect(open).toBe(-1);
  }
}

function withoutCallState(value: unknown, told: boolean): unknown {
  const { parts, ...rest } = value as {
    parts: { type: string; text?: string; signature?: string | null }[];
    usage: unknown;
  };
  const kept = parts
    .filter((part) => part.type !== "reasoning" || part.text !== "")
    .map((part) => (part.type === "tool-call" ? { ...part, signature: null } : part));
  return { ...rest, usage: told ? rest.usage : null, parts: mergeTexts(kept) };
}

function mergeTexts(parts: readonly { type: string; text?: string }[]): unknown[] {
  const merged: { type: string; text?: string }[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (part.type === "text" && last?.type === "text")
      merged[merged.length - 1] = { ...last, text: `${last.text}${part.text}` };
    else merged.push(part);
  }
  return merged;
}
