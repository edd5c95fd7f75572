import { describe, expect, it } from "vitest";
import { PLAIN_REQUEST } from "../../testing/feature-requests.ts";
import { supportSuite } from "../../testing/support.suite.ts";
import type { Feature } from "../support.ts";
import { FAMILIES, UNKNOWN } from "./abilities.ts";
import { abilitiesNamed } from "./family.ts";
import { bedrockProvider } from "./provider.ts";
import { bedrockSupport } from "./support.ts";

const base = "https://bedrock-runtime.us-east-1.amazonaws.com";

type Said = { readonly [Name in Feature]?: string };

const SAID: Said = {
  system: '"system":[{"text":"Be brief."}]',
  tools: '"toolConfig":{"tools":[{"toolSpec":{"name":"weather"',
  "tool-choice-any": '"toolChoice":{"any":{}}',
  "tool-choice-named": '"toolChoice":{"tool":{"name":"weather"}}',
  "tool-result-failed": '{"toolResult":{"toolUseId":"call_a","content":[{"text":"rain"}],"status":"error"}}',
  "image-base64": '{"image":{"format":"png","source":{"bytes":"AAAA"}}}',
  file: '{"document":{"format":"pdf","name":"a (1)","source":{"bytes":"AAAA"}}}',
  "json-object": '"toolChoice":{"tool":{"name":"answer_with_json"}}',
  "json-schema": '"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\\"type\\"',
  "reasoning-effort":
    '"additionalModelRequestFields":{"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}}',
  "reasoning-budget": '"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":4096}}',
  "reasoning-state": '{"reasoningContent":{"reasoningText":{"text":"Think.","signature":"state"}}}',
  "cache-markers": '"system":[{"text":"Be brief."},{"cachePoint":{"type":"default","ttl":"1h"}}]',
  "stop-strings": '"inferenceConfig":{"stopSequences":["END"]}',
  temperature: '"inferenceConfig":{"temperature":0.5}',
  "top-p": '"inferenceConfig":{"topP":0.5}',
  "top-k": '"additionalModelRequestFields":{"top_k":40}',
  stream: "/converse-stream",
};

const IN_TURN = { system: '"messages":[{"role":"user","content":[{"text":"Be brief."}' };
const BY_TOOL = { "json-schema": '"name":"answer_with_json"' };
const BY_BUDGET = {
  "reasoning-effort": '"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":',
};
const ANY = { "tool-choice-named": '"toolChoice":{"any":{}}', "json-object": '"toolChoice":{"any":{}}' };
const IN_WORDS = {
  "reasoning-effort": '"maxReasoningEffort":"high"',
  "reasoning-budget": '"maxReasoningEffort":',
  "top-k": '{"inferenceConfig":{"topK":40}}',
};
const BY_EFFORT = { "reasoning-effort": '"reasoning_effort":"high"', "reasoning-budget": '"reasoning_effort":' };

/** A model of each family, and what it is told otherwise. */
const MODELS: readonly (readonly [model: string, said: Said])[] = [
  ["anthropic.claude-x-v1:0", {}],
  ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", BY_BUDGET],
  ["eu.anthropic.claude-sonnet-4-20250514-v1:0", { ...BY_TOOL, ...BY_BUDGET }],
  ["apac.anthropic.claude-3-7-sonnet-20250219-v1:0", { ...BY_TOOL, ...BY_BUDGET }],
  ["anthropic.claude-3-haiku-20240307-v1:0", BY_TOOL],
  ["anthropic.claude-3-5-haiku-20241022-v1:0", BY_TOOL],
  ["anthropic.claude-v2:1", {}],
  ["global.amazon.nova-2-lite-v1:0", { ...BY_TOOL, ...IN_WORDS }],
  ["amazon.nova-pro-v1:0", { ...BY_TOOL, ...IN_WORDS }],
  ["amazon.nova-micro-v1:0", { ...BY_TOOL, ...IN_WORDS }],
  ["amazon.titan-text-express-v1", IN_TURN],
  ["amazon.titan-text-premier-v1:0", IN_TURN],
  ["meta.llama3-8b-instruct-v1:0", {}],
  ["us.meta.llama3-3-70b-instruct-v1:0", {}],
  ["us.meta.llama4-scout-17b-instruct-v1:0", {}],
  ["mistral.mistral-7b-instruct-v0:2", IN_TURN],
  ["mistral.mistral-large-2407-v1:0", ANY],
  ["mistral.mistral-small-2402-v1:0", {}],
  ["us.mistral.pixtral-large-2502-v1:0", {}],
  ["cohere.command-r-plus-v1:0", { "top-k": '"additionalModelRequestFields":{"k":40}' }],
  ["cohere.command-text-v14", IN_TURN],
  ["cohere.command-light-text-v14", IN_TURN],
  ["us.deepseek.r1-v1:0", {}],
  ["deepseek.v3-v1:0", ANY],
  ["ai21.jamba-instruct-v1:0", {}],
  ["ai21.jamba-1-5-large-v1:0", {}],
  ["us.writer.palmyra-x5-v1:0", {}],
  ["openai.gpt-oss-120b-1:0", BY_EFFORT],
  ["qwen.qwen3-32b-v1:0", {}],
  ["qwen.qwen3-vl-235b-a22b", {}],
  ["somebody.new-v1:0", {}],
];

