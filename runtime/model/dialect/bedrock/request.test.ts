import { describe, expect, it } from "vitest";
import type { ModelRequest, Part, Turn } from "../../canonical/request.ts";
import { sealState } from "../../canonical/signature.ts";
import { PLAIN_REQUEST } from "../../testing/feature-requests.ts";
import type { ProviderTarget } from "../dialect.ts";
import { bedrockProvider } from "./provider.ts";

const target: ProviderTarget = { model: "us.anthropic.claude-x", base: "https://a.example", variant: "", settings: {} };

function body(request: Partial<ModelRequest>, at: Partial<ProviderTarget> = {}): { [name: string]: unknown } {
  const written = bedrockProvider.writeRequest({ ...PLAIN_REQUEST, ...request }, { ...target, ...at });
  if (!("body" in written)) throw new Error(JSON.stringify(written));
  return JSON.parse(written.body);
}
function refused(request: Partial<ModelRequest>, at: Partial<ProviderTarget> = {}): string[] {
  const written = bedrockProvider.writeRequest({ ...PLAIN_REQUEST, ...request }, { ...target, ...at });
  return "body" in written ? [] : written.map(({ path }) => path);
}

const user = (...parts: Part[]): Turn => ({ role: "user", parts });
const model = (...parts: Part[]): Turn => ({ role: "assistant", parts });
const text = (text: string): Part => ({ type: "text", text });
const call = (id: string, name = "weather", args = '{"n":1.0}'): Part => ({
  type: "tool-call",
  id,
  name,
  arguments: args,
  signature: null,
});
const result = (id: string, ...texts: string[]): Part => ({
  type: "tool-result",
  id,
  name: "",
  parts: texts.map((text) => ({ type: "text", text })),
  failed: false,
});
const tool = { name: "weather", description: "", parameters: {}, strict: null };

