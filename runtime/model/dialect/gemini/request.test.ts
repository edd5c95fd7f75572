/** Requests of generateContent, from the client and to the provider: long, because each body stands beside what it has to become. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject, ModelRequest, Part, Turn } from "../../canonical/request.ts";
import { PLAIN_REQUEST } from "../../testing/feature-requests.ts";
import type { Refusal } from "../dialect.ts";
import { geminiClient } from "./client.ts";
import { readCountRequest, writeCount } from "./count.ts";
import { readPath } from "./path.ts";
import { geminiProvider } from "./provider.ts";

const TARGET = {
  model: "gemini-3-pro",
  base: "https://generativelanguage.googleapis.com/v1beta",
  variant: "",
  settings: {},
};
const PATH = { model: "gemini-3-pro", stream: false };

function isRefused(value: object): value is readonly Refusal[] {
  return Array.isArray(value);
}

function readBody(body: Json): ModelRequest {
  const request = geminiClient.readRequest(body, PATH);
  if (isRefused(request)) throw new Error(JSON.stringify(request));
  return request;
}

function write(request: Partial<ModelRequest>, target: object = {}) {
  return geminiProvider.writeRequest({ ...PLAIN_REQUEST, ...request }, { ...TARGET, ...target });
}

function body(request: Partial<ModelRequest>, target: object = {}): JsonObject {
  const written = write(request, target);
  if (isRefused(written)) throw new Error(JSON.stringify(written));
  return JSON.parse(written.body);
}

const text = (words: string): Part => ({ type: "text", text: words });
const user = (...parts: Part[]): Turn => ({ role: "user", parts });
const model = (...parts: Part[]): Turn => ({ role: "assistant", parts });
const call = (id: string, signature: string | null = null, args = "{}"): Part => ({
  type: "tool-call",
  id,
  name: "now",
  arguments: args,
  signature,
});
const result = (id: string, words: string, failed = false): Part => ({
  type: "tool-result",
  id,
  name: "",
  parts: [{ type: "text", text: words }],
  failed,
});

/** Bodies that come back as they were: nothing of Google's own is lost between Google's clients and providers. */
const SAME: readonly (readonly [name: string, fields: JsonObject])[] = [
  ["a text", {}],
  ["instructions", { systemInstruction: { parts: [{ text: "a" }, { text: "b" }] } }],
  [
    "settings",
    {
      generationConfig: {
        maxOutputTokens: 7,
        temperature: 2,
        topP: 0.5,
        topK: 3,
        stopSequences: ["a"],
        seed: 4,
        frequencyPenalty: 0.5,
        presencePenalty: -0.5,
        mediaResolution: "MEDIA_RESOLUTION_LOW",
      },
    },
  ],
  ["a level of thinking", { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingLevel: "LOW" } } }],
  ["a budget of thinking", { generationConfig: { thinkingConfig: { thinkingBudget: 512 } } }],
  ["JSON", { generationConfig: { responseMimeType: "application/json" } }],
  [
    "a schema",
    {
      generationConfig: {
        responseMimeType: "application/json",
        responseJsonSchema: { type: "object", properties: { my_name: { type: "string" } } },
      },
    },
  ],
  [
    "what only Google knows",
    {
      safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
      cachedContent: "cachedContents/1",
      labels: { my_team: "a" },
    },
  ],
  [
    "functions",
    {
      tools: [
        {
          functionDeclarations: [
            {
              name: "a.b",
              description: "c",
              parametersJsonSchema: { type: "object", properties: { x_y: { type: "string" } } },
            },
          ],
        },
        { googleSearch: {} },
      ],
      toolConfig: {
        retrievalConfig: { languageCode: "en" },
        functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["a.b"] },
      },
    },
  ],
  [
    "a conversation",
    {
      contents: [
        {
          role: "user",
          parts: [
            { text: "What?" },
            { inlineData: { mimeType: "image/png", data: "AAAA" } },
            { fileData: { mimeType: "video/mp4", fileUri: "gs://a/b" } },
          ],
        },
        {
          role: "model",
          parts: [
            { text: "Hm.", thought: true, thoughtSignature: "QQ==" },
            { text: "", thoughtSignature: "Qg==" },
            { functionCall: { id: "1", name: "a", args: { my_field: [1] } }, thoughtSignature: "Qw==" },
            { functionCall: { id: "2", name: "b", args: {} } },
          ],
        },
        {
          role: "user",
          parts: [
            { functionResponse: { id: "1", name: "a", response: { my_result: 1 } } },
            { functionResponse: { id: "2", name: "b", response: { error: "no" } } },
            { text: "Go on." },
          ],
        },
        {
          role: "model",
          parts: [
            { executableCode: { language: "PYTHON", code: "1" } },
            { codeExecutionResult: { outcome: "OUTCOME_OK" } },
          ],
        },
        { role: "user", parts: [{ text: "And?" }] },
      ],
    },
  ],
];

