/** Requests and whole answers of Chat Completions: long, because each row stands beside what it has to become. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelAnswer } from "../../canonical/answer.ts";
import type { Json, ModelRequest } from "../../canonical/request.ts";
import { PLAIN_REQUEST } from "../../testing/feature-requests.ts";
import { CONTEXT } from "../../testing/streams.ts";
import { openaiChatClient } from "./client.ts";
import { openaiChatProvider } from "./provider.ts";

const PATH = { model: null, stream: null };

function read(body: Json): ModelRequest {
  const request = openaiChatClient.readRequest(body, PATH);
  if (!("model" in request)) throw new Error(JSON.stringify(request));
  return request;
}

function refused(body: Json): readonly string[] {
  const refusals = openaiChatClient.readRequest(body, PATH);
  if ("model" in refusals) throw new Error("taken");
  return refusals.map(({ path }) => path);
}

function write(request: ModelRequest, variant = "", settings = {}) {
  return openaiChatProvider.writeRequest(request, { model: "m", base: "https://a.example/v1", variant, settings });
}

function body(request: ModelRequest, variant = ""): { readonly [name: string]: Json } {
  const written = write(request, variant);
  if (!("body" in written)) throw new Error(JSON.stringify(written));
  return JSON.parse(written.body);
}

const user = (content: Json) => ({ role: "user", content });
const call = (id: string, name = "f", text = "{}") => ({ id, type: "function", function: { name, arguments: text } });
const result = (id: string, content: Json = "ok") => ({ role: "tool", tool_call_id: id, content });

/** Requests that say the same when they leave for a server of the same dialect. */
const SAME: readonly { what: string; body: { readonly [name: string]: Json }; variant?: string }[] = [
  { what: "a question", body: { model: "m", messages: [user("Hello.")] } },
  {
    what: "settings",
    body: {
      model: "m",
      messages: [user("Hello.")],
      max_completion_tokens: 10,
      temperature: 0.5,
      top_p: 0.5,
      stop: ["a", "b"],
      seed: 7,
      frequency_penalty: 1,
      presence_penalty: -1,
      reasoning_effort: "low",
      user: "u",
      service_tier: "flex",
      store: true,
      metadata: { a: "b" },
      prompt_cache_key: "k",
      verbosity: "low",
      logit_bias: { "50256": -100 },
    },
  },
  {
    what: "tools and their results",
    body: {
      model: "m",
      messages: [
        { role: "system", content: "Be brief." },
        user("Hello."),
        { role: "assistant", content: null, tool_calls: [call("a"), call("b", "g", '{"x": 1.0}')] },
        result("a"),
        result("b"),
        { role: "assistant", content: "Done." },
        user("Thanks."),
      ],
      tools: [
        { type: "function", function: { name: "f", description: "d", parameters: { type: "object" }, strict: true } },
      ],
      tool_choice: { type: "function", function: { name: "f" } },
      parallel_tool_calls: false,
    },
  },
  {
    what: "media",
    body: {
      model: "m",
      messages: [
        user([
          { type: "text", text: "Look." },
          { type: "image_url", image_url: { url: "https://a.example/b.png", detail: "low" } },
          { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
          { type: "input_audio", input_audio: { data: "AAAA", format: "mp3" } },
          { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } },
          { type: "file", file: { file_id: "file-1" } },
          { type: "video_url", video_url: { url: "https://a.example/c.mp4" } },
        ]),
      ],
    },
  },
  {
    what: "a schema",
    body: {
      model: "m",
      messages: [user("Hello.")],
      response_format: {
        type: "json_schema",
        json_schema: { name: "n", schema: { type: "object" }, description: "d", strict: true },
      },
    },
  },
  {
    what: "a refusal and an answer in audio in the conversation",
    body: {
      model: "m",
      messages: [
        user("Hello."),
        { role: "assistant", content: [{ type: "refusal", refusal: "No." }] },
        user("Please."),
        { role: "assistant", audio: { id: "audio_1" }, content: "" },
      ],
    },
  },
  {
    what: "markers for caching and thoughts (OpenRouter)",
    variant: "openrouter",
    body: {
      model: "m",
      messages: [
        { role: "system", content: [{ type: "text", text: "Long.", cache_control: { type: "ephemeral", ttl: "1h" } }] },
        user([{ type: "text", text: "Hello.", cache_control: { type: "ephemeral" } }]),
        {
          role: "assistant",
          content: null,
          reasoning_details: [
            { type: "reasoning.text", text: "Hm", signature: "sig", format: "anthropic-claude-v1", index: 0 },
            { type: "reasoning.encrypted", data: "enc", id: "r1", format: "openai-responses-v1", index: 1 },
          ],
          tool_calls: [call("a")],
        },
        result("a"),
      ],
      tools: [
        {
          type: "function",
          function: { name: "f", parameters: { type: "object" } },
          cache_control: { type: "ephemeral" },
        },
      ],
      reasoning: { max_tokens: 2000, exclude: false },
      top_k: 5,
    },
  },
  {
    what: "state of a call (Google)",
    body: {
      model: "m",
      messages: [
        user("Hello."),
        {
          role: "assistant",
          content: null,
          tool_calls: [{ ...call("a"), extra_content: { google: { thought_signature: "sig" } } }],
        },
        result("a"),
      ],
    },
  },
];

