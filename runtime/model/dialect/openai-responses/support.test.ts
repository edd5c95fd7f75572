import { describe, expect, it } from "vitest";
import { sealState } from "../../canonical/signature.ts";
import { featureRequest, withoutFeature } from "../../testing/feature-requests.ts";
import { FEATURES, type Feature } from "../support.ts";
import { openaiResponsesProvider } from "./provider.ts";
import { OPENAI_RESPONSES_SUPPORT } from "./support.ts";

const state = sealState("openai-responses", '{"id":"rs_1","encrypted_content":"enc"}');

/** What says the feature in the body, where it is said at all. */
const SAID: { readonly [Name in Feature]?: string } = {
  system: '"instructions":"Be brief."',
  tools: '"tools":[{"type":"function","name":"weather","description":"The weather.","parameters":{',
  "parallel-tools": '"parallel_tool_calls":false',
  "tool-choice-none": '"tool_choice":"none"',
  "tool-choice-any": '"tool_choice":"required"',
  "tool-choice-named": '"tool_choice":{"type":"function","name":"weather"}',
  "tool-result-failed": '{"type":"function_call_output","call_id":"call_a","output":"Error:\\nrain"}',
  "image-base64": '{"type":"input_image","detail":"auto","image_url":"data:image/png;base64,AAAA"}',
  "image-url": '{"type":"input_image","detail":"auto","image_url":"https://a.example/b.png"}',
  file: '{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"}',
  "json-object": '"text":{"format":{"type":"json_object"}}',
  "json-schema": '"text":{"format":{"type":"json_schema","name":"answer","schema":{"type":"object"',
  "reasoning-effort": '"reasoning":{"effort":"high"},"store":false,"include":["reasoning.encrypted_content"]',
  "reasoning-budget": '"reasoning":{"effort":"medium"}',
  "reasoning-state":
    '{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Think."}],"encrypted_content":"enc"}',
  temperature: '"temperature":0.5',
  "top-p": '"top_p":0.5',
  stream: '"stream":true',
  user: '"user":"user-1"',
};

describe("what the table says is so", () => {
  const target = { model: "m", base: "https://a.example/v1", variant: "", settings: {} };
  it.each(FEATURES.map((feature) => ({ feature, support: OPENAI_RESPONSES_SUPPORT[feature].support })))(
    "$feature: $support",
    ({ feature, support }) => {
      const written = openaiResponsesProvider.writeRequest(featureRequest(feature, state), target);
      if (support === "refused") {
        expect(written).toHaveLength(1);
        return;
      }
      const plain = openaiResponsesProvider.writeRequest(withoutFeature(feature), target);
      if (!("body" in written) || !("body" in plain)) throw new Error(JSON.stringify([written, plain]));
      const said = SAID[feature];
      if (said === undefined) {
        expect(support).toBe("dropped");
        expect(written.body).toBe(plain.body);
      } else {
        expect(written.body).toContain(said);
        expect(plain.body).not.toContain(said);
      }
    },
  );
});
