/** The official SDK reads what is written for clients of both of OpenAI's dialects, and its requests are read: the whole way over a socket. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelEvent, StopReason } from "../../canonical/answer.ts";
import type { ModelError } from "../../canonical/error.ts";
import { gather } from "../../canonical/gather.ts";
import type { ModelRequest } from "../../canonical/request.ts";
import type { ClientDialect } from "../dialect.ts";
import { openaiChatClient } from "../openai-chat/client.ts";
import { openaiResponsesClient } from "../openai-responses/client.ts";

const TOOL = { type: "object", properties: { city: { type: "string" } } };
const usage = { input: 7, cacheRead: 5, cacheWrite: 0, cacheWriteHour: 0, output: 4, reasoning: 3 };

function stop(reason: StopReason): ModelEvent[] {
  return [{ type: "stop", stop: { reason, native: "", matched: null } }, { type: "usage", usage }, { type: "end" }];
}

const SAID: ModelEvent[] = [
  { type: "start", id: "answer1", model: "x" },
  { type: "open", index: 0, part: { kind: "reasoning", redacted: null } },
  { type: "text", index: 0, text: "Let me " },
  { type: "text", index: 0, text: "think." },
  { type: "signature", index: 0, signature: "VgwAnthropicstate" },
  { type: "close", index: 0 },
  { type: "open", index: 1, part: { kind: "text" } },
  { type: "text", index: 1, text: "It is " },
  { type: "text", index: 1, text: "raining ☔." },
  { type: "close", index: 1 },
];

const CALLED: ModelEvent[] = [
  { type: "open", index: 2, part: { kind: "tool-call", id: "call_a", name: "weather" } },
  { type: "open", index: 3, part: { kind: "tool-call", id: "call_b", name: "now" } },
  { type: "arguments", index: 2, text: '{"city":' },
  { type: "arguments", index: 2, text: '"Oslo"}' },
  { type: "close", index: 2 },
  { type: "close", index: 3 },
];

const ERROR: ModelError = {
  class: "quota",
  status: 429,
  code: "",
  message: "Used up.",
  parameter: null,
  retryAfter: null,
};

/** What the server answers, by the name of the model that the client asks for. */
const ANSWERS: { readonly [model: string]: ModelEvent[] } = {
  text: [...SAID, ...stop("end")],
  tools: [...SAID, ...CALLED, ...stop("tool-calls")],
  length: [...SAID, ...stop("length")],
  broken: [...SAID, { type: "error", error: ERROR }],
};

let server: Server;
let client: OpenAI;
/** The last request, as it was read. */
let heard: ModelRequest | null = null;
let asked = 0;

beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      asked++;
      const dialect: ClientDialect = incoming.url?.endsWith("/responses") ? openaiResponsesClient : openaiChatClient;
      const request = dialect.readRequest(JSON.parse(Buffer.concat(chunks).toString()), { model: null, stream: null });
      if (!("model" in request)) throw new Error(JSON.stringify(request));
      heard = request;
      // The tool's results are in: the model has the last word.
      const finished = request.turns.at(-1)?.parts.some((part) => part.type === "tool-result") === true;
      const events = ANSWERS[finished ? "text" : request.model];
      const context = { request, model: request.model, created: 1_700_000_000, random: (n: number) => "r".repeat(n) };
      if (events === undefined) {
        const { status, headers, body } = dialect.writeError(ERROR);
        outgoing.writeHead(status, [...headers]).end(body);
      } else if (request.stream) {
        outgoing.writeHead(200, { "content-type": dialect.streamMediaType });
        const writer = dialect.eventWriter(context);
        for (const event of events) outgoing.write(writer.write(event));
        outgoing.end();
      } else {
        const answer = gather(events);
        if (answer === null || !("parts" in answer)) throw new Error("no answer");
        outgoing.writeHead(200, { "content-type": "application/json" }).end(dialect.writeAnswer(answer, context));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: "test" });
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const messages: OpenAI.ChatCompletionMessageParam[] = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Weather?" },
];
const functions: OpenAI.ChatCompletionTool[] = [{ type: "function", function: { name: "weather", parameters: TOOL } }];