for (const [model, said] of MODELS) {
  const abilities = abilitiesNamed(model);
  const without = abilities.tools === "none";
  supportSuite(
    bedrockProvider,
    bedrockSupport(abilities),
    { model, base, variant: "", settings: {} },
    { ...SAID, ...said },
    without ? {} : { "tool-choice-none": '"toolConfig":' },
    without ? ["tool-choice-none", "reasoning-state"] : [],
  );
}

describe("families", () => {
  it("every row is some model's, which no row before it takes", () => {
    const found = new Set(MODELS.map(([model]) => abilitiesNamed(model)));
    expect(FAMILIES.map(([, row]) => row.name).filter((name) => ![...found].some((row) => row.name === name))).toEqual(
      [],
    );
  });

  it.each([
    ["arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0", "Claude 3 and 3.5"],
    ["arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0", "Nova"],
    ["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefgh", UNKNOWN.name],
    ["anthropic.claude-opus-4-20250514-v1:0", "Claude 3.7 and 4"],
    ["anthropic.claude-opus-4-1-20250805-v1:0", "Claude 3.7 and 4"],
    ["anthropic.claude-opus-4-6-v1", "Claude 4.6 and later"],
    ["meta.llama3-2-1b-instruct-v1:0", "Llama 2, 3, and 3.2 for text"],
    ["meta.llama3-2-90b-instruct-v1:0", "Llama 3.2 for images, and 4"],
    ["meta.llama3-1-8b-instruct-v1:0", "Llama 3.1 and 3.3"],
    ["mistral.mistral-large-3-675b-instruct", UNKNOWN.name],
  ])("%s: %s", (model, name) => expect(abilitiesNamed(model).name).toBe(name));

  const target = { model: "meta.llama3-3-70b-instruct-v1:0", base, variant: "", settings: {} };
  const tools = [{ name: "f", description: null, parameters: {}, strict: null }];

  it("tools are not asked for in a stream where the model cannot", () => {
    const written = bedrockProvider.writeRequest({ ...PLAIN_REQUEST, stream: true, tools }, target);
    if (!("target" in written)) throw new Error(JSON.stringify(written));
    expect(written.target).toMatch(/\/converse$/);
    expect(written.headers.at(-1)).toBe("application/json");
  });

  it("a model without tools is told of calls in the history as text, and tool_choice none is nothing to it", () => {
    const turns = [
      { role: "user", parts: [{ type: "text", text: "?" }] },
      { role: "assistant", parts: [{ type: "tool-call", id: "a", name: "f", arguments: "{}", signature: null }] },
      { role: "user", parts: [{ type: "tool-result", id: "a", name: "f", parts: [], failed: false }] },
    ] as const;
    const request = { ...PLAIN_REQUEST, tools, toolChoice: { kind: "none" }, turns } as const;
    const written = bedrockProvider.writeRequest(request, { ...target, model: "deepseek.r1-v1:0" });
    if (!("body" in written)) throw new Error(JSON.stringify(written));
    expect(written.body).toContain("(Called f with {})");
    expect(written.body).not.toContain("tool");
  });
});