describe("requests that stay what they are", () => {
  it.each(SAME)("$what", ({ body: sent, variant }) => expect(body(read(sent), variant)).toEqual(sent));
});

describe("requests of clients", () => {
  it("take what other servers' clients say", () => {
    const request = read({
      model: "m",
      messages: [
        { role: "developer", content: [{ type: "text", text: "A." }] },
        user("Hello."),
        { role: "system", content: "B." },
        {
          role: "assistant",
          content: "x",
          reasoning_content: "Hm",
          thinking_blocks: [{ type: "redacted_thinking", data: "r" }],
        },
      ],
      max_tokens: 5,
      stop: "END",
      tool_choice: "any",
      stream: true,
      stream_options: { include_usage: true },
      n: 2,
      top_k: 3,
      temperature: null,
    });
    expect(request).toMatchObject({
      system: [{ text: "A." }, { text: "B." }],
      maxOutput: 5,
      stop: ["END"],
      toolChoice: { kind: "any" },
      stream: true,
      streamUsage: true,
      count: 2,
      topK: 3,
      temperature: null,
    });
    expect(request.turns[1]?.parts).toMatchObject([
      { type: "reasoning", text: "Hm" },
      { type: "reasoning", redacted: "VgwAnthropicr" },
      { type: "text", text: "x" },
    ]);
  });

  it.each([
    [{}, ["messages", "model"]],
    [{ model: "m", messages: "x" }, ["messages"]],
    [
      { model: "m", messages: [1, { role: "x" }, { role: "user" }] },
      ["messages[0]", "messages[1].role", "messages[2].content"],
    ],
    [
      { model: "m", messages: [user([{ type: "image_url", image_url: { url: "file:///etc/passwd" } }])] },
      ["messages[0].content[0].image_url"],
    ],
    [{ model: "m", messages: [], temperature: 3, n: 0, top_p: "x" }, ["temperature", "top_p", "n"]],
    [{ model: "m", messages: [{ role: "function", name: "f", content: "x" }] }, ["messages[0].role"]],
    [
      { model: "m", messages: [], tools: [{ type: "function" }], tool_choice: "x" },
      ["tools[0].function", "tool_choice"],
    ],
    [
      { model: "m", messages: [], response_format: { type: "x" }, reasoning_effort: "y" },
      ["response_format.type", "reasoning_effort"],
    ],
    [[], [""]],
    ["x", [""]],
  ] satisfies [Json, string[]][])("%j is refused", (sent, paths) => {
    expect([...refused(sent)].sort()).toEqual([...paths].sort());
  });

  it("are read whatever they are", () => {
    const messages = fc.array(
      fc.record({
        role: fc.constantFrom("user", "assistant", "tool", "system"),
        content: fc.jsonValue(),
        tool_calls: fc.jsonValue(),
      }),
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.record({ model: fc.constant("m"), messages, tools: fc.jsonValue() })),
        (value) => {
          const request = openaiChatClient.readRequest(value as Json, PATH);
          if ("model" in request) write(request, "mistral");
          else expect(request.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("say what only this dialect can say, and what of it matters", () => {
    const plain = { model: "m", messages: [user("Hello.")] };
    const essential = (fields: { readonly [name: string]: Json }) =>
      read({ ...plain, ...fields }).extras.essential ?? [];
    expect(essential({ logprobs: false, modalities: ["text"], store: true, logit_bias: {} })).toEqual([]);
    expect(essential({ logprobs: true, modalities: ["text", "audio"] })).toEqual(["logprobs", "modalities"]);
    expect(essential({ tools: [{ type: "custom", custom: { name: "x" } }] })).toEqual(["tools"]);
    // The answer could not be carried back.
    expect(write(read({ ...plain, logprobs: true }))).toMatchObject([{ path: "logprobs" }]);
    expect(write(read({ ...plain, logit_bias: { "1": 1 } }), "mistral")).toMatchObject([{ path: "logit_bias" }]);
  });
});

describe("requests for providers", () => {
  const conversation: ModelRequest = {
    ...PLAIN_REQUEST,
    turns: [
      { role: "user", parts: [{ type: "text", text: "Hello." }] },
      { role: "assistant", parts: [{ type: "text", text: "I look." }] },
      {
        role: "assistant",
        parts: [{ type: "tool-call", id: "toolu_01ABC", name: "a.b", arguments: "{}", signature: null }],
      },
      {
        role: "assistant",
        parts: [{ type: "tool-call", id: "toolu_02ABC", name: "f", arguments: '{"a', signature: null }],
      },
      {
        role: "user",
        parts: [
          { type: "text", text: "Behind." },
          {
            type: "tool-result",
            id: "toolu_01ABC",
            name: "a.b",
            parts: [
              { type: "image", source: { kind: "url", url: "https://a.example/i.png", mediaType: null }, detail: null },
            ],
            failed: false,
          },
        ],
      },
      { role: "user", parts: [{ type: "tool-result", id: "toolu_02ABC", name: "f", parts: [], failed: true }] },
    ],
  };

  it("keep the calls in one message and the results right behind it", () => {
    const { messages } = body(conversation);
    expect(messages).toMatchObject([
      { role: "user" },
      {
        role: "assistant",
        content: "I look.",
        tool_calls: [{ id: "toolu_01ABC" }, { id: "toolu_02ABC", function: { arguments: '{"a' } }],
      },
      { role: "tool", tool_call_id: "toolu_01ABC", content: "See below." },
      { role: "tool", tool_call_id: "toolu_02ABC", content: "Error:" },
      { role: "user", content: [{ type: "image_url" }] },
      { role: "user", content: "Behind." },
    ]);
  });

  it("give a name that the provider takes, and find the way back", () => {
    const tools = [{ name: "a.b", description: null, parameters: {}, strict: null }];
    const request = { ...conversation, tools };
    const sent = JSON.stringify(body(request));
    expect(sent).not.toContain('"a.b"');
    const name = /"tools":\[\{"type":"function","function":\{"name":"([A-Za-z0-9_-]+)"/.exec(sent)?.[1] ?? "";
    const reply = { choices: [{ message: { tool_calls: [call("x", name)] }, finish_reason: "tool_calls" }] };
    const answer = openaiChatProvider.readAnswer(new TextEncoder().encode(JSON.stringify(reply)), request);
    expect(answer).toMatchObject({ parts: [{ name: "a.b" }] });
  });

  it("give Mistral identifiers of nine letters and digits, one for each, always the same", () => {
    const ids = (request: ModelRequest) =>
      JSON.stringify(body(request, "mistral")).match(/"(?:tool_call_)?id":"[^"]*"/g) ?? [];
    const seen = ids(conversation).map((text) => text.split('"')[3] ?? "");
    expect(seen).toHaveLength(4);
    for (const id of seen) expect(id).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(new Set(seen).size).toBe(2);
    expect(seen.slice(0, 2)).toEqual(seen.slice(2));
    expect(ids({ ...conversation, turns: conversation.turns.slice(0, 3) })[0]).toBe(ids(conversation)[0]);
  });

  it("send Mistral nothing that it does not know", () => {
    const known = new Set(
      "model messages tools tool_choice parallel_tool_calls max_tokens temperature top_p stop random_seed frequency_penalty presence_penalty response_format reasoning_effort stream metadata prompt_cache_key".split(
        " ",
      ),
    );
    const sent = read({ ...SAME[1]?.body, logit_bias: {}, stream: true, stream_options: { include_usage: true } });
    for (const name of Object.keys(body(sent, "mistral"))) expect(known).toContain(name);
  });

  it.each([
    ["", "https://api.openai.com/v1", {}, "/v1/chat/completions"],
    ["", "http://127.0.0.1:8000", {}, "/chat/completions"],
    ["openrouter", "https://openrouter.ai/api/v1", {}, "/api/v1/chat/completions"],
    [
      "azure",
      "https://x.openai.azure.com",
      { "api-version": "2024-10-21" },
      "/openai/deployments/m/chat/completions?api-version=2024-10-21",
    ],
    [
      "azure",
      "https://x.openai.azure.com/openai",
      { "api-version": "2024-10-21", deployment: "a b" },
      "/openai/deployments/a%20b/chat/completions?api-version=2024-10-21",
    ],
    ["azure", "https://x.openai.azure.com", {}, "/openai/v1/chat/completions"],
    ["azure", "https://x.openai.azure.com/openai/v1", {}, "/openai/v1/chat/completions"],
  ])("go to the place of %j below %s", (variant, base, settings, target) => {
    const written = openaiChatProvider.writeRequest(PLAIN_REQUEST, { model: "m", base, variant, settings });
    expect(written).toMatchObject({ target, method: "POST" });
  });

  it("always ask for the usage of a stream", () => {
    const stream = { ...PLAIN_REQUEST, stream: true, streamUsage: false };
    expect(body(stream)).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });
});

describe("whole answers", () => {
  const answer: ModelAnswer = {
    id: "c1",
    model: "public-model",
    parts: [
      { type: "reasoning", text: "Hm", signature: "VgwAnthropicsig", redacted: null },
      { type: "reasoning", text: "", signature: null, redacted: "VgwAnthropicred" },
      { type: "text", text: "Hello" },
      { type: "tool-call", id: "a", name: "f", arguments: '{"x":1}', signature: "VgwGemini///s" },
    ],
    stop: { reason: "tool-calls", native: "tool_calls", matched: null },
    usage: { input: 7, cacheRead: 5, cacheWrite: 0, cacheWriteHour: 0, output: 4, reasoning: 3 },
  };
  const bytes = (text: string) => new TextEncoder().encode(text);

  it("come back", () => {
    const text = openaiChatClient.writeAnswer(answer, CONTEXT);
    expect(openaiChatProvider.readAnswer(bytes(text), PLAIN_REQUEST)).toEqual(answer);
  });

  it("come back in the conversation's next request", () => {
    const { choices } = JSON.parse(openaiChatClient.writeAnswer(answer, CONTEXT));
    const request = read({ model: "m", messages: [user("Hello."), choices[0].message] });
    expect(request.turns[1]?.parts).toMatchObject(answer.parts);
  });

  it("say what the words of the dialect cannot", () => {
    const stop = { reason: "policy", native: "RECITATION", matched: null } as const;
    expect(openaiChatClient.writeAnswer({ ...answer, stop }, CONTEXT)).toContain(
      '"finish_reason":"content_filter","native_finish_reason":"RECITATION"',
    );
  });

  it.each([
    ["", { class: "upstream", status: 502 }],
    ["[]", { class: "upstream" }],
    ["{}", { class: "upstream" }],
    ['{"choices":[]}', { class: "upstream" }],
    ['{"error":{"code":429,"message":"slow"}}', { class: "rate", status: 429 }],
    ['{"choices":[{"message":{"content":"x"},"finish_reason":"error"}]}', { class: "upstream" }],
    [
      '{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}]}',
      { id: "", stop: { reason: "end" }, usage: null },
    ],
    [
      '{"choices":[{"message":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]},{"type":"text","text":"x"}]},"finish_reason":"stop"}]}',
      {
        parts: [
          { type: "reasoning", text: "Hm" },
          { type: "text", text: "x" },
        ],
      },
    ],
    [
      '{"choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":""}},{"function":{"name":"f"}}]},"finish_reason":"stop"}]}',
      {
        stop: { reason: "tool-calls" },
        parts: [
          { id: "call_0", arguments: "{}" },
          { id: "call_1", arguments: "{}" },
        ],
      },
    ],
    [
      '{"choices":[{"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\\"a"}}]},"finish_reason":"length"}]}',
      { stop: { reason: "length" }, parts: [{ arguments: '{"a' }] },
    ],
  ])("%s", (text, expected) => {
    expect(openaiChatProvider.readAnswer(bytes(text), PLAIN_REQUEST)).toMatchObject(expected);
  });

  it("are read whatever they are", () => {
    const message = fc.jsonValue();
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          message.map((value) => ({ choices: [{ message: value, finish_reason: "stop" }] })),
        ),
        (value) => {
          openaiChatProvider.readAnswer(bytes(JSON.stringify(value)), PLAIN_REQUEST);
        },
      ),
    );
  });
});

describe("what stands behind results of tools", () => {
  const asked = read({
    model: "m",
    messages: [
      user("Weather?"),
      { role: "assistant", content: null, tool_calls: [call("a"), call("b")] },
      result("a"),
      result("b"),
      user("Quick!"),
    ],
    tools: [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }],
  });
  const roles = (variant: string) =>
    (body(asked, variant).messages as readonly { readonly role: string }[]).map(({ role }) => role);

  it.each(["", "azure", "groq", "vllm", "openrouter", "deepseek"])("%s: the user's words", (variant) => {
    expect(roles(variant)).toEqual(["user", "assistant", "tool", "tool", "user"]);
  });

  it("mistral: the model's words, which it takes none without", () => {
    expect(roles("mistral")).toEqual(["user", "assistant", "tool", "tool", "assistant", "user"]);
  });

  it("mistral: nothing between, where the results are the end", () => {
    const end = {
      ...asked,
      turns: [
        ...asked.turns.slice(0, 2),
        { role: "user" as const, parts: asked.turns[2]?.parts.filter(({ type }) => type === "tool-result") ?? [] },
      ],
    };
    expect((body(end, "mistral").messages as readonly object[]).at(-1)).toMatchObject({ role: "tool" });
  });
});
