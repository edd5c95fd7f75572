/**
 * The official clients of Anthropic and Google over a socket: their requests are read and written for the other's provider, whose bytes come back
 * through reader and writer. Whole conversations with tools, streams and not, errors before and within a stream.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Anthropic from "@anthropic-ai/sdk";
import { ApiError, type FunctionCall, GoogleGenAI, type Part, type Tool } from "@google/genai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gather } from "../runtime/model/canonical/gather.ts";
import type { ModelError } from "../runtime/model/canonical/error.ts";
import type { Json, ModelRequest } from "../runtime/model/canonical/request.ts";
import { anthropicClient } from "../runtime/model/dialect/anthropic/client.ts";
import { readCountRequest, writeCount } from "../runtime/model/dialect/anthropic/count.ts";
import { anthropicProvider } from "../runtime/model/dialect/anthropic/provider.ts";
import type { AnswerContext, ClientDialect, ProviderDialect } from "../runtime/model/dialect/dialect.ts";
import { geminiClient } from "../runtime/model/dialect/gemini/client.ts";
import * as geminiCount from "../runtime/model/dialect/gemini/count.ts";
import { readPath } from "../runtime/model/dialect/gemini/path.ts";
import { geminiProvider } from "../runtime/model/dialect/gemini/provider.ts";

const OVERLOADED: ModelError = {
  class: "overloaded",
  status: 529,
  code: "",
  message: "Overloaded, says the test",
  parameter: null,
  retryAfter: 1000,
};

const SCHEMA = { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] };

/** What each provider answers: first two calls, then, when their results are there, a text. */
const BYTES = {
  anthropic: {
    calls: messages(
      {
        type: "message_start",
        message: {
          id: "msg_a",
          model: "claude-real",
          usage: { input_tokens: 11, cache_read_input_tokens: 4, output_tokens: 1 },
        },
      },
      { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Two cities." } },
      { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "c2lnbmVk" } },
      { type: "content_block_stop", index: 0 },
      { type: "ping" },
      ...claudeCall(1, "toolu_1", ['{"city":', '"Oslo"}']),
      ...claudeCall(2, "toolu_2", ['{"city":"Rome"}']),
      { type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage: { output_tokens: 20 } },
      { type: "message_stop" },
    ),
    text: messages(
      {
        type: "message_start",
        message: { id: "msg_b", model: "claude-real", usage: { input_tokens: 30, output_tokens: 1 } },
      },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Oslo: rain, " } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Rome: sun ☀." } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 9 } },
      { type: "message_stop" },
    ),
  },
  gemini: {
    calls: chunks(
      {
        candidates: [{ content: { parts: [{ text: "Two cities.", thought: true }] } }],
        responseId: "r1",
        usageMetadata: { promptTokenCount: 15, cachedContentTokenCount: 4 },
      },
      {
        candidates: [
          {
            content: {
              parts: [
                { functionCall: { name: "weather", args: { city: "Oslo" } }, thoughtSignature: "c2lnbmVk" },
                { functionCall: { name: "weather", args: { city: "Rome" } } },
              ],
            },
            finishReason: "STOP",
          },
        ],
        responseId: "r1",
        usageMetadata: {
          promptTokenCount: 15,
          cachedContentTokenCount: 4,
          candidatesTokenCount: 12,
          thoughtsTokenCount: 8,
        },
      },
    ),
    text: chunks(
      { candidates: [{ content: { parts: [{ text: "Oslo: rain, " }] } }], responseId: "r2" },
      {
        candidates: [{ content: { parts: [{ text: "Rome: sun ☀." }] }, finishReason: "STOP" }],
        responseId: "r2",
        usageMetadata: { promptTokenCount: 30, candidatesTokenCount: 9 },
      },
    ),
  },
} as const;

