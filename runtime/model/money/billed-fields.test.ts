/** What a provider may bill beside tokens at the model's ordinary rates is refused or counted, dialect by dialect. */
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../canonical/request.ts";
import type { ClientDialectName } from "../dialect/dialect.ts";
import { fieldBilling } from "./billed-fields.ts";

const REFUSED: readonly (readonly [ClientDialectName, JsonObject])[] = [
  // OpenAI and those that resemble it.
  ["openai-chat", { service_tier: "priority" }],
  ["openai-chat", { service_tier: "flex" }],
  ["openai-chat", { modalities: ["text", "audio"] }],
  ["openai-chat", { audio: { voice: "alloy", format: "wav" } }],
  ["openai-chat", { web_search_options: {} }],
  ["openai-chat", { tools: [{ type: "web_search" }] }],
  ["openai-chat", { best_of: 20 }],
  ["openai-chat", { use_beam_search: true }],
  ["openai-chat", { data_sources: [{ type: "azure_search" }] }],
  ["openai-chat", { search_parameters: { mode: "on" } }],
  // OpenRouter: another model, another provider's price, fees.
  ["openai-chat", { models: ["openai/o1-pro"] }],
  ["openai-chat", { provider: { order: ["dear"] } }],
  ["openai-chat", { plugins: [{ id: "web" }] }],
  ["openai-chat", { preset: "mine" }],
  ["openai-chat", { whatever_comes_next: 1 }],
  ["openai-responses", { service_tier: "priority" }],
  ["openai-responses", { background: true }],
  ["openai-responses", { prompt: { id: "pmpt_1" } }],
  ...["web_search", "file_search", "code_interpreter", "image_generation", "mcp"].map(
    (type) => ["openai-responses", { tools: [{ type }] }] as const,
  ),
  ["anthropic", { service_tier: "priority" }],
  ["anthropic", { speed: "fast" }],
  ["anthropic", { inference_geo: "us" }],
  ["anthropic", { mcp_servers: [{ type: "url", url: "https://x" }] }],
  ["anthropic", { container: "c" }],
  ["anthropic", { thread: "t" }],
  ...["web_search_20250305", "web_fetch_20250910", "code_execution_20250825"].map(
    (type) => ["anthropic", { tools: [{ type, name: "x" }] }] as const,
  ),
  ["gemini", { cachedContent: "cachedContents/1" }],
  ["gemini", { tools: [{ googleSearch: {} }] }],
  ["gemini", { tools: [{ urlContext: {} }] }],
  ["gemini", { tools: [{ codeExecution: {} }] }],
  ["gemini", { generationConfig: { responseModalities: ["AUDIO"] } }],
  ["gemini", { generationConfig: { responseModalities: ["TEXT", "IMAGE"] } }],
  ["gemini", { generationConfig: { speechConfig: {} } }],
  ["gemini", { generationConfig: { modelSelectionConfig: {} } }],
  ["gemini", { serviceTier: "priority" }],
];

const ORDINARY: readonly (readonly [ClientDialectName, JsonObject])[] = [
  ["openai-chat", { service_tier: "auto", store: true, metadata: { a: "b" }, verbosity: "low", modalities: ["text"] }],
  ["openai-chat", { tools: [{ type: "custom", custom: { name: "x" } }], best_of: 1, web_search_options: null }],
  ["openai-responses", { store: false, include: ["reasoning.encrypted_content"], background: false }],
  ["openai-responses", { tools: [{ type: "custom", name: "x" }, { type: "local_shell" }] }],
  ["anthropic", { tools: [{ type: "bash_20250124", name: "bash" }], metadata: {}, thinking: null }],
  ["gemini", { safetySettings: [], generationConfig: { mediaResolution: "LOW", responseModalities: ["TEXT"] } }],
];

describe("fields of a request", () => {
  it.each(REFUSED)("%s %j: refused", (dialect, fields) => {
    expect(fieldBilling({ dialect, fields }, dialect).refused).toBe(Object.keys(fields)[0]);
  });

  it.each(ORDINARY)("%s %j: as it is", (dialect, fields) => {
    const ordinary = { refused: null, beyond: false, output: 0, hour: false };
    expect(fieldBilling({ dialect, fields }, dialect)).toEqual(ordinary);
  });

  it("what another dialect's provider never hears of changes nothing", () => {
    const extras = { dialect: "openai-chat", fields: { service_tier: "priority" } };
    expect(fieldBilling(extras, "anthropic").refused).toBeNull();
  });

  it("a prediction may be billed as output, byte by byte", () => {
    const prediction: Json = { type: "content", content: "x".repeat(1000) };
    const { output } = fieldBilling({ dialect: "openai-chat", fields: { prediction } }, "openai-chat");
    expect(output).toBeGreaterThan(1000);
  });

  it("earlier answers are bounded by the context alone, a cache of an hour by its own rate", () => {
    const earlier = { dialect: "openai-responses", fields: { previous_response_id: "resp_1" } };
    expect(fieldBilling(earlier, "openai-responses")).toMatchObject({ refused: null, beyond: true });
    const marker = (ttl: string) => ({ dialect: "anthropic", fields: { cache_control: { type: "ephemeral", ttl } } });
    expect(fieldBilling(marker("1h"), "anthropic").hour).toBe(true);
    expect(fieldBilling(marker("5m"), "anthropic").hour).toBe(false);
  });
});
