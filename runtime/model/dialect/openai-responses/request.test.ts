import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelAnswer } from "../../canonical/answer.ts";
import type { Json, ModelRequest } from "../../canonical/request.ts";
import { PLAIN_REQUEST } from "../../testing/feature-requests.ts";
import { CONTEXT } from "../../testing/streams.ts";
import { openaiResponsesClient } from "./client.ts";
import { openaiResponsesProvider } from "./provider.ts";

const PATH = { model: null, stream: null };

function read(body: Json): ModelRequest {
  const request = openaiResponsesClient.readRequest(body, PATH);
  if (!("model" in request)) throw new Error(JSON.stringify(request));
  return request;
}

function write(request: ModelRequest) {
  return openaiResponsesProvider.writeRequest(request, {
    model: "m",
    base: "https://api.openai.com/v1",
    variant: "",
    settings: {},
  });
}

function body(request: ModelRequest): { readonly [name: string]: Json } {
  const written = write(request);
  if (!("body" in written)) throw new Error(JSON.stringify(written));
  return JSON.parse(written.body);
}

const user = (...content: Json[]) => ({ type: "message", role: "user", content });
const said = (text: string) => ({ type: "input_text", text });

/** Requests that say the same when they leave for a server of the same dialect. */
const SAME: readonly { what: string; body: { readonly [name: string]: Json } }[] = [
  { what: "a question", body: { model: "m", input: [user(said("Hello."))] } },
  {
    what: "settings",
    body: {
      model: "m",
      instructions: "Be brief.",
      input: [user(said("Hello."))],
      max_output_tokens: 10,
      temperature: 0.5,
      top_p: 0.5,
      reasoning: { effort: "low", summary: "auto" },
      text: { format: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true }, verbosity: "low" },
      user: "u",
      store: true,
      include: ["reasoning.encrypted_content"],
      previous_response_id: "resp_0",
      metadata: { a: "b" },
      truncation: "auto",
      stream: true,
    },
  },
  {
    what: "tools, their results, thoughts, media, and items of tools that the provider ran",
    body: {
      model: "m",
      input: [
        user(
          said("Look."),
          { type: "input_image", image_url: "https://a.example/b.png", detail: "low" },
          { type: "input_image", file_id: "file-1", detail: "auto" },
          { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" },
          { type: "input_file", file_url: "https://a.example/c.pdf" },
          { type: "input_other", x: 1 },
        ),
        {
          type: "reasoning",
          id: "rs_1",
          summary: [{ type: "summary_text", text: "Hm" }],
          encrypted_content: "gAAAA",
        },
        { type: "web_search_call", id: "ws_1", status: "completed" },
        { type: "item_reference", id: "msg_0" },
        { type: "function_call", call_id: "a", name: "f", arguments: "{}" },
        { type: "function_call", call_id: "b", name: "g", arguments: '{"x": 1.0}' },
        { type: "function_call_output", call_id: "a", output: "ok" },
        {
          type: "function_call_output",
          call_id: "b",
          output: [said("ok"), { type: "input_image", image_url: "data:image/png;base64,AAAA", detail: "auto" }],
        },
        { type: "message", role: "assistant", content: [{ type: "output_text", text: "Done." }] },
        { type: "message", role: "assistant", content: [{ type: "refusal", refusal: "No." }] },
      ],
      tools: [
        { type: "function", name: "f", description: "d", parameters: { type: "object" }, strict: true },
        { type: "function", name: "g", parameters: { type: "object" } },
      ],
      tool_choice: { type: "function", name: "f" },
      parallel_tool_calls: false,
    },
  },
];

describe("requests that stay what they are", () => {
  it.each(SAME)("$what", ({ body: sent }) => {
    const written = body(read(sent));
    // Neighbouring texts of an assistant are one message.
    const flat = (value: { readonly [name: string]: Json }) =>
      (Array.isArray(value.input) ? value.input : []).flatMap((item: Json) =>
        typeof item === "object" && item !== null && "content" in item && Array.isArray(item.content)
          ? item.content
          : [item],
      );
    expect(flat(written)).toEqual(flat(sent));
    expect({ ...written, input: null }).toEqual({ ...sent, input: null });
  });
});

