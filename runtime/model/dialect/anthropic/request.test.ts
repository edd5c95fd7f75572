/** Requests of Messages, from the client and to the provider: long, because each body stands beside what it has to become. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject, ModelRequest, Part, Turn } from "../../canonical/request.ts";
import { PLAIN_REQUEST } from "../../testing/feature-requests.ts";
import type { Refusal } from "../dialect.ts";
import { anthropicClient } from "./client.ts";
import { readCountRequest, writeCount } from "./count.ts";
import { anthropicProvider } from "./provider.ts";

const TARGET = { model: "claude-x", base: "https://api.anthropic.com/v1", variant: "", settings: {} };
const NO_PATH = { model: null, stream: null };

function isRefused(value: object): value is readonly Refusal[] {
  return Array.isArray(value);
}

function readBody(body: Json): ModelRequest {
  const request = anthropicClient.readRequest(body, NO_PATH);
  if (isRefused(request)) throw new Error(JSON.stringify(request));
  return request;
}

function write(request: Partial<ModelRequest>, settings: { [name: string]: string } = {}, variant = "") {
  return anthropicProvider.writeRequest(
    { ...PLAIN_REQUEST, maxOutput: 5000, ...request },
    { ...TARGET, settings, variant },
  );
}

function body(request: Partial<ModelRequest>, settings: { [name: string]: string } = {}): JsonObject {
  const written = write(request, settings);
  if (isRefused(written)) throw new Error(JSON.stringify(written));
  return JSON.parse(written.body);
}

const text = (words: string): Part => ({ type: "text", text: words });
const user = (...parts: Part[]): Turn => ({ role: "user", parts });
const model = (...parts: Part[]): Turn => ({ role: "assistant", parts });
const call = (id: string, args = "{}", name = "now"): Part => ({
  type: "tool-call",
  id,
  name,
  arguments: args,
  signature: null,
});
const result = (id: string, words: string): Part => ({
  type: "tool-result",
  id,
  name: "now",
  parts: words === "" ? [] : [{ type: "text", text: words }],
  failed: false,
});

/** Bodies that come back as they were: nothing of Anthropic's own is lost between Anthropic's clients and providers. */
const SAME: readonly (readonly [name: string, fields: JsonObject])[] = [
  ["a text", {}],
  [
    "instructions with cache markers",
    {
      system: [
        { type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "1h" } },
        { type: "text", text: "b", cache_control: { type: "ephemeral" } },
      ],
    },
  ],
  [
    "settings",
    { temperature: 1, top_p: 0.5, top_k: 7, stop_sequences: ["a", "b"], metadata: { user_id: "u" }, stream: true },
  ],
  [
    "what only Anthropic knows",
    {
      service_tier: "auto",
      container: "c",
      inference_geo: "us",
      cache_control: { type: "ephemeral" },
      mcp_servers: [{ name: "m" }],
    },
  ],
  [
    "tools",
    {
      tools: [
        {
          name: "a",
          description: "b",
          input_schema: { type: "object", properties: {} },
          strict: true,
          cache_control: { type: "ephemeral", ttl: "1h" },
        },
      ],
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
    },
  ],
  [
    "tools of the provider",
    { tools: [{ type: "web_search_20260318", name: "web_search", max_uses: 3 }], tool_choice: { type: "any" } },
  ],
  ["no tool", { tools: [{ name: "a", input_schema: { type: "object" } }], tool_choice: { type: "none" } }],
  ["this tool", { tools: [{ name: "a", input_schema: { type: "object" } }], tool_choice: { type: "tool", name: "a" } }],
  ["a conversation that Anthropic holds", { thread: { type: "continue", previous_message_id: "msg_1" } }],
  ["a budget of thinking", { thinking: { type: "enabled", budget_tokens: 2048, display: "omitted" } }],
  ["adaptive thinking", { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "xhigh" } }],
  ["no thinking", { thinking: { type: "disabled" } }],
  ["thinking between tools", { thinking: { type: "between_tools" }, output_config: { effort: "low" } }],
  ["an effort alone", { output_config: { effort: "max" } }],
  [
    "a schema",
    {
      output_config: {
        format: { type: "json_schema", schema: { type: "object", properties: { a: { type: "string" } } } },
      },
    },
  ],
  [
    "a conversation with tools",
    {
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            {
              type: "image",
              source: { type: "base64", media_type: "image/png", data: "AAAA" },
              cache_control: { type: "ephemeral" },
            },
            { type: "image", source: { type: "url", url: "https://a.example/a.png" } },
            { type: "image", source: { type: "file", file_id: "file_1" } },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "", signature: "EqQB" },
            { type: "redacted_thinking", data: "ZGF0YQ==" },
            { type: "text", text: "I look." },
            { type: "tool_use", id: "toolu_1", name: "a", input: { x: [1, { y: null }] } },
            { type: "tool_use", id: "toolu_2", name: "b", input: {} },
          ],
        },
        {
          role: "user",
          content: [
            {
              type: "tool_result",
              tool_use_id: "toolu_1",
              content: [
                { type: "text", text: "1" },
                { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
              ],
              cache_control: { type: "ephemeral", ttl: "1h" },
            },
            { type: "tool_result", tool_use_id: "toolu_2", content: [{ type: "text", text: "no" }], is_error: true },
            {
              type: "document",
              source: { type: "base64", media_type: "application/pdf", data: "AAAA" },
              title: "a.pdf",
            },
            { type: "document", source: { type: "text", media_type: "text/plain", data: "Grüße" } },
          ],
        },
      ],
    },
  ],
  [
    "blocks that only Anthropic knows",
    {
      messages: [
        {
          role: "user",
          content: [
            { type: "search_result", source: "a", title: "b", content: [] },
            { type: "document", source: { type: "content", content: "x" } },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "server_tool_use", id: "s", name: "web_search", input: {} },
            { type: "web_search_tool_result", tool_use_id: "s", content: [] },
            { type: "text", text: "a", citations: [{ type: "char_location" }] },
          ],
        },
        { role: "user", content: [{ type: "text", text: "Go on." }] },
      ],
    },
  ],
];

