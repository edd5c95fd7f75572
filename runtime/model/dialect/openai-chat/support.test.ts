import { describe, expect, it } from "vitest";
import { sealState } from "../../canonical/signature.ts";
import { featureRequest, withoutFeature } from "../../testing/feature-requests.ts";
import { FEATURES } from "../support.ts";
import { openaiChatProvider } from "./provider.ts";
import { openaiChatSupport } from "./support.ts";
import type { OpenAIChatVariant } from "./variants.ts";

const VARIANTS: readonly OpenAIChatVariant[] = ["", "azure", "mistral", "groq", "vllm", "openrouter", "deepseek"];
const state = sealState("openai-chat", "state");

/** What says the feature in the body, where it is mapped; for each variant that says it in another way, its own. */
const SAID: { readonly [feature: string]: string | { readonly [variant: string]: string } } = {
  system: '{"role":"system","content":"Be brief."}',
  tools: '"tools":[{"type":"function","function":{"name":"weather"',
  "parallel-tools": '"parallel_tool_calls":false',
  "tool-choice-none": '"tool_choice":"none"',
  "tool-choice-any": { "": '"tool_choice":"required"', mistral: '"tool_choice":"any"' },
  "tool-choice-named": '"tool_choice":{"type":"function","function":{"name":"weather"}}',
  "tool-result-failed": '"content":"Error:\\nrain"',
  "image-base64": '"image_url":{"url":"data:image/png;base64,AAAA"}',
  "image-url": '"image_url":{"url":"https://a.example/b.png"}',
  audio: { "": '"input_audio":{"data":"AAAA","format":"wav"}', mistral: '"input_audio":"AAAA"' },
  file: {
    "": '"file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"}',
    mistral: '"document_url":"data:application/pdf;base64,AAAA","document_name":"a.pdf"',
  },
  "json-object": '"response_format":{"type":"json_object"}',
  "json-schema": '"json_schema":{"name":"answer","schema":{"type":"object"',
  "reasoning-effort": { "": '"reasoning_effort":"high"', openrouter: '"reasoning":{"effort":"high"}' },
  "reasoning-budget": {
    "": '"reasoning_effort":"medium"',
    openrouter: '"reasoning":{"max_tokens":4096}',
    mistral: '"reasoning_effort":"high"',
    deepseek: '"thinking":{"type":"enabled"},"reasoning_effort":"high"',
  },
  "reasoning-state": {
    vllm: '"reasoning":"Think."',
    deepseek: '"reasoning_content":"Think."',
    mistral: '"thinking":[{"type":"text","text":"Think."}]',
    openrouter: '"reasoning_details":[{"type":"reasoning.text","text":"Think.","signature":"state","index":0}]',
  },
  "cache-markers": '"cache_control":{"type":"ephemeral","ttl":"1h"}',
  "stop-strings": '"stop":["END"]',
  temperature: '"temperature":0.5',
  "top-p": '"top_p":0.5',
  "top-k": '"top_k":40',
  seed: { "": '"seed":7', mistral: '"random_seed":7' },
  penalties: '"frequency_penalty":0.5,"presence_penalty":0.25',
  stream: { "": '"stream":true,"stream_options":{"include_usage":true}', mistral: '"stream":true' },
  user: '"user":"user-1"',
};

describe.each(VARIANTS.map((variant) => ({ variant })))('what the table of "$variant" says is so', ({ variant }) => {
  const table = openaiChatSupport(variant);
  const target = { model: "m", base: "https://a.example/v1", variant, settings: {} };
  it.each(FEATURES.map((feature) => ({ feature, support: table[feature].support })))(
    "$feature: $support",
    ({ feature, support }) => {
      const written = openaiChatProvider.writeRequest(featureRequest(feature, state), target);
      if (support === "refused") {
        expect(written).toHaveLength(1);
        return;
      }
      if (!("body" in written)) throw new Error(JSON.stringify(written));
      const plain = openaiChatProvider.writeRequest(withoutFeature(feature), target);
      if (!("body" in plain)) throw new Error(JSON.stringify(plain));
      if (support === "dropped") expect(written.body).toBe(plain.body);
      else {
        const said = SAID[feature] ?? "";
        const text = typeof said === "string" ? said : (said[variant] ?? said[""] ?? "nothing");
        expect(written.body).toContain(text);
        expect(plain.body).not.toContain(text);
      }
    },
  );
});