describe("requests from Gemini's clients to Gemini", () => {
  it.each(SAME)("%s comes back as it was", (_name, fields) => {
    const given: JsonObject = { contents: [{ role: "user", parts: [{ text: "Hi" }] }], ...fields };
    const written = geminiProvider.writeRequest(readBody(given), TARGET);
    if (isRefused(written)) throw new Error(JSON.stringify(written));
    expect(JSON.parse(written.body)).toEqual(given);
    expect(written.target).toBe("/v1beta/models/gemini-3-pro:generateContent");
  });

  it("names may be written with underscores, except those that are the user's", () => {
    const request = readBody({
      contents: [{ parts: [{ inline_data: { mime_type: "image/png", data: "A" } }] }],
      system_instruction: { parts: [{ text: "a" }] },
      generation_config: { max_output_tokens: 3 },
      tools: [
        {
          function_declarations: [
            {
              name: "f",
              parameters: {
                type: "OBJECT",
                properties: { a_b: { type: "INTEGER", nullable: true } },
                required: ["a_b"],
              },
            },
          ],
        },
      ],
    });
    expect(request).toMatchObject({
      maxOutput: 3,
      system: [{ text: "a" }],
      turns: [{ role: "user", parts: [{ type: "image" }] }],
      tools: [
        { parameters: { type: "object", properties: { a_b: { type: ["integer", "null"] } }, required: ["a_b"] } },
      ],
    });
  });

  it("calls without identifiers get the same each time, and results find them by name and order", () => {
    const { turns } = readBody({
      contents: [
        {
          role: "model",
          parts: [{ functionCall: { name: "a" } }, { functionCall: { name: "b" } }, { functionCall: { name: "a" } }],
        },
        {
          role: "user",
          parts: [
            { functionResponse: { name: "b", response: { result: "x" } } },
            { functionResponse: { name: "a", response: { output: "y" } } },
            { functionResponse: { name: "a", response: {} } },
          ],
        },
      ],
    });
    expect(turns[0]!.parts.map((part) => part.type === "tool-call" && part.id)).toEqual([
      "call_0_a",
      "call_1_b",
      "call_2_a",
    ]);
    expect(turns[1]!.parts).toMatchObject([
      { id: "call_1_b", name: "b", parts: [{ text: "x" }] },
      { id: "call_0_a", parts: [{ text: "y" }] },
      { id: "call_2_a", parts: [{ text: "{}" }] },
    ]);
  });

  it("a thought that a client kept in pieces is one again", () => {
    const { turns } = readBody({
      contents: [
        { parts: [{ text: "?" }] },
        {
          role: "model",
          parts: [
            { text: "One.", thought: true },
            { text: "", thought: true, thoughtSignature: "UA==" },
          ],
        },
        { parts: [{ text: "!" }] },
        { role: "model", parts: [{ text: "Two ", thought: true }] },
        { role: "model", parts: [{ text: "cities.", thought: true }] },
        { role: "model", parts: [{ text: "", thought: true, thoughtSignature: "QQ==" }] },
        { role: "model", parts: [{ text: "Yes.", thoughtSignature: "Qg==" }] },
      ],
    });
    expect(turns).toEqual([
      user(text("?")),
      model({ type: "reasoning", text: "One.", signature: "UA==", redacted: null }),
      user(text("!")),
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "Two cities.", signature: "QQ==", redacted: null },
          { type: "text", text: "Yes." },
          { type: "reasoning", text: "", signature: "Qg==", redacted: null },
        ],
      },
    ]);
  });

  it("a choice of several functions leaves the others out", () => {
    const functionDeclarations = ["a", "b", "c"].map((name) => ({ name }));
    const request = readBody({
      contents: [],
      tools: [{ functionDeclarations }],
      toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["a", "c"] } },
    });
    expect(request.tools.map((tool) => tool.name)).toEqual(["a", "c"]);
    expect(request.toolChoice).toEqual({ kind: "any" });
  });

  it.each<readonly [string, Json]>([
    ["", []],
    ["contents", {}],
    ["contents[0].role", { contents: [{ role: "assistant", parts: [] }] }],
    ["contents[0].parts[0].text", { contents: [{ parts: [{ text: 1 }] }] }],
    ["contents[0].parts[0].functionCall.name", { contents: [{ role: "model", parts: [{ functionCall: {} }] }] }],
    ["generationConfig.temperature", { contents: [], generationConfig: { temperature: 3 } }],
    ["generationConfig.responseMimeType", { contents: [], generationConfig: { responseMimeType: "text/x.enum" } }],
    [
      "generationConfig.thinkingConfig.thinkingLevel",
      { contents: [], generationConfig: { thinkingConfig: { thinkingLevel: "SOME" } } },
    ],
    [
      "toolConfig.functionCallingConfig.mode",
      { contents: [], toolConfig: { functionCallingConfig: { mode: "SOME" } } },
    ],
  ])("what is wrong is named: %s", (path, given) => {
    const refusals = geminiClient.readRequest(given, PATH);
    if (!isRefused(refusals)) throw new Error("read");
    expect(refusals.map((refusal) => refusal.path)).toContain(path);
  });

  it("what only Google can do is refused to others: its tools, its caches, pictures as answers", () => {
    expect(
      readBody({
        contents: [],
        cachedContent: "c",
        tools: [{ googleSearch: {} }],
        generationConfig: { responseModalities: ["TEXT", "IMAGE"] },
      }).extras.essential,
    ).toEqual(["cachedContent", "tools", "generationConfig"]);
    expect(readBody({ contents: [], safetySettings: [] }).extras.essential).toBeUndefined();
  });

  it.each([
    [
      "/v1beta/models/gemini-3-pro:generateContent",
      "",
      { model: "gemini-3-pro", stream: false, action: "generate", form: "array" },
    ],
    [
      "/v1beta/models/gemini-3-pro:streamGenerateContent",
      "key=a&alt=sse",
      { model: "gemini-3-pro", stream: true, action: "generate", form: "sse" },
    ],
    [
      "/v1beta/models/gemini-3-pro:streamGenerateContent",
      "alt=json",
      { model: "gemini-3-pro", stream: true, action: "generate", form: "array" },
    ],
    [
      "/v1/projects/p/locations/l/publishers/google/models/a%20b:countTokens",
      "",
      { model: "a b", stream: false, action: "count", form: "array" },
    ],
    ["/v1beta/models/gemini-3-pro:embedContent", "", null],
    ["/v1beta/models/%:generateContent", "", null],
    ["/v1beta/models", "", null],
  ])("the path %s?%s", (path, query, said) => {
    expect(readPath(path, query)).toEqual(said);
  });

  it("counting asks with contents, or with a whole request", () => {
    const contents = [{ parts: [{ text: "a" }] }];
    const whole = { contents, systemInstruction: { parts: [{ text: "b" }] } };
    expect(readCountRequest({ contents }, PATH)).toMatchObject({ turns: [{ parts: [{ text: "a" }] }], system: [] });
    expect(readCountRequest({ generateContentRequest: whole }, PATH)).toMatchObject({ system: [{ text: "b" }] });
    expect(writeCount(12)).toBe('{"totalTokens":12}');
  });

  it("what is nested too deeply is refused, and many small turns cost no more than they are long", () => {
    let deep: Json = [];
    for (let at = 0; at < 100_000; at++) deep = [deep];
    expect(geminiClient.readRequest({ contents: [{ parts: [{ executableCode: deep }] }] }, PATH)).toMatchObject([
      { path: "" },
    ]);
    const many: Json = {
      contents: Array.from({ length: 100_000 }, (_none, at) =>
        at < 50_000
          ? { role: "model", parts: [{ functionCall: { name: "a" } }] }
          : { parts: [{ functionResponse: { name: "a", response: {} } }] },
      ),
    };
    // Squared, it would be minutes, and the test would not end in time.
    expect("body" in geminiProvider.writeRequest(readBody(many), TARGET)).toBe(true);
  });

  it("whatever comes, nothing is thrown", () => {
    const part = fc.record(
      {
        text: fc.anything(),
        functionCall: fc.anything(),
        functionResponse: fc.oneof(
          fc.anything(),
          fc.record({ name: fc.string(), response: fc.anything(), parts: fc.anything() }),
        ),
        inlineData: fc.anything(),
        fileData: fc.anything(),
        thoughtSignature: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const given = fc.record(
      {
        contents: fc.oneof(
          fc.anything(),
          fc.array(fc.record({ role: fc.constantFrom("user", "model"), parts: fc.array(part) })),
        ),
        tools: fc.anything(),
        toolConfig: fc.anything(),
        generationConfig: fc.anything(),
        systemInstruction: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(given, (value) => {
        const json: Json = JSON.parse(JSON.stringify(value, (_name, inner) => (typeof inner === "bigint" ? 0 : inner)));
        const request = geminiClient.readRequest(json, PATH);
        if (!isRefused(request)) geminiProvider.writeRequest(request, TARGET);
      }),
      { numRuns: 300 },
    );
  });
});

describe("what Gemini asks of a conversation", () => {
  const SKIP = "skip_thought_signature_validator";
  it.each<readonly [string, readonly Turn[], readonly Json[]]>([
    [
      "neighbours are one turn, empty texts and turns are none, and the user begins",
      [model(text("a")), user(text("")), model(text("b")), user(text("c"))],
      [
        { role: "user", parts: [{ text: "(The conversation begins.)" }] },
        { role: "model", parts: [{ text: "a" }, { text: "b" }] },
        { role: "user", parts: [{ text: "c" }] },
      ],
    ],
    [
      "state stands on the first call; results come first, name their function and are objects",
      [
        user(text("a")),
        model(call("1", "VgwGemini///c2ln"), call("2", null, '{"a":'), call("3")),
        user(text("b"), result("1", "x"), result("2", '{"y":1}')),
        user(result("3", "no", true)),
      ],
      [
        { role: "user", parts: [{ text: "a" }] },
        {
          role: "model",
          parts: [
            { functionCall: { id: "1", name: "now", args: {} }, thoughtSignature: "c2ln" },
            { functionCall: { id: "2", name: "now", args: { $raw_arguments: '{"a":' } } },
            { functionCall: { id: "3", name: "now", args: {} } },
          ],
        },
        {
          role: "user",
          parts: [
            { functionResponse: { id: "1", name: "now", response: { result: "x" } } },
            { functionResponse: { id: "2", name: "now", response: { y: 1 } } },
            { functionResponse: { id: "3", name: "now", response: { error: "no" } } },
            { text: "b" },
          ],
        },
      ],
    ],
    [
      "calls of other models say so; other models' thoughts are left out",
      [
        user(text("a")),
        model(
          { type: "reasoning", text: "Hm.", signature: "VgwAnthropicc2ln", redacted: null },
          call("1", "VgwAnthropicc2ln"),
          call("2"),
        ),
        user(result("1", "x"), result("2", "y")),
      ],
      [
        { role: "user", parts: [{ text: "a" }] },
        {
          role: "model",
          parts: [
            { functionCall: { id: "1", name: "now", args: {} }, thoughtSignature: SKIP },
            { functionCall: { id: "2", name: "now", args: {} } },
          ],
        },
        {
          role: "user",
          parts: [
            { functionResponse: { id: "1", name: "now", response: { result: "x" } } },
            { functionResponse: { id: "2", name: "now", response: { result: "y" } } },
          ],
        },
      ],
    ],
    [
      "images of results follow them",
      [
        user(text("a")),
        model(call("1", "VgwGemini///c2ln")),
        user({
          type: "tool-result",
          id: "1",
          name: "",
          parts: [{ type: "image", source: { kind: "base64", mediaType: "image/png", data: "A" }, detail: null }],
          failed: false,
        }),
      ],
      [
        { role: "user", parts: [{ text: "a" }] },
        { role: "model", parts: [{ functionCall: { id: "1", name: "now", args: {} }, thoughtSignature: "c2ln" }] },
        {
          role: "user",
          parts: [
            { functionResponse: { id: "1", name: "now", response: { result: "" } } },
            { inlineData: { mimeType: "image/png", data: "A" } },
          ],
        },
      ],
    ],
  ])("%s", (_name, turns, contents) => {
    expect(body({ turns }).contents).toEqual(contents);
  });

  it("before Gemini 3 nobody asks for state, and thinking goes by budget", () => {
    const old = { model: "gemini-2.5-flash" };
    const turns = [user(text("a")), model(call("1")), user(result("1", "x"))];
    expect(JSON.stringify(body({ turns }, old))).not.toContain("thoughtSignature");
    const effort = (word: "none" | "minimal" | "medium" | "max") =>
      body({ reasoning: { effort: word, budget: null, visible: null } }, old).generationConfig;
    expect(effort("none")).toEqual({ thinkingConfig: { thinkingBudget: 0 } });
    expect(effort("minimal")).toEqual({ thinkingConfig: { thinkingBudget: 1024 } });
    expect(effort("medium")).toEqual({ thinkingConfig: { thinkingBudget: 8192 } });
    expect(effort("max")).toEqual({ thinkingConfig: { thinkingBudget: 24576 } });
    expect(body({ reasoning: { effort: null, budget: null, visible: null } }, old).generationConfig).toEqual({
      thinkingConfig: { thinkingBudget: -1 },
    });
  });

  it("large numbers in arguments go on digit for digit", () => {
    const written = write({
      turns: [
        user(text("a")),
        model(call("1", null, '{"n":12345678901234567890}')),
        user(result("1", '{"m":12345678901234567890}')),
      ],
    });
    expect("body" in written && written.body).toContain('"args":{"n":12345678901234567890}');
    expect("body" in written && written.body).toContain('"response":{"m":12345678901234567890}');
  });

  it.each<readonly [string, Partial<ModelRequest>]>([
    ["n", { count: 2 }],
    ["stop", { stop: ["1", "2", "3", "4", "5", "6"] }],
    ["reasoning_effort", { reasoning: { effort: "none", budget: null, visible: null } }],
    ["messages", { turns: [] }],
    ["messages[0].content", { turns: [user(result("1", "x"))] }],
    [
      "messages[0].content",
      {
        turns: [
          user({ type: "image", source: { kind: "url", url: "https://a.example/b", mediaType: null }, detail: null }),
        ],
      },
    ],
    [
      "messages[0].content",
      { turns: [user({ type: "native", dialect: "anthropic", value: { type: "search_result" } })] },
    ],
    ["tools", { extras: { dialect: "anthropic", fields: { tools: [] }, essential: ["tools"] } }],
  ])("what cannot be said is refused: %s", (path, request) => {
    expect(write(request)).toMatchObject([{ path }]);
  });

  it("names of functions that Gemini would refuse get others, and answers give them back", () => {
    const tools = ["a b", "1st"].map((name) => ({ name, description: null, parameters: {}, strict: null }));
    const request: ModelRequest = { ...PLAIN_REQUEST, tools };
    const written = geminiProvider.writeRequest(request, TARGET);
    if (isRefused(written)) throw new Error("refused");
    const names: string[] = JSON.parse(written.body).tools[0].functionDeclarations.map(
      (tool: { name: string }) => tool.name,
    );
    for (const name of names) expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_.-]{0,63}$/);
    const parts = names.map((name) => ({ functionCall: { name } }));
    const answer = geminiProvider.readAnswer(
      Buffer.from(JSON.stringify({ candidates: [{ content: { parts }, finishReason: "STOP" }] })),
      request,
    );
    expect("parts" in answer && answer.parts.map((part) => part.type === "tool-call" && part.name)).toEqual([
      "a b",
      "1st",
    ]);
  });

  it("Vertex AI: project and place in the path, no identifiers of calls", () => {
    const written = write(
      { stream: true, turns: [user(text("a")), model(call("1")), user(result("1", "x"))] },
      {
        variant: "vertex",
        base: "https://us-central1-aiplatform.googleapis.com/v1",
        settings: { project: "p", location: "us-central1" },
      },
    );
    if (isRefused(written)) throw new Error("refused");
    expect(written.target).toBe(
      "/v1/projects/p/locations/us-central1/publishers/google/models/gemini-3-pro:streamGenerateContent?alt=sse",
    );
    expect(written.body).not.toContain('"id"');
  });
});
