import { describe, expect, it } from "vitest";
import { NO_USAGE } from "../../canonical/usage.ts";
import { PLAIN_REQUEST } from "../../testing/feature-requests.ts";
import { bytesOf, readerSuite, type StreamRow } from "../../testing/reader.suite.ts";
import { cohereProvider } from "./provider.ts";

const stream = (...all: { type: string; [name: string]: unknown }[]) =>
  bytesOf(all.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""));
const start = {
  type: "message-start",
  id: "c14c",
  delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } },
};
const block = (index: number, kind: "text" | "thinking", ...texts: string[]) => [
  { type: "content-start", index, delta: { message: { content: { type: kind, [kind]: "" } } } },
  ...texts.map((text) => ({ type: "content-delta", index, delta: { message: { content: { [kind]: text } } } })),
  { type: "content-end", index },
];
const callStart = (index: number, id: string, name: string) => ({
  type: "tool-call-start",
  index,
  delta: { message: { tool_calls: { id, type: "function", function: { name, arguments: "" } } } },
});
const callMore = (index: number, text: string) => ({
  type: "tool-call-delta",
  index,
  delta: { message: { tool_calls: { function: { arguments: text } } } },
});
const callEnd = (index: number) => ({ type: "tool-call-end", index });
const plan = (text: string) => ({ type: "tool-plan-delta", delta: { message: { tool_plan: text } } });
const USAGE = {
  billed_units: { input_tokens: 17, output_tokens: 12 },
  tokens: { input_tokens: 215, output_tokens: 14 },
};
const end = (reason: string, usage: object = USAGE) => ({
  type: "message-end",
  id: "c14c",
  delta: { finish_reason: reason, usage },
});

const rows: readonly StreamRow[] = [
  {
    what: "text; what is billed counts, not what the models worked on",
    raw: stream(start, ...block(0, "text", "Grüße, ", "Welt 🌍"), end("COMPLETE")),
    gives: {
      id: "c14c",
      parts: [{ type: "text", text: "Grüße, Welt 🌍" }],
      stop: { reason: "end", native: "COMPLETE", matched: null },
      usage: { ...NO_USAGE, input: 17, output: 12 },
    },
  },
  {
    what: "tokens where nothing is billed; cached ones are a part of the prompt",
    raw: stream(
      start,
      ...block(0, "text", "a"),
      end("MAX_TOKENS", { tokens: { input_tokens: 100, output_tokens: 3 }, cached_tokens: 64 }),
    ),
    gives: {
      stop: { reason: "length", native: "MAX_TOKENS", matched: null },
      usage: { ...NO_USAGE, input: 36, cacheRead: 64, output: 3 },
    },
  },
  {
    what: "the plan comes before the calls; no arguments are {}",
    raw: stream(
      start,
      plan("I look "),
      plan("it up."),
      callStart(0, "w_1", "weather"),
      callMore(0, '{"city":'),
      callMore(0, '"Oslo"}'),
      callEnd(0),
      callStart(1, "n_1", "now"),
      callEnd(1),
      end("TOOL_CALL"),
    ),
    gives: {
      parts: [
        { type: "text", text: "I look it up." },
        { type: "tool-call", id: "w_1", name: "weather", arguments: '{"city":"Oslo"}', signature: null },
        { type: "tool-call", id: "n_1", name: "now", arguments: "{}", signature: null },
      ],
      stop: { reason: "tool-calls", native: "TOOL_CALL", matched: null },
    },
  },
  {
    what: "two calls interleaved, with the same index as a content",
    raw: stream(
      start,
      ...block(0, "text", "x"),
      callStart(0, "a", "f"),
      callStart(1, "b", "g"),
      callMore(1, "{"),
      callMore(0, "{}"),
      callMore(1, "}"),
      callEnd(0),
      callEnd(1),
      end("TOOL_CALL"),
    ),
    gives: {
      parts: [
        { type: "text", text: "x" },
        { type: "tool-call", id: "a", name: "f", arguments: "{}", signature: null },
        { type: "tool-call", id: "b", name: "g", arguments: "{}", signature: null },
      ],
    },
  },
  {
    what: "thoughts, citations, debug, and what OpenAI ends with",
    raw: Buffer.concat([
      stream(
        start,
        ...block(0, "thinking", "Hm."),
        ...block(1, "text", "Yes."),
        { type: "citation-start", index: 0, delta: { message: { citations: { start: 0, end: 1, text: "Y" } } } },
        { type: "citation-end", index: 0 },
        { type: "debug", prompt: "…" },
        end("COMPLETE"),
      ),
      bytesOf("data: [DONE]\n\n"),
    ]),
    gives: {
      parts: [
        { type: "reasoning", text: "Hm.", signature: null, redacted: null },
        { type: "text", text: "Yes." },
      ],
    },
  },
  {
    what: "a stop string",
    raw: stream(start, end("STOP_SEQUENCE")),
    gives: { parts: [], stop: { reason: "stop-string", native: "STOP_SEQUENCE", matched: null } },
  },
  { what: "an error at the end", raw: stream(start, ...block(0, "text", "a"), end("ERROR")), gives: "upstream" },
  { what: "Cohere's own limit of time", raw: stream(start, end("TIMEOUT")), gives: "upstream" },
  { what: "an end without message-end", raw: stream(start, ...block(0, "text", "a")), gives: "upstream" },
  { what: "an event that is no JSON", raw: bytesOf("data: {\n\n"), gives: "upstream" },
];