describe("requests of clients", () => {
  it("may be a bare text", () => {
    const request = read({ model: "m", input: "Hello.", instructions: "A." });
    expect(request.turns).toMatchObject([{ role: "user", parts: [{ type: "text", text: "Hello." }] }]);
    expect(request.system).toMatchObject([{ text: "A." }]);
  });

  it("have instructions among their items, and turns of several items", () => {
    const request = read({
      model: "m",
      input: [
        { role: "developer", content: "A." },
        { role: "user", content: "Hello." },
        { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "VgwAnthropicsig" },
        { type: "function_call", call_id: "a", name: "f", arguments: "" },
        { type: "function_call", call_id: "b", name: "g", arguments: "{}" },
        { type: "function_call_output", call_id: "a", output: "1" },
        { type: "function_call_output", call_id: "b", output: "2" },
        { role: "system", content: [said("B.")] },
      ],
    });
    expect(request.system).toMatchObject([{ text: "A." }, { text: "B." }]);
    expect(request.turns).toMatchObject([
      { role: "user", parts: [{ text: "Hello." }] },
      {
        role: "assistant",
        parts: [
          { type: "reasoning", signature: "VgwAnthropicsig" },
          { type: "tool-call", id: "a", arguments: "{}" },
          { type: "tool-call", id: "b" },
        ],
      },
      {
        role: "user",
        parts: [
          { type: "tool-result", id: "a", name: "f" },
          { type: "tool-result", id: "b", name: "g" },
        ],
      },
    ]);
  });

  it.each([
    [{}, ["input", "model"]],
    [{ model: "m", input: [1, { role: "x", content: "y" }] }, ["input[0]", "input[1].role"]],
    [{ model: "m", input: [{ type: "function_call" }] }, ["input[0].call_id", "input[0].name"]],
    [{ model: "m", input: [user({ type: "input_image", image_url: "file:///x" })] }, ["input[0].content[0].image_url"]],
    [{ model: "m", input: "x", text: { format: { type: "y" } }, tool_choice: 5 }, ["text.format.type", "tool_choice"]],
    [null, [""]],
  ] satisfies [Json, string[]][])("%j is refused", (sent, paths) => {
    const refusals = openaiResponsesClient.readRequest(sent, PATH);
    if ("model" in refusals) throw new Error("taken");
    expect(refusals.map(({ path }) => path).sort()).toEqual([...paths].sort());
  });

  it("say what only this dialect can say, and what of it matters", () => {
    const plain = { model: "m", input: "Hello." };
    const essential = (fields: { readonly [name: string]: Json }) =>
      read({ ...plain, ...fields }).extras.essential ?? [];
    expect(essential({ store: true, background: false, metadata: {} })).toEqual([]);
    expect(essential({ previous_response_id: "r", tools: [{ type: "web_search" }] })).toEqual([
      "previous_response_id",
      "tools",
    ]);
    expect(write(read({ ...plain, tools: [{ type: "web_search" }] }))).toMatchObject([{ path: "tools" }]);
    expect(write(read({ ...plain, tool_choice: { type: "mcp" } }))).toMatchObject([{ path: "tool_choice" }]);
  });

  it("are read whatever they are", () => {
    const item = fc.record(
      {
        type: fc.constantFrom("message", "reasoning", "function_call", "function_call_output", "x"),
        role: fc.constantFrom("user", "assistant", "system"),
        content: fc.jsonValue(),
        output: fc.jsonValue(),
        call_id: fc.constant("a"),
        name: fc.constant("f"),
        encrypted_content: fc.constantFrom("{", "{}", '{"redacted":1}', '{"redacted":"x"}', "VgwAnthropic"),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.record({ model: fc.constant("m"), input: fc.array(item), tools: fc.jsonValue() })),
        (value) => {
          const request = openaiResponsesClient.readRequest(value as Json, PATH);
          if ("model" in request) write(request);
          else expect(request.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("requests for providers", () => {
  it("keep nothing there, and ask for thoughts only of models that think", () => {
    expect(body(PLAIN_REQUEST)).toMatchObject({ store: false });
    expect(body(PLAIN_REQUEST).include).toBeUndefined();
    const thinks = { ...PLAIN_REQUEST, reasoning: { effort: "high", budget: null, visible: true } } as const;
    expect(body(thinks)).toMatchObject({
      include: ["reasoning.encrypted_content"],
      reasoning: { effort: "high", summary: "auto" },
    });
  });

  it("leave out another provider's thoughts", () => {
    const parts = [{ type: "reasoning", text: "Hm", signature: "VgwAnthropicsig", redacted: null }] as const;
    const request: ModelRequest = { ...PLAIN_REQUEST, turns: [...PLAIN_REQUEST.turns, { role: "assistant", parts }] };
    expect(body(request).input).toHaveLength(1);
  });

  it("refuse what only another dialect can say", () => {
    const native = { type: "native", dialect: "anthropic", value: { type: "server_tool_use" } } as const;
    const request: ModelRequest = {
      ...PLAIN_REQUEST,
      turns: [{ role: "assistant", parts: [native] }],
      extras: { dialect: "openai-chat", fields: { logprobs: true }, essential: ["logprobs"] },
    };
    expect(write(request)).toMatchObject([{ path: "logprobs" }, { path: "turns[0].parts[0]" }]);
  });
});

describe("whole answers", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const answer: ModelAnswer = {
    id: "resp_1",
    model: "public-model",
    parts: [
      { type: "reasoning", text: "Hm", signature: "VgwAnthropicsig", redacted: null },
      { type: "reasoning", text: "", signature: null, redacted: "VgwAnthropicred" },
      { type: "text", text: "Hello" },
      { type: "refusal", text: "No." },
      { type: "tool-call", id: "a", name: "f", arguments: '{"x":1}', signature: "VgwGemini///s" },
    ],
    stop: { reason: "tool-calls", native: "completed", matched: null },
    usage: { input: 7, cacheRead: 5, cacheWrite: 0, cacheWriteHour: 0, output: 4, reasoning: 3 },
  };

  it("come back", () => {
    const text = openaiResponsesClient.writeAnswer(answer, CONTEXT);
    const back = openaiResponsesProvider.readAnswer(bytes(text), PLAIN_REQUEST);
    expect(back).toMatchObject({ ...answer, parts: [{}, {}, ...answer.parts.slice(2)] });
  });

  it("come back in the conversation's next request", () => {
    const { output } = JSON.parse(openaiResponsesClient.writeAnswer(answer, CONTEXT));
    expect(read({ model: "m", input: output }).turns).toMatchObject([{ role: "assistant", parts: answer.parts }]);
  });

  it("give OpenAI's own thoughts back to it, through a client of another dialect too", () => {
    const item = {
      type: "reasoning",
      id: "rs_9",
      summary: [{ type: "summary_text", text: "Hm" }],
      encrypted_content: "gAA",
    };
    const whole = bytes(JSON.stringify({ id: "resp_1", status: "completed", output: [item] }));
    const read1 = openaiResponsesProvider.readAnswer(whole, PLAIN_REQUEST);
    if (!("parts" in read1)) throw new Error("failed");
    const request: ModelRequest = { ...PLAIN_REQUEST, turns: [{ role: "assistant", parts: read1.parts }] };
    expect(body(request)).toMatchObject({ input: [item], include: ["reasoning.encrypted_content"] });
    // And through a client of the same dialect.
    const { output } = JSON.parse(openaiResponsesClient.writeAnswer(read1, CONTEXT));
    expect(body(read({ model: "m", input: output })).input).toEqual([item]);
  });

  it.each([
    ["", { class: "upstream" }],
    ["{}", { class: "upstream" }],
    ['{"status":"failed","error":{"code":"rate_limit_exceeded","message":"x"},"output":[]}', { class: "rate" }],
    ['{"status":"in_progress","output":[]}', { class: "upstream" }],
    [
      '{"status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[]}',
      { stop: { reason: "policy" } },
    ],
    [
      '{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[{"type":"function_call","call_id":"a","name":"f","arguments":""}]}',
      { stop: { reason: "length" }, parts: [{ arguments: "" }] },
    ],
    [
      '{"status":"completed","output":[{"type":"function_call","call_id":"a","name":"f","arguments":""},{"type":"web_search_call"},5]}',
      { stop: { reason: "tool-calls" }, parts: [{ arguments: "{}" }] },
    ],
  ])("%s", (text, expected) => {
    expect(openaiResponsesProvider.readAnswer(bytes(text), PLAIN_REQUEST)).toMatchObject(expected);
  });
});
