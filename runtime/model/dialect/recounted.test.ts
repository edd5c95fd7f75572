/** Answers that are handed on as they came say nothing of usage that cannot be: whole ones are written anew, in streams that one event is. */
import { describe, expect, test } from "vitest";
import type { Json } from "../canonical/request.ts";
import { PLAIN_REQUEST } from "../testing/feature-requests.ts";
import { anthropicProvider } from "./anthropic/provider.ts";
import type { ProviderDialect } from "./dialect.ts";
import { geminiProvider } from "./gemini/provider.ts";
import { openaiChatProvider } from "./openai-chat/provider.ts";
import { openaiResponsesProvider } from "./openai-responses/provider.ts";

/** Of any dialect. */
interface Event {
  readonly usage?: Json;
  readonly usageMetadata?: Json;
  readonly response?: { readonly usage?: Json };
}

interface Row {
  readonly dialect: ProviderDialect;
  /** An answer and the events of a stream that say this of what was used. */
  readonly whole: (usage: Json) => Json;
  readonly events: (usage: Json) => readonly Json[];
  readonly sound: Json;
  /** What is said, and what clients are told. */
  readonly odd: readonly (readonly [said: Json, told: Json | undefined])[];
  /** Of the event that tells. */
  readonly usageOf: (event: Event) => Json | undefined;
}

const TEXT = "é 🌍";

const ROWS: readonly Row[] = [
  {
    dialect: openaiChatProvider,
    whole: (usage) => ({
      id: "1",
      model: "m",
      choices: [{ index: 0, message: { role: "assistant", content: TEXT }, finish_reason: "stop" }],
      usage,
    }),
    events: (usage) => [
      { id: "1", model: "m", choices: [{ index: 0, delta: { content: TEXT } }] },
      { id: "1", model: "m", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
      { id: "1", model: "m", choices: [], usage },
    ],
    sound: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
    odd: [
      [{ prompt_tokens: -1, completion_tokens: 2 }, null],
      [
        { prompt_tokens: 9, completion_tokens: 2 },
        {
          prompt_tokens: 9,
          completion_tokens: 2,
          total_tokens: 11,
          prompt_tokens_details: { cached_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 0 },
        },
      ],
      // Thought beside the completion, as some servers count.
      [
        {
          prompt_tokens: 9,
          completion_tokens: 2,
          total_tokens: 16,
          completion_tokens_details: { reasoning_tokens: 5 },
        },
        {
          prompt_tokens: 9,
          completion_tokens: 7,
          total_tokens: 16,
          prompt_tokens_details: { cached_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 5 },
        },
      ],
    ],
    usageOf: ({ usage }) => usage,
  },
  {
    dialect: openaiResponsesProvider,
    whole: (usage) => ({ id: "1", model: "m", status: "completed", output: [message()], usage }),
    events: (usage) => [
      { type: "response.created", response: { id: "1", model: "m", output: [] } },
      { type: "response.output_item.added", output_index: 0, item: { ...message(), content: [] } },
      { type: "response.output_text.delta", item_id: "i", output_index: 0, content_index: 0, delta: TEXT },
      {
        type: "response.completed",
        response: { id: "1", model: "m", status: "completed", output: [message()], usage },
      },
    ],
    sound: { input_tokens: 9, output_tokens: 2, total_tokens: 11 },
    odd: [[{ input_tokens: 1e308, output_tokens: 2, total_tokens: 11 }, null]],
    usageOf: ({ response }) => response?.usage,
  },
  {
    dialect: anthropicProvider,
    whole: (usage) => ({
      id: "1",
      model: "m",
      role: "assistant",
      type: "message",
      content: [{ type: "text", text: TEXT }],
      stop_reason: "end_turn",
      usage,
    }),
    events: (usage) => [
      { type: "message_start", message: { id: "1", model: "m", content: [], usage: { input_tokens: 9 } } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: TEXT } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage },
      { type: "message_stop" },
    ],
    sound: { input_tokens: 9, output_tokens: 2 },
    odd: [
      [
        { input_tokens: 9, output_tokens: -2 },
        {
          input_tokens: 0,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 0,
          cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
          output_tokens: 0,
          output_tokens_details: { thinking_tokens: 0 },
        },
      ],
    ],
    usageOf: ({ usage }) => usage,
  },
  {
    dialect: geminiProvider,
    whole: (usage) => ({
      candidates: [{ content: { role: "model", parts: [{ text: TEXT }] }, finishReason: "STOP" }],
      usageMetadata: usage,
    }),
    events: (usage) => [
      { candidates: [{ content: { role: "model", parts: [{ text: TEXT }] } }] },
      { candidates: [{ content: { role: "model", parts: [] }, finishReason: "STOP" }], usageMetadata: usage },
    ],
    sound: { promptTokenCount: 9, candidatesTokenCount: 2, totalTokenCount: 11 },
    odd: [
      [{ promptTokenCount: 9, candidatesTokenCount: 0.5, totalTokenCount: 11 }, null],
      [
        { promptTokenCount: 9, candidatesTokenCount: 2, totalTokenCount: 99 },
        { promptTokenCount: 9, candidatesTokenCount: 2, totalTokenCount: 11 },
      ],
    ],
    usageOf: ({ usageMetadata }) => usageMetadata,
  },
];

function message(): { readonly [name: string]: Json } {
  return {
    id: "i",
    type: "message",
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text: TEXT, annotations: [] }],
  };
}

describe.each(ROWS)("$dialect.name", ({ dialect, whole, events, sound, odd, usageOf }) => {
  const request = { ...PLAIN_REQUEST, stream: true, streamUsage: true };
  const streamed = (usage: Json): readonly Event[] => {
    const reader = dialect.pass!.stream!(request, "public", true);
    const bytes = events(usage).map((event) => `data: ${JSON.stringify(event)}\n\n`);
    reader.push(Buffer.from(bytes.join("")));
    reader.finish();
    const text = Buffer.from(reader.take() ?? []).toString();
    expect(text).toContain(TEXT);
    return [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json = ""]) => JSON.parse(json));
  };

  test("what adds up is handed on as it is", () => {
    const answer = dialect.readAnswer(Buffer.from(JSON.stringify(whole(sound))), request);
    expect(answer).not.toHaveProperty("uncounted");
    expect(streamed(sound).map(usageOf).findLast(Boolean)).toEqual(sound);
  });

  test.each(odd)("%j", (said, told) => {
    const answer = dialect.readAnswer(Buffer.from(JSON.stringify(whole(said))), request);
    expect(answer).toMatchObject({ uncounted: true });
    expect(usageOf(streamed(said).findLast((event) => usageOf(event) !== undefined)!)).toEqual(told);
  });
});