readerSuite(cohereProvider, rows);

describe("whole answers of Cohere", () => {
  const answer = (message: object, reason = "COMPLETE", usage: object = USAGE) =>
    cohereProvider.readAnswer(
      bytesOf(JSON.stringify({ id: "c", finish_reason: reason, message, usage })),
      PLAIN_REQUEST,
    );
  const call = (id: string, name: string, text: string) => ({
    id,
    type: "function",
    function: { name, arguments: text },
  });

  it.each([
    [
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Hm." },
          { type: "text", text: "Yes." },
        ],
      },
      "COMPLETE",
      "end",
      [
        { type: "reasoning", text: "Hm.", signature: null, redacted: null },
        { type: "text", text: "Yes." },
      ],
    ],
    [
      {
        role: "assistant",
        tool_plan: "I look.",
        tool_calls: [call("a", "f", '{"x":1}'), call("b", "g", ""), call("a", "f", "{}")],
      },
      "TOOL_CALL",
      "tool-calls",
      [
        { type: "text", text: "I look." },
        { type: "tool-call", id: "a", name: "f", arguments: '{"x":1}', signature: null },
        { type: "tool-call", id: "b", name: "g", arguments: "{}", signature: null },
        { type: "tool-call", id: "a_3", name: "f", arguments: "{}", signature: null },
      ],
    ],
    [
      { role: "assistant", tool_calls: [call("a", "f", '{"x')] },
      "MAX_TOKENS",
      "length",
      [{ type: "tool-call", id: "a", name: "f", arguments: '{"x', signature: null }],
    ],
  ])("%j", (message, native, reason, parts) => {
    expect(answer(message, native)).toEqual({
      id: "c",
      model: "",
      parts,
      stop: { reason, native, matched: null },
      usage: { ...NO_USAGE, input: 17, output: 12 },
    });
  });

  it.each(["ERROR", "TIMEOUT"])("%s is an error, never an answer", (reason) => {
    expect(answer({ role: "assistant", content: [{ type: "text", text: "a" }] }, reason)).toMatchObject({
      class: "upstream",
      code: reason,
    });
  });
});

describe("errors of Cohere", () => {
  it.each([
    [400, "invalid request: list of tools must not be empty", "client"],
    [400, "too many tokens: total number of tokens in the prompt cannot exceed 128000", "context"],
    [401, "invalid api token", "auth"],
    [402, "please add or update your payment method", "quota"],
    [404, "model 'x' not found", "not-found"],
    [422, "unknown field: parameter 'x' is not a valid field", "client"],
    [429, "You are using a Trial key, which is limited to 20 API calls / minute.", "rate"],
    [429, "You are using a Trial key, which is limited to 1000 API calls / month.", "quota"],
    [498, "invalid token", "auth"],
    [499, "request cancelled", "timeout"],
    [500, "internal server error, this has been reported to our developers", "upstream"],
    [503, "service unavailable", "overloaded"],
  ])("%i %s", (status, message, kind) => {
    const body = bytesOf(JSON.stringify({ id: "e", message }));
    expect(cohereProvider.readError(status, [], body)).toMatchObject({ class: kind, status, retryAfter: null });
  });
});