describe("requests from Anthropic's clients to Anthropic", () => {
  it.each(SAME)("%s comes back as it was", (_name, fields) => {
    const given: JsonObject = {
      model: "claude-x",
      max_tokens: 4096,
      messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
      ...fields,
    };
    const request = readBody(given);
    const written = anthropicProvider.writeRequest(request, TARGET);
    if (isRefused(written)) throw new Error(JSON.stringify(written));
    expect(JSON.parse(written.body)).toEqual(given);
    expect(written.target).toBe("/v1/messages");
    expect(written.headers).toEqual(["content-type", "application/json", "anthropic-version", "2023-06-01"]);
  });

  it("texts may be strings, and instructions may stand between turns", () => {
    const request = readBody({
      model: "m",
      max_tokens: 1,
      system: "a",
      messages: [
        { role: "user", content: "b" },
        { role: "system", content: "c" },
      ],
    });
    expect(request.system).toEqual([
      { type: "text", text: "a" },
      { type: "text", text: "c" },
    ]);
    expect(request.turns).toEqual([user(text("b"))]);
  });

  it("results learn the name of their tool", () => {
    const { turns } = readBody({
      model: "m",
      max_tokens: 1,
      messages: [
        { role: "user", content: "b" },
        { role: "assistant", content: [{ type: "tool_use", id: "1", name: "now", input: {} }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "1", content: "x" }] },
      ],
    });
    expect(turns[2]).toEqual(user(result("1", "x")));
  });

  it("the state of another provider's call stands behind it as an empty thought, and finds back", () => {
    const { turns } = readBody({
      model: "m",
      max_tokens: 1,
      messages: [
        { role: "user", content: "b" },
        {
          role: "assistant",
          content: [
            { type: "tool_use", id: "1", name: "now", input: {} },
            { type: "thinking", thinking: "", signature: "VgwGemini///c2ln" },
          ],
        },
      ],
    });
    expect(turns[1]!.parts).toEqual([
      { type: "tool-call", id: "1", name: "now", arguments: "{}", signature: "VgwGemini///c2ln" },
    ]);
  });

  it.each<readonly [string, Json]>([
    ["", []],
    ["", null],
    ["model", { max_tokens: 1, messages: [] }],
    ["max_tokens", { model: "m", messages: [] }],
    ["max_tokens", { model: "m", messages: [], max_tokens: "1" }],
    ["messages", { model: "m", max_tokens: 1 }],
    ["messages[0]", { model: "m", max_tokens: 1, messages: ["a"] }],
    ["messages[0].role", { model: "m", max_tokens: 1, messages: [{ role: "tool", content: "a" }] }],
    ["messages[0].content", { model: "m", max_tokens: 1, messages: [{ role: "user" }] }],
    [
      "messages[0].content[0].text",
      { model: "m", max_tokens: 1, messages: [{ role: "user", content: [{ type: "text" }] }] },
    ],
    [
      "messages[0].content[0].type",
      {
        model: "m",
        max_tokens: 1,
        messages: [{ role: "user", content: [{ type: "tool_use", id: "a", name: "b", input: {} }] }],
      },
    ],
    [
      "messages[0].content[0].type",
      {
        model: "m",
        max_tokens: 1,
        messages: [{ role: "assistant", content: [{ type: "tool_result", tool_use_id: "a" }] }],
      },
    ],
    [
      "messages[0].content[0].cache_control.ttl",
      {
        model: "m",
        max_tokens: 1,
        messages: [
          { role: "user", content: [{ type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "2h" } }] },
        ],
      },
    ],
    ["temperature", { model: "m", max_tokens: 1, messages: [], temperature: 1.5 }],
    ["tools[0].input_schema", { model: "m", max_tokens: 1, messages: [], tools: [{ name: "a" }] }],
    ["tool_choice.type", { model: "m", max_tokens: 1, messages: [], tool_choice: { type: "required" } }],
    [
      "thinking.budget_tokens",
      { model: "m", max_tokens: 1, messages: [], thinking: { type: "enabled", budget_tokens: 10 } },
    ],
    ["stop_sequences", { model: "m", max_tokens: 1, messages: [], stop_sequences: [1] }],
    ["output_config.effort", { model: "m", max_tokens: 1, messages: [], output_config: { effort: "none" } }],
  ])("what is wrong is named: %s", (path, given) => {
    const refusals = anthropicClient.readRequest(given, NO_PATH);
    if (!isRefused(refusals)) throw new Error("read");
    expect(refusals.map((refusal) => refusal.path)).toContain(path);
  });

  it("counting needs no cap", () => {
    const request = readCountRequest({ model: "m", messages: [{ role: "user", content: "a" }], tools: [] });
    expect(request).toMatchObject({ model: "m", maxOutput: null, stream: false });
    expect(writeCount(12)).toBe('{"input_tokens":12}');
  });

  it("what is nested too deeply is refused, and many small turns cost no more than they are long", () => {
    let deep: Json = [];
    for (let at = 0; at < 100_000; at++) deep = [deep];
    expect(
      anthropicClient.readRequest(
        { model: "m", max_tokens: 1, messages: [{ role: "user", content: [{ type: "x", a: deep }] }] },
        NO_PATH,
      ),
    ).toMatchObject([{ path: "" }]);
    const many: Json = {
      model: "m",
      max_tokens: 1,
      messages: Array.from({ length: 100_000 }, () => ({ role: "user", content: "a" })),
    };
    // Squared, it would be minutes, and the test would not end in time.
    expect("body" in anthropicProvider.writeRequest(readBody(many), TARGET)).toBe(true);
  });

  it("whatever comes, nothing is thrown", () => {
    const part = fc.record(
      {
        type: fc.constantFrom(
          "text",
          "image",
          "document",
          "tool_use",
          "tool_result",
          "thinking",
          "redacted_thinking",
          "x",
        ),
        source: fc.anything(),
        content: fc.anything(),
        input: fc.anything(),
        text: fc.anything(),
        id: fc.anything(),
        cache_control: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const given = fc.record(
      {
        model: fc.anything(),
        max_tokens: fc.anything(),
        system: fc.anything(),
        messages: fc.oneof(
          fc.anything(),
          fc.array(
            fc.record({
              role: fc.constantFrom("user", "assistant", "system"),
              content: fc.oneof(fc.anything(), fc.array(part)),
            }),
          ),
        ),
        tools: fc.anything(),
        tool_choice: fc.anything(),
        thinking: fc.anything(),
        output_config: fc.anything(),
        metadata: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(given, (value) => {
        const json: Json = JSON.parse(JSON.stringify(value, (_name, inner) => (typeof inner === "bigint" ? 0 : inner)));
        const request = anthropicClient.readRequest(json, NO_PATH);
        if (!isRefused(request)) anthropicProvider.writeRequest(request, TARGET);
      }),
      { numRuns: 300 },
    );
  });
});

describe("what Anthropic asks of a conversation", () => {
  it.each<readonly [string, readonly Turn[], readonly Json[]]>([
    [
      "neighbours are one turn",
      [user(text("a")), user(text("b")), model(text("c")), model(text("d")), user(text("e"))],
      [
        {
          role: "user",
          content: [
            { type: "text", text: "a" },
            { type: "text", text: "b" },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "text", text: "c" },
            { type: "text", text: "d" },
          ],
        },
        { role: "user", content: [{ type: "text", text: "e" }] },
      ],
    ],
    [
      "the first turn is the user's",
      [model(text("a")), user(text("b"))],
      [
        { role: "user", content: [{ type: "text", text: "(The conversation begins.)" }] },
        { role: "assistant", content: [{ type: "text", text: "a" }] },
        { role: "user", content: [{ type: "text", text: "b" }] },
      ],
    ],
    [
      "no text is empty, and empty turns do not keep neighbours apart",
      [user(text("a"), text(""), text(" \n")), model(text("")), user(text("b"))],
      [
        {
          role: "user",
          content: [
            { type: "text", text: "a" },
            { type: "text", text: "b" },
          ],
        },
      ],
    ],
    [
      "an empty text's cache marker goes to the part before",
      [user(text("a"), { type: "text", text: "", cache: { ttl: "1h" } })],
      [{ role: "user", content: [{ type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "1h" } }] }],
    ],
    [
      "all results come in one turn, before any text",
      [user(text("a")), model(call("1"), call("2")), user(text("first"), result("1", "x")), user(result("2", ""))],
      [
        { role: "user", content: [{ type: "text", text: "a" }] },
        {
          role: "assistant",
          content: [
            { type: "tool_use", id: "1", name: "now", input: {} },
            { type: "tool_use", id: "2", name: "now", input: {} },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "1", content: [{ type: "text", text: "x" }] },
            { type: "tool_result", tool_use_id: "2" },
            { type: "text", text: "first" },
          ],
        },
      ],
    ],
    [
      "thoughts come first, unchanged, also where they are empty; other models' are left out",
      [
        user(text("a")),
        model(
          text("b"),
          { type: "reasoning", text: "", signature: "VgwAnthropicU2ln", redacted: null },
          { type: "reasoning", text: "x", signature: "VgwGemini///U2ln", redacted: null },
          { type: "reasoning", text: "y", signature: null, redacted: null },
          call("1"),
        ),
        user(result("1", "x")),
      ],
      [
        { role: "user", content: [{ type: "text", text: "a" }] },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "", signature: "U2ln" },
            { type: "text", text: "b" },
            { type: "tool_use", id: "1", name: "now", input: {} },
          ],
        },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "1", content: [{ type: "text", text: "x" }] }] },
      ],
    ],
    [
      "thoughts between calls stay there",
      [
        user(text("a")),
        model(
          { type: "reasoning", text: "p", signature: "VgwAnthropicQQ==", redacted: null },
          call("1"),
          { type: "reasoning", text: "q", signature: "VgwAnthropicQg==", redacted: null },
          call("2"),
        ),
        user(result("1", "x"), result("2", "y")),
      ],
      [
        { role: "user", content: [{ type: "text", text: "a" }] },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "p", signature: "QQ==" },
            { type: "tool_use", id: "1", name: "now", input: {} },
            { type: "thinking", thinking: "q", signature: "Qg==" },
            { type: "tool_use", id: "2", name: "now", input: {} },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "1", content: [{ type: "text", text: "x" }] },
            { type: "tool_result", tool_use_id: "2", content: [{ type: "text", text: "y" }] },
          ],
        },
      ],
    ],
    [
      "arguments that are no object are marked, not invented; identifiers fit",
      [
        user(text("a")),
        model(call("functions.now:0", '{"a":'), call("ok", "[1]")),
        user(result("functions.now:0", "x"), result("ok", "y")),
      ],
      [
        { role: "user", content: [{ type: "text", text: "a" }] },
        {
          role: "assistant",
          content: [
            { type: "tool_use", id: "toolu_functions_now_0_gxslz6", name: "now", input: { $raw_arguments: '{"a":' } },
            { type: "tool_use", id: "ok", name: "now", input: { $raw_arguments: "[1]" } },
          ],
        },
        {
          role: "user",
          content: [
            {
              type: "tool_result",
              tool_use_id: "toolu_functions_now_0_gxslz6",
              content: [{ type: "text", text: "x" }],
            },
            { type: "tool_result", tool_use_id: "ok", content: [{ type: "text", text: "y" }] },
          ],
        },
      ],
    ],
    [
      "a beginning of the answer ends without white space; a refusal is a text",
      [user(text("a")), model({ type: "refusal", text: "No." }, text("Sure: "))],
      [
        { role: "user", content: [{ type: "text", text: "a" }] },
        {
          role: "assistant",
          content: [
            { type: "text", text: "No." },
            { type: "text", text: "Sure:" },
          ],
        },
      ],
    ],
  ])("%s", (_name, turns, messages) => {
    expect(body({ turns }).messages).toEqual(messages);
  });

  it("large numbers in arguments go on digit for digit", () => {
    const written = write({
      turns: [user(text("a")), model(call("1", '{"n":12345678901234567890}')), user(result("1", "x"))],
    });
    expect("body" in written && written.body).toContain('"input":{"n":12345678901234567890}');
  });

  it("names of tools that Anthropic would refuse get others, and answers give them back", () => {
    const tools = ["files.read", "files_read", "x".repeat(80)].map((name) => ({
      name,
      description: null,
      parameters: {},
      strict: null,
    }));
    const request: ModelRequest = {
      ...PLAIN_REQUEST,
      maxOutput: 10,
      tools,
      toolChoice: { kind: "tool", name: "files.read" },
    };
    const written = anthropicProvider.writeRequest(request, TARGET);
    if (isRefused(written)) throw new Error("refused");
    const sent = JSON.parse(written.body);
    const names: string[] = sent.tools.map((tool: { name: string }) => tool.name);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(new Set(names).size).toBe(3);
    expect(sent.tool_choice).toEqual({ type: "tool", name: names[0] });
    const given = JSON.stringify({
      content: names.map((name) => ({ type: "tool_use", id: name, name, input: {} })),
      stop_reason: "tool_use",
    });
    const answer = anthropicProvider.readAnswer(Buffer.from(given), request);
    expect("parts" in answer && answer.parts.map((part) => part.type === "tool-call" && part.name)).toEqual(
      tools.map((tool) => tool.name),
    );
  });

  it("the cap is never made up: the request or the model names it, or the request is refused", () => {
    expect(write({ maxOutput: null })).toMatchObject([{ path: "max_tokens" }]);
    expect(body({ maxOutput: null }, { max_output: "777" }).max_tokens).toBe(777);
    expect(body({ maxOutput: 5 }, { max_output: "777" }).max_tokens).toBe(5);
  });

  it.each<readonly [string, Partial<ModelRequest>, { [name: string]: string }, Json, Json]>([
    [
      "an effort",
      { reasoning: { effort: "high", budget: null, visible: null } },
      {},
      { type: "adaptive" },
      { effort: "high" },
    ],
    [
      "the least effort",
      { reasoning: { effort: "minimal", budget: null, visible: true } },
      {},
      { type: "adaptive", display: "summarized" },
      { effort: "low" },
    ],
    ["no effort", { reasoning: { effort: "none", budget: null, visible: null } }, {}, { type: "disabled" }, null],
    [
      "a budget",
      { reasoning: { effort: null, budget: 2000, visible: null } },
      {},
      { type: "enabled", budget_tokens: 2000 },
      null,
    ],
    [
      "a budget above the cap",
      { reasoning: { effort: null, budget: 9000, visible: null } },
      {},
      { type: "enabled", budget_tokens: 4999 },
      null,
    ],
    [
      "a budget for a model that takes none",
      { reasoning: { effort: null, budget: 9000, visible: null } },
      { thinking: "adaptive" },
      { type: "adaptive" },
      { effort: "medium" },
    ],
    [
      "an effort for a model that takes a budget",
      { reasoning: { effort: "high", budget: null, visible: null } },
      { thinking: "budget" },
      { type: "enabled", budget_tokens: 4000 },
      null,
    ],
  ])("thinking: %s", (_name, request, settings, thinking, output) => {
    const sent = body(request, settings);
    expect([sent.thinking, sent.output_config ?? null]).toEqual([thinking, output]);
  });

  it.each<readonly [string, Partial<ModelRequest>]>([
    ["n", { count: 2 }],
    ["temperature", { temperature: 1.2 }],
    ["frequency_penalty", { frequencyPenalty: 0.1 }],
    ["thinking.budget_tokens", { reasoning: { effort: null, budget: 500, visible: null } }],
    ["messages", { turns: [] }],
    ["messages[0].content", { turns: [user({ type: "audio", source: { kind: "id", id: "a" } })] }],
    [
      "messages[0].content",
      { turns: [user({ type: "image", source: { kind: "base64", mediaType: "image/tiff", data: "" }, detail: null })] },
    ],
    [
      "messages[0].content",
      { turns: [user({ type: "native", dialect: "gemini", value: { executableCode: {} } }, text("a"))] },
    ],
    ["tools", { extras: { dialect: "gemini", fields: { tools: [{ googleSearch: {} }] }, essential: ["tools"] } }],
    [
      "response_format",
      { format: { kind: "json" }, tools: [{ name: "a", description: null, parameters: {}, strict: null }] },
    ],
  ])("what cannot be said is refused: %s", (path, request) => {
    expect(write(request)).toMatchObject([{ path }]);
  });

  it("a JSON object is asked for by a tool, whose arguments are the answer", () => {
    const request: ModelRequest = { ...PLAIN_REQUEST, format: { kind: "json" } };
    const sent = body({ format: { kind: "json" } });
    expect(sent.tool_choice).toEqual({ type: "tool", name: "answer_with_json" });
    const answer = anthropicProvider.readAnswer(
      Buffer.from(
        '{"content":[{"type":"tool_use","id":"a","name":"answer_with_json","input":{"a":1}}],"stop_reason":"tool_use"}',
      ),
      request,
    );
    expect(answer).toMatchObject({ parts: [{ type: "text", text: '{"a":1}' }], stop: { reason: "end" } });
    const reader = anthropicProvider.eventReader(request);
    const events = reader.push(
      Buffer.from(
        'data: {"type":"message_start","message":{}}\n\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"answer_with_json","input":{}}}\n\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{}"}}\n\ndata: {"type":"message_delta","delta":{"stop_reason":"tool_use"}}\n\n',
      ),
    );
    expect(events.slice(1)).toMatchObject([
      { type: "open", part: { kind: "text" } },
      { type: "text", text: "{}" },
      { type: "close" },
      { type: "stop", stop: { reason: "end" } },
    ]);
  });

  it.each([
    ["https://api.anthropic.com", "/v1/messages"],
    ["https://api.anthropic.com/v1", "/v1/messages"],
    ["https://a.example/anthropic/", "/anthropic/v1/messages"],
    ["no URL", "/v1/messages"],
  ])("the base %s asks %s", (base, target) => {
    expect(anthropicProvider.writeRequest({ ...PLAIN_REQUEST, maxOutput: 1 }, { ...TARGET, base })).toMatchObject({
      target,
    });
  });

  it("Claude on Vertex AI: model and stream in the path, the version in the body", () => {
    const written = write({ stream: true }, { project: "p", location: "us-east5" }, "vertex");
    if (isRefused(written)) throw new Error("refused");
    expect(written.target).toBe(
      "/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-x:streamRawPredict",
    );
    expect(written.headers).toEqual(["content-type", "application/json"]);
    expect(JSON.parse(written.body)).toMatchObject({ anthropic_version: "vertex-2023-10-16", stream: true });
    expect(JSON.parse(written.body)).not.toHaveProperty("model");
  });
});
