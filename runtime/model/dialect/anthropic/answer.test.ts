import { describe, expect, it } from "vitest";
import type { ModelAnswer } from "../../canonical/answer.ts";
import { PLAIN_REQUEST } from "../../testing/feature-requests.ts";
import type { AnswerContext } from "../dialect.ts";
import { anthropicClient } from "./client.ts";
import { anthropicProvider } from "./provider.ts";

const context: AnswerContext = { request: PLAIN_REQUEST, model: "claude", created: 0, random: (n) => "x".repeat(n) };

const WHOLE = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-x",
  content: [
    { type: "thinking", thinking: "Hm.", signature: "EqQB" },
    { type: "redacted_thinking", data: "ZGF0YQ==" },
    { type: "text", text: "Ja." },
    { type: "tool_use", id: "toolu_1", name: "weather", input: { city: "Oslo" } },
  ],
  stop_reason: "tool_use",
  stop_sequence: null,
  usage: {
    input_tokens: 10,
    cache_creation_input_tokens: 7,
    cache_read_input_tokens: 5,
    cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
    output_tokens: 20,
    output_tokens_details: { thinking_tokens: 8 },
  },
};

const read = (body: unknown) => anthropicProvider.readAnswer(Buffer.from(JSON.stringify(body)), PLAIN_REQUEST);

describe("whole answers of Anthropic", () => {
  it("are read, and written again as they were", () => {
    const answer = read(WHOLE);
    expect(answer).toEqual({
      id: "msg_1",
      model: "claude-x",
      parts: [
        { type: "reasoning", text: "Hm.", signature: "VgwAnthropicEqQB", redacted: null },
        { type: "reasoning", text: "", signature: null, redacted: "VgwAnthropicZGF0YQ==" },
        { type: "text", text: "Ja." },
        { type: "tool-call", id: "toolu_1", name: "weather", arguments: '{"city":"Oslo"}', signature: null },
      ],
      stop: { reason: "tool-calls", native: "tool_use", matched: null },
      usage: { input: 10, cacheRead: 5, cacheWrite: 3, cacheWriteHour: 4, output: 12, reasoning: 8 },
    });
    if (!("parts" in answer)) throw new Error("error");
    expect(JSON.parse(anthropicClient.writeAnswer(answer, context))).toEqual({ ...WHOLE, model: "claude" });
  });

  it("an empty thought with its state is kept; empty texts are not", () => {
    expect(
      read({
        ...WHOLE,
        content: [
          { type: "thinking", thinking: "", signature: "EqQB" },
          { type: "text", text: "" },
        ],
      }),
    ).toMatchObject({ parts: [{ type: "reasoning", text: "", signature: "VgwAnthropicEqQB" }] });
  });

  it("a call that the cap cut is marked and not made up", () => {
    const cut: ModelAnswer = {
      id: "",
      model: "",
      parts: [{ type: "tool-call", id: "a", name: "b", arguments: '{"city":"Os', signature: "VgwGemini///c2ln" }],
      stop: { reason: "length", native: "length", matched: null },
      usage: null,
    };
    const written = JSON.parse(anthropicClient.writeAnswer(cut, context));
    expect(written).toMatchObject({ id: "msg_xxxxxxxxxxxxxxxxxxxxxxxx", stop_reason: "max_tokens" });
    expect(written.content).toEqual([
      { type: "tool_use", id: "a", name: "b", input: { $raw_arguments: '{"city":"Os' } },
      { type: "thinking", thinking: "", signature: "VgwGemini///c2ln" },
    ]);
    // Nobody told the counts, which clients expect: they are estimates.
    expect(written.usage).toMatchObject({ input_tokens: 2, output_tokens: 3 });
    expect(
      read({ ...WHOLE, content: [{ type: "tool_use", id: "a", name: "b", input: {} }], stop_reason: "max_tokens" }),
    ).toMatchObject({ parts: [{ arguments: "" }] });
    expect(read({ ...WHOLE, content: [{ type: "tool_use", id: "a", name: "b", input: {} }] })).toMatchObject({
      parts: [{ arguments: "{}" }],
    });
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "<html>"],
    ["no message", "{}"],
    ["no reason", '{"content":[]}'],
    ["a model that failed", '{"content":[],"stop_reason":"error"}'],
  ])("%s is an error of the provider", (_name, body) => {
    expect(anthropicProvider.readAnswer(Buffer.from(body), PLAIN_REQUEST)).toMatchObject({
      class: "upstream",
      status: 502,
    });
  });

  it("an error with status 200 is an error", () => {
    expect(read({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } })).toMatchObject({
      class: "overloaded",
      status: 529,
    });
  });
});