function messages(...events: { type: string; [name: string]: unknown }[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

function claudeCall(index: number, id: string, pieces: string[]) {
  return [
    { type: "content_block_start", index, content_block: { type: "tool_use", id, name: "weather", input: {} } },
    ...pieces.map((partial_json) => ({
      type: "content_block_delta",
      index,
      delta: { type: "input_json_delta", partial_json },
    })),
    { type: "content_block_stop", index },
  ];
}

function chunks(...events: object[]): string {
  return events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`).join("");
}

let server: Server;
let base = "";
/** Bodies that went to the provider. */
let sent: string[] = [];

beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    const pieces: Buffer[] = [];
    incoming.on("data", (piece: Buffer) => pieces.push(piece));
    incoming.on("end", () => answer(incoming, JSON.parse(Buffer.concat(pieces).toString()), outgoing));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  return closed;
});

function answer(incoming: IncomingMessage, body: Json, outgoing: ServerResponse): void {
  const url = new URL(incoming.url ?? "", base);
  const path = readPath(url.pathname, url.search.slice(1));
  const client: ClientDialect = path === null ? anthropicClient : geminiClient;
  const provider: ProviderDialect = path === null ? geminiProvider : anthropicProvider;
  if (url.pathname.endsWith("/count_tokens")) {
    expect(readCountRequest(body)).toHaveProperty("turns");
    outgoing.writeHead(200, { "content-type": "application/json" }).end(writeCount(42));
    return;
  }
  if (path?.action === "count") {
    expect(geminiCount.readCountRequest(body, path)).toHaveProperty("turns");
    outgoing.writeHead(200, { "content-type": "application/json" }).end(geminiCount.writeCount(42));
    return;
  }
  const request = client.readRequest(body, path ?? { model: null, stream: null });
  if (!("model" in request)) throw new Error(JSON.stringify(request));
  if (request.model === "refused") {
    const { status, headers, body: text } = client.writeError(OVERLOADED);
    outgoing.writeHead(status, [...headers]).end(text);
    return;
  }
  const written = provider.writeRequest(
    { ...request, stream: true },
    {
      model: provider.name === "gemini" ? "gemini-3-pro" : "claude-x",
      base: "http://provider.test/v1",
      variant: "",
      settings: { max_output: "4096" },
    },
  );
  if (!("body" in written)) {
    const [{ path: parameter, message } = { path: "", message: "" }] = written;
    const error = client.writeError({ ...OVERLOADED, class: "client", status: 400, parameter, message });
    outgoing.writeHead(error.status, [...error.headers]).end(error.body);
    return;
  }
  sent.push(written.body);
  respond(client, provider, request, outgoing);
}

function respond(
  client: ClientDialect,
  provider: ProviderDialect,
  request: ModelRequest,
  outgoing: ServerResponse,
): void {
  const script = BYTES[provider.name === "gemini" ? "gemini" : "anthropic"];
  const done = request.turns.some((turn) => turn.parts.some((part) => part.type === "tool-result"));
  const bytes = Buffer.from(done || request.tools.length === 0 ? script.text : script.calls);
  const context: AnswerContext = { request, model: request.model, created: 0, random: (length) => "r".repeat(length) };
  const reader = provider.eventReader(request);
  const events = [];
  // In pieces of seven bytes, so that nothing depends on how they come.
  for (let at = 0; at < bytes.length; at += 7) events.push(...reader.push(bytes.subarray(at, at + 7)));
  events.push(...reader.finish());
  const broken = request.model === "broken";
  if (request.stream) {
    outgoing.writeHead(200, { "content-type": client.streamMediaType });
    const writer = client.eventWriter(context);
    for (const event of broken ? events.slice(0, 3) : events) outgoing.write(writer.write(event) || "");
    if (broken) outgoing.write(writer.write({ type: "error", error: OVERLOADED }));
    outgoing.end();
    return;
  }
  const answer = gather(events);
  if (answer === null || !("parts" in answer)) throw new Error("no answer");
  outgoing.writeHead(200, { "content-type": "application/json" }).end(client.writeAnswer(answer, context));
}

const TEXT = "Oslo: rain, Rome: sun ☀.";
const SKY: { [city: string]: string } = { Oslo: "rain", Rome: "sun" };

describe("Anthropic's client, with Gemini behind", () => {
  const client = () => new Anthropic({ apiKey: "none", baseURL: base, maxRetries: 0 });
  const tools = [{ name: "weather", description: "The weather.", input_schema: SCHEMA }];
  const ask = { model: "any", max_tokens: 1000, messages: [{ role: "user" as const, content: "Weather?" }] };

  it.each([true, false])("a conversation with two calls at once (stream: %s)", async (stream) => {
    sent = [];
    const call = (body: Anthropic.MessageCreateParamsNonStreaming) =>
      stream ? client().messages.stream(body).finalMessage() : client().messages.create(body);
    const first = await call({ ...ask, tools });
    expect(first.stop_reason).toBe("tool_use");
    expect(first.model).toBe("any");
    expect(first.usage).toMatchObject({ input_tokens: 11, cache_read_input_tokens: 4, output_tokens: 20 });
    const calls = first.content.filter((block) => block.type === "tool_use");
    expect(calls.map((block) => block.input)).toEqual([{ city: "Oslo" }, { city: "Rome" }]);
    const results = calls.map((block) => ({
      type: "tool_result" as const,
      tool_use_id: block.id,
      content: SKY[(block.input as { city: string }).city] ?? "?",
    }));
    const second = await call({
      ...ask,
      tools,
      messages: [...ask.messages, { role: "assistant", content: first.content }, { role: "user", content: results }],
    });
    expect(second.content).toMatchObject([{ type: "text", text: TEXT }]);
    expect(second.stop_reason).toBe("end_turn");
    // Gemini gets its state back, on its own call, and the results with their function's name.
    expect(JSON.parse(sent[1]!).contents.slice(1)).toMatchObject([
      {
        role: "model",
        parts: [
          { functionCall: { args: { city: "Oslo" } }, thoughtSignature: "c2lnbmVk" },
          { functionCall: { args: { city: "Rome" } } },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { name: "weather", response: { result: "rain" } } },
          { functionResponse: { name: "weather", response: { result: "sun" } } },
        ],
      },
    ]);
  });

  it.each([true, false])("the tool runner comes to its end (stream: %s)", async (stream) => {
    const weather = {
      type: "custom" as const,
      name: "weather",
      description: "The weather.",
      input_schema: SCHEMA,
      run: (input: { city: string }) => SKY[input.city] ?? "?",
      parse: (content: unknown) => content as { city: string },
    };
    const runner = client().beta.messages.toolRunner({ ...ask, tools: [weather], stream });
    const last = await runner.runUntilDone();
    expect(last.content).toMatchObject([{ type: "text", text: TEXT }]);
  });

  it("helpers of the stream see every piece", async () => {
    const stream = client().messages.stream({ ...ask, tools });
    const pieces: string[] = [];
    stream.on("inputJson", (piece) => pieces.push(piece));
    const { content } = await stream.finalMessage();
    expect(pieces.join("")).toBe('{"city":"Oslo"}{"city":"Rome"}');
    expect(content.map((block) => block.type)).toEqual(["thinking", "tool_use", "thinking", "tool_use"]);
  });

  it("errors before and within a stream are errors", async () => {
    await expect(client().messages.create({ ...ask, model: "refused" })).rejects.toMatchObject({ status: 529 });
    const broken = client()
      .messages.stream({ ...ask, model: "broken" })
      .finalMessage();
    await expect(broken).rejects.toThrow(/Overloaded, says the test/);
  });

  it("counts tokens", async () => {
    const { input_tokens } = await client().messages.countTokens({ model: "any", messages: ask.messages });
    expect(input_tokens).toBe(42);
  });
});

describe("Google's client, with Anthropic behind", () => {
  const client = () => new GoogleGenAI({ apiKey: "none", httpOptions: { baseUrl: base } });
  const tools: Tool[] = [{ functionDeclarations: [{ name: "weather", parametersJsonSchema: SCHEMA }] }];

  it.each([true, false])("a chat with two calls at once (stream: %s)", async (stream) => {
    sent = [];
    const chat = client().chats.create({ model: "any", config: { tools } });
    const say = async (message: string | Part[]) => {
      const calls: FunctionCall[] = [];
      let text = "";
      let last: unknown;
      const answers = stream ? await chat.sendMessageStream({ message }) : [await chat.sendMessage({ message })];
      for await (const part of answers) {
        calls.push(...(part.functionCalls ?? []));
        text += (part.candidates?.[0]?.content?.parts ?? [])
          .map((one) => (one.thought ? "" : (one.text ?? "")))
          .join("");
        last = part;
      }
      return { calls, text, last };
    };
    const first = await say("Weather?");
    expect(first.calls).toEqual([
      { id: "toolu_1", name: "weather", args: { city: "Oslo" } },
      { id: "toolu_2", name: "weather", args: { city: "Rome" } },
    ]);
    expect(first.last).toMatchObject({
      candidates: [{ finishReason: "STOP" }],
      usageMetadata: {
        promptTokenCount: 15,
        cachedContentTokenCount: 4,
        candidatesTokenCount: 20,
        totalTokenCount: 35,
      },
      modelVersion: "any",
    });
    const second = await say(
      first.calls.map(({ id, name, args }) => ({
        functionResponse: { id: id!, name: name!, response: { output: SKY[String(args?.city)] } },
      })),
    );
    expect(second.text).toBe(TEXT);
    // Claude gets its thought back, unchanged and first, and all results in one turn.
    expect(JSON.parse(sent[1]!).messages.slice(1)).toEqual([
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Two cities.", signature: "c2lnbmVk" },
          { type: "tool_use", id: "toolu_1", name: "weather", input: { city: "Oslo" } },
          { type: "tool_use", id: "toolu_2", name: "weather", input: { city: "Rome" } },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "toolu_1", content: [{ type: "text", text: "rain" }] },
          { type: "tool_result", tool_use_id: "toolu_2", content: [{ type: "text", text: "sun" }] },
        ],
      },
    ]);
  });

  it("functions that the client calls by itself come to their end", async () => {
    const weather = {
      tool: async () => tools[0]!,
      callTool: async (calls: FunctionCall[]): Promise<Part[]> =>
        calls.map(({ id, name, args }) => ({
          functionResponse: { id: id!, name: name!, response: { output: SKY[String(args?.city)] } },
        })),
    };
    const answer = await client().models.generateContent({
      model: "any",
      contents: "Weather?",
      config: { tools: [weather] },
    });
    expect(answer.text).toBe(TEXT);
  });

  it("errors before and within a stream are errors", async () => {
    const refused = client().models.generateContent({ model: "refused", contents: "a" });
    await expect(refused).rejects.toBeInstanceOf(ApiError);
    const read = async () => {
      for await (const part of await client().models.generateContentStream({ model: "broken", contents: "a" }))
        expect(part).toBeDefined();
    };
    await expect(read()).rejects.toThrow();
  });

  it("counts tokens", async () => {
    expect((await client().models.countTokens({ model: "any", contents: "a" })).totalTokens).toBe(42);
  });
});