describe("Chat Completions", () => {
  it("whole", async () => {
    const answer = await client.chat.completions.create({ model: "tools", messages, tools: functions });
    expect(answer.choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: {
        content: "It is raining ☔.",
        tool_calls: [
          { id: "call_a", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } },
          { id: "call_b", type: "function", function: { name: "now", arguments: "{}" } },
        ],
      },
    });
    expect(answer.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 });
  });

  it("as a stream, with usage", async () => {
    const stream = client.chat.completions.stream({
      model: "tools",
      messages,
      tools: functions,
      stream_options: { include_usage: true },
    });
    const answer = await stream.finalChatCompletion();
    expect(heard?.streamUsage).toBe(true);
    expect(answer.choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: {
        content: "It is raining ☔.",
        tool_calls: [
          { id: "call_a", function: { name: "weather", arguments: '{"city":"Oslo"}' } },
          { id: "call_b", function: { name: "now", arguments: "{}" } },
        ],
      },
    });
    expect(answer.usage?.total_tokens).toBe(19);
  });

  it("runs tools until the answer is there", async () => {
    const calls: string[] = [];
    const tool = (name: string) => ({
      type: "function" as const,
      function: {
        name,
        description: "Tells.",
        parameters: TOOL,
        function: () => {
          calls.push(name);
          return "rain";
        },
      },
    });
    const runner = client.chat.completions.runTools({
      model: "tools",
      messages: [...messages],
      stream: true,
      tools: [tool("weather"), tool("now")],
    });
    expect(await runner.finalContent()).toBe("It is raining ☔.");
    expect(calls).toEqual(["weather", "now"]);
    expect(heard?.turns.at(-1)?.parts[0]).toMatchObject({ type: "tool-result", id: "call_b", name: "now" });
  });

  it("gives thoughts back where the message goes back as it came", async () => {
    const { message } =
      (await client.chat.completions.stream({ model: "tools", messages }).finalChatCompletion()).choices[0] ?? {};
    if (message === undefined) throw new Error("no message");
    const results = ["call_a", "call_b"].map((id) => ({ role: "tool" as const, tool_call_id: id, content: "rain" }));
    await client.chat.completions.create({ model: "tools", messages: [...messages, message, ...results] });
    expect(heard?.turns[1]?.parts).toMatchObject([
      { type: "reasoning", text: "Let me think.", signature: "VgwAnthropicstate" },
      { type: "text" },
      { type: "tool-call", id: "call_a" },
      { type: "tool-call", id: "call_b" },
    ]);
  });

  it("cut at the cap", async () => {
    const answer = await client.chat.completions.stream({ model: "length", messages }).finalChatCompletion();
    expect(answer.choices[0]?.finish_reason).toBe("length");
  });

  it("an error in the middle is an error there too", async () => {
    const stream = await client.chat.completions.create({ model: "broken", messages, stream: true });
    let text = "";
    const reading = async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    };
    await expect(reading()).rejects.toMatchObject({ code: "insufficient_quota", message: "Used up." });
    expect(text).toBe("It is raining ☔.");
  });

  it("an error before is one, and is not tried again", async () => {
    const before = asked;
    await expect(client.chat.completions.create({ model: "none", messages })).rejects.toMatchObject({
      status: 429,
      code: "insufficient_quota",
    });
    expect(asked).toBe(before + 1);
  });
});

describe("Responses", () => {
  const tools: OpenAI.Responses.Tool[] = [{ type: "function", name: "weather", parameters: TOOL, strict: false }];

  it("whole", async () => {
    const answer = await client.responses.create({ model: "text", input: "Weather?", instructions: "Be brief." });
    expect(heard?.system).toMatchObject([{ text: "Be brief." }]);
    expect(answer.output_text).toBe("It is raining ☔.");
    expect(answer.status).toBe("completed");
    expect(answer.usage).toMatchObject({ input_tokens: 12, output_tokens: 7, total_tokens: 19 });
  });

  it("as a stream, with tools, and the conversation goes on with what came", async () => {
    const stream = client.responses.stream({ model: "tools", input: "Weather?", tools });
    const pieces: string[] = [];
    stream.on("response.function_call_arguments.delta", (event) => pieces.push(event.delta));
    const answer = await stream.finalResponse();
    expect(answer.output_text).toBe("It is raining ☔.");
    expect(pieces).toEqual(['{"city":', '"Oslo"}', "{}"]);
    expect(answer.output.filter((item) => item.type === "function_call")).toMatchObject([
      { call_id: "call_a", name: "weather", arguments: '{"city":"Oslo"}', status: "completed" },
      { call_id: "call_b", name: "now", arguments: "{}", status: "completed" },
    ]);
    expect(answer.usage?.total_tokens).toBe(19);
    const input: OpenAI.Responses.ResponseInput = [{ role: "user", content: "Weather?" }];
    for (const item of answer.output) input.push(item as OpenAI.Responses.ResponseInputItem);
    for (const id of ["call_a", "call_b"]) input.push({ type: "function_call_output", call_id: id, output: "rain" });
    const last = await client.responses.create({ model: "tools", input, tools });
    expect(last.output_text).toBe("It is raining ☔.");
    expect(heard?.turns.map((turn) => turn.role)).toEqual(["user", "assistant", "user"]);
    expect(heard?.turns[1]?.parts).toMatchObject([
      { type: "reasoning", text: "Let me think.", signature: "VgwAnthropicstate" },
      { type: "text", text: "It is raining ☔." },
      { type: "tool-call", id: "call_a" },
      { type: "tool-call", id: "call_b", arguments: "{}" },
    ]);
  });

  it("cut at the cap", async () => {
    const answer = await client.responses.stream({ model: "length", input: "Weather?" }).finalResponse();
    expect(answer.status).toBe("incomplete");
    expect(answer.incomplete_details?.reason).toBe("max_output_tokens");
  });

  it("an error in the middle is an error there too", async () => {
    const stream = client.responses.stream({ model: "broken", input: "Weather?" });
    await expect(stream.finalResponse()).rejects.toMatchObject({ code: "insufficient_quota" });
  });
});