describe("requests for Bedrock", () => {
  it("neighbours are merged, results come first, the first turn is the user's, nothing is empty", () => {
    const turns = [
      model(text("Hi.")),
      user(text("")),
      user(text("Weather?")),
      model(text("I look.")),
      model(call("a"), call("b")),
      user(text("Quick!"), result("a", "rain", "")),
      user(result("b")),
    ];
    expect(body({ turns, tools: [tool] }).messages).toEqual([
      { role: "user", content: [{ text: "(The conversation begins.)" }] },
      { role: "assistant", content: [{ text: "Hi." }] },
      { role: "user", content: [{ text: "Weather?" }] },
      {
        role: "assistant",
        content: [
          { text: "I look." },
          { toolUse: { toolUseId: "a", name: "weather", input: { n: 1 } } },
          { toolUse: { toolUseId: "b", name: "weather", input: { n: 1 } } },
        ],
      },
      {
        role: "user",
        content: [
          { toolResult: { toolUseId: "a", content: [{ text: "rain" }] } },
          { toolResult: { toolUseId: "b", content: [] } },
          { text: "Quick!" },
        ],
      },
    ]);
  });

  it("arguments go digit for digit, and cut ones are marked", () => {
    const written = (args: string) => {
      const request = {
        ...PLAIN_REQUEST,
        turns: [user(text("?")), model(call("a", "f", args)), user(result("a", "x"))],
      };
      const made = bedrockProvider.writeRequest(request, target);
      return "body" in made ? made.body : "";
    };
    expect(written('{"n":10000000000000000001}')).toContain('"input":{"n":10000000000000000001}');
    expect(written('{"n":1')).toContain('"input":{"$raw_arguments":"{\\"n\\":1"}');
  });

  const history = [user(text("?")), model(call("a")), user(result("a", "rain"))];

  it("a history with tools needs them, though the client offers none any more", () => {
    expect(body({ turns: history }).toolConfig).toEqual({
      tools: [
        {
          toolSpec: {
            name: "weather",
            description: "Not to be called any more.",
            inputSchema: { json: { type: "object" } },
          },
        },
      ],
    });
  });

  it("none leaves the tools out, and the history's calls become texts", () => {
    const none = body({ turns: history, tools: [tool], toolChoice: { kind: "none" } });
    expect(none.toolConfig).toBeUndefined();
    expect(none.messages).toEqual([
      { role: "user", content: [{ text: "?" }] },
      { role: "assistant", content: [{ text: '(Called weather with {"n":1.0})' }] },
      { role: "user", content: [{ text: "(It gave: rain)" }] },
    ]);
  });

  it("cache points stand behind what they cover, in instructions, tools, messages and results", () => {
    const cache = { ttl: "5m" } as const;
    const marked = body({
      system: [
        { type: "text", text: "a", cache },
        { type: "text", text: "b" },
      ],
      tools: [{ ...tool, cache }],
      turns: [
        user({ type: "text", text: "c", cache }, { type: "text", text: "", cache: { ttl: "1h" } }),
        model(call("a")),
        user({
          type: "tool-result",
          id: "a",
          name: "",
          parts: [{ type: "text", text: "d", cache: { ttl: "1h" } }],
          failed: false,
        }),
      ],
    });
    const point = { cachePoint: { type: "default" } };
    const hour = { cachePoint: { type: "default", ttl: "1h" } };
    expect(marked.system).toEqual([{ text: "a" }, point, { text: "b" }]);
    expect(marked.toolConfig).toMatchObject({ tools: [{ toolSpec: { name: "weather" } }, point] });
    expect(marked.messages).toMatchObject([
      { content: [{ text: "c" }, hour] },
      {},
      { content: [{ toolResult: { toolUseId: "a", content: [{ text: "d" }] } }, hour] },
    ]);
  });

  it("names and identifiers become what Bedrock takes, and names come back", () => {
    const odd = "7 days?";
    const request: ModelRequest = {
      ...PLAIN_REQUEST,
      tools: [{ ...tool, name: odd }],
      toolChoice: { kind: "tool", name: odd },
      turns: [user(text("?")), model(call("a b/ü", odd)), user(result("a b/ü", "x"))],
    };
    const made = body(request);
    const there: unknown = JSON.parse(JSON.stringify(made.toolConfig)).tools[0].toolSpec.name;
    expect(there).toMatch(/^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/);
    expect(made.toolConfig).toMatchObject({ toolChoice: { tool: { name: there } } });
    const [, second, third] = JSON.parse(JSON.stringify(made.messages));
    expect(second.content[0].toolUse.name).toBe(there);
    expect(second.content[0].toolUse.toolUseId).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(third.content[0].toolResult.toolUseId).toBe(second.content[0].toolUse.toolUseId);
    const answer = {
      output: { message: { content: [{ toolUse: { toolUseId: "t", name: there, input: {} } }] } },
      stopReason: "tool_use",
    };
    expect(bedrockProvider.readAnswer(Buffer.from(JSON.stringify(answer)), request)).toMatchObject({
      parts: [{ name: odd }],
    });
  });

  it("thoughts come back first and unchanged; another provider's are left out", () => {
    const thought = (state: string | null, redacted: string | null = null): Part => ({
      type: "reasoning",
      text: "Hm.",
      signature: state,
      redacted,
    });
    const turns = [
      user(text("?")),
      model(
        text("Yes."),
        thought(sealState("bedrock", "mine")),
        thought(sealState("anthropic", "other")),
        thought(null),
        thought(null, sealState("bedrock", "ZGF0YQ==")),
      ),
      user(text("And?")),
    ];
    expect(body({ turns }).messages).toMatchObject([
      {},
      {
        content: [
          { reasoningContent: { reasoningText: { text: "Hm.", signature: "mine" } } },
          { reasoningContent: { redactedContent: "ZGF0YQ==" } },
          { text: "Yes." },
        ],
      },
      {},
    ]);
  });

  it("documents have names that Bedrock takes, each its own, and a text beside them", () => {
    const file = (name: string | null): Part => ({
      type: "file",
      source: { kind: "base64", mediaType: "application/pdf", data: "AA" },
      name,
    });
    expect(body({ turns: [user(file("Über_2.0.pdf"), file(null))] }).messages).toMatchObject([
      {
        content: [
          { document: { name: "ber 2 0 (1)" } },
          { document: { name: "document (2)" } },
          { text: "See the document." },
        ],
      },
    ]);
  });

  it.each([
    [
      "amazon.nova-2-x",
      {},
      { reasoning: { effort: "low", budget: null, visible: null } },
      { reasoningConfig: { type: "enabled", maxReasoningEffort: "low" } },
    ],
    ["amazon.nova-2-x", {}, { topK: 3 }, { inferenceConfig: { topK: 3 } }],
    ["openai.gpt-oss", {}, { reasoning: { effort: "max", budget: null, visible: null } }, { reasoning_effort: "high" }],
    [
      "anthropic.claude-x",
      { thinking: "adaptive" },
      { reasoning: { effort: null, budget: 20_000, visible: null } },
      { thinking: { type: "adaptive" }, output_config: { effort: "high" } },
    ],
    [
      "anthropic.claude-x",
      { thinking: "budget" },
      { maxOutput: 10_000, reasoning: { effort: "medium", budget: null, visible: null } },
      { thinking: { type: "enabled", budget_tokens: 5000 } },
    ],
    [
      "anthropic.claude-x",
      {},
      { maxOutput: 3000, reasoning: { effort: null, budget: 9000, visible: null } },
      { thinking: { type: "enabled", budget_tokens: 2999 } },
    ],
    ["anthropic.claude-x", {}, { reasoning: { effort: "none", budget: null, visible: null } }, undefined],
    [
      "arn:aws:bedrock:us-east-1:1:application-inference-profile/x",
      { family: "amazon.nova-lite-v1:0" },
      { topK: 3 },
      { inferenceConfig: { topK: 3 } },
    ],
  ] as const)("%s %j %j", (name, settings, request, fields) => {
    expect(body(request, { model: name, settings }).additionalModelRequestFields).toEqual(fields);
  });

  it.each([
    [{ count: 2 }, "n"],
    [{ temperature: 1.5 }, "temperature"],
    [{ topK: 3 }, "top_k", "meta.llama"],
    [{ reasoning: { effort: "high", budget: null, visible: null } }, "reasoning", "meta.llama"],
    [{ maxOutput: 1000, reasoning: { effort: null, budget: 2000, visible: null } }, "thinking.budget_tokens"],
    [{ tools: [tool], format: { kind: "json" } }, "response_format"],
    [{ turns: [] }, "messages"],
    [
      { turns: [user({ type: "image", source: { kind: "base64", mediaType: "image/bmp", data: "" }, detail: null })] },
      "turns[0].parts[0]",
    ],
    [{ turns: [user({ type: "native", dialect: "anthropic", value: { type: "x" } })] }, "turns[0].parts[0]"],
  ] as const)("%j is refused", (request, path, name: string = "anthropic.claude-x") => {
    expect(refused(request, { model: name })).toEqual([path]);
  });
});
