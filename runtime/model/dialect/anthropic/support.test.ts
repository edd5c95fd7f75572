import { describe, expect, it } from "vitest";
import { sealState } from "../../canonical/signature.ts";
import { featureRequest, withoutFeature } from "../../testing/feature-requests.ts";
import { FEATURES, type Feature } from "../support.ts";
import { anthropicProvider } from "./provider.ts";
import { anthropicSupport } from "./support.ts";

const TARGET = { model: "m", base: "https://a.example/v1", variant: "", settings: { max_output: "8000" } };

/** What says the feature in the body, where it is mapped or emulated. */
const SAID: { readonly [Name in Feature]?: string } = {
  system: '"system":[{"type":"text","text":"Be brief."}]',
  tools: '"tools":[{"name":"weather"',
  "parallel-tools": '"disable_parallel_tool_use":true',
  "tool-choice-none": '"tool_choice":{"type":"none"}',
  "tool-choice-any": '"tool_choice":{"type":"any"}',
  "tool-choice-named": '"tool_choice":{"type":"tool","name":"weather"}',
  "tool-result-failed": '"is_error":true',
  "image-base64": '"source":{"type":"base64","media_type":"image/png","data":"AAAA"}',
  "image-url": '"source":{"type":"url","url":"https://a.example/b.png"}',
  file: '"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AAAA"},"title":"a.pdf"',
  "json-object": '"tool_choice":{"type":"tool","name":"answer_with_json"}',
  "json-schema": '"output_config":{"format":{"type":"json_schema","schema":{"type":"object"',
  "reasoning-effort": '"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}',
  "reasoning-budget": '"thinking":{"type":"enabled","budget_tokens":4096}',
  "reasoning-state": '{"type":"thinking","thinking":"Think.","signature":"c3RhdGU="}',
  "cache-markers": '"cache_control":{"type":"ephemeral","ttl":"1h"}',
  "stop-strings": '"stop_sequences":["END"]',
  temperature: '"temperature":0.5',
  "top-p": '"top_p":0.5',
  "top-k": '"top_k":40',
  stream: '"stream":true',
  user: '"metadata":{"user_id":"user-1"}',
};

describe("what Anthropic's table says is so", () => {
  it.each(FEATURES.map((feature) => ({ feature, support: anthropicSupport[feature].support })))(
    "$feature: $support",
    ({ feature, support }) => {
      const state = sealState("anthropic", "c3RhdGU=");
      const written = anthropicProvider.writeRequest(featureRequest(feature, state), TARGET);
      if (support === "refused") {
        expect(written).not.toHaveProperty("body");
        return;
      }
      const plain = anthropicProvider.writeRequest(withoutFeature(feature), TARGET);
      if (!("body" in written) || !("body" in plain)) throw new Error(JSON.stringify([written, plain]));
      if (support === "dropped") {
        expect(written.body).toBe(plain.body);
        return;
      }
      const said = SAID[feature] ?? "nothing";
      expect(written.body).toContain(said);
      expect(plain.body).not.toContain(said);
    },
  );
});
