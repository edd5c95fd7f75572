/** One request for each feature of a support table, that uses it and nothing else. */
import { EMPTY_REQUEST, type JsonObject, type ModelRequest, type Part, type Turn } from "../canonical/request.ts";
import type { Feature } from "../dialect/support.ts";

export const PLAIN_REQUEST: ModelRequest = {
  ...EMPTY_REQUEST,
  model: "a-model",
  turns: [{ role: "user", parts: [{ type: "text", text: "Hello." }] }],
  extras: { dialect: "none", fields: {} },
};

const PARAMETERS: JsonObject = { type: "object", properties: { city: { type: "string" } } };
const tools = [{ name: "weather", description: "The weather.", parameters: PARAMETERS, strict: null }];
const said = (...parts: Part[]): Partial<ModelRequest> => ({ turns: [{ role: "user", parts }] });

/** A finished round with a tool. */
function round(parts: Part[], failed: boolean): Turn[] {
  return [
    { role: "user", parts: [{ type: "text", text: "Hello." }] },
    {
      role: "assistant",
      parts: [
        ...parts,
        { type: "tool-call", id: "call_a", name: "weather", arguments: '{"city":"Oslo"}', signature: null },
      ],
    },
    {
      role: "user",
      parts: [{ type: "tool-result", id: "call_a", name: "weather", parts: [{ type: "text", text: "rain" }], failed }],
    },
  ];
}

/** `state`: a signature as the provider under test has sealed it. */
export function featureRequest(feature: Feature, state: string): ModelRequest {
  return { ...PLAIN_REQUEST, ...uses(feature, state) };
}

function uses(feature: Feature, state: string): Partial<ModelRequest> {
  switch (feature) {
    case "system":
      return { system: [{ type: "text", text: "Be brief." }] };
    case "tools":
      return { tools };
    case "parallel-tools":
      return { tools, parallelTools: false };
    case "tool-choice-none":
      return { tools, toolChoice: { kind: "none" } };
    case "tool-choice-any":
      return { tools, toolChoice: { kind: "any" } };
    case "tool-choice-named":
      return { tools, toolChoice: { kind: "tool", name: "weather" } };
    case "tool-result-failed":
      return { tools, turns: round([], true) };
    case "image-base64":
      return said({ type: "image", source: { kind: "base64", mediaType: "image/png", data: "AAAA" }, detail: null });
    case "image-url":
      return said({
        type: "image",
        source: { kind: "url", url: "https://a.example/b.png", mediaType: null },
        detail: null,
      });
    case "audio":
      return said({ type: "audio", source: { kind: "base64", mediaType: "audio/wav", data: "AAAA" } });
    case "file":
      return said({
        type: "file",
        source: { kind: "base64", mediaType: "application/pdf", data: "AAAA" },
        name: "a.pdf",
      });
    case "json-object":
      return { format: { kind: "json" } };
    case "json-schema":
      return { format: { kind: "schema", name: "answer", description: null, schema: PARAMETERS, strict: true } };
    case "reasoning-effort":
      return { reasoning: { effort: "high", budget: null, visible: null } };
    case "reasoning-budget":
      return { reasoning: { effort: null, budget: 4096, visible: null } };
    case "reasoning-state":
      return {
        tools,
        turns: round([{ type: "reasoning", text: "Think.", signature: state, redacted: null }], false),
      };
    case "cache-markers":
      return { system: [{ type: "text", text: "Be brief.", cache: { ttl: "1h" } }] };
    case "stop-strings":
      return { stop: ["END"] };
    case "temperature":
      return { temperature: 0.5 };
    case "top-p":
      return { topP: 0.5 };
    case "top-k":
      return { topK: 40 };
    case "seed":
      return { seed: 7 };
    case "penalties":
      return { frequencyPenalty: 0.5, presencePenalty: 0.25 };
    case "several-answers":
      return { count: 2 };
    case "stream":
      return { stream: true };
    case "user":
      return { user: "user-1" };
  }
}

/** The same request without the feature: what is dropped has to give the same body. */
export function withoutFeature(feature: Feature): ModelRequest {
  if (feature === "parallel-tools") return { ...PLAIN_REQUEST, tools };
  if (feature.startsWith("tool-choice")) return { ...PLAIN_REQUEST, tools };
  if (feature === "tool-result-failed" || feature === "reasoning-state") {
    return { ...PLAIN_REQUEST, tools, turns: round([], false) };
  }
  if (feature === "cache-markers") return { ...PLAIN_REQUEST, system: [{ type: "text", text: "Be brief." }] };
  return PLAIN_REQUEST;
}
