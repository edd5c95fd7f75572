import { describe, expect, it } from "vitest";
import { sealState } from "../../canonical/signature.ts";
import { featureRequest, withoutFeature } from "../../testing/feature-requests.ts";
import { FEATURES, type Feature } from "../support.ts";
import { geminiProvider } from "./provider.ts";
import { geminiSupport } from "./support.ts";

const TARGET = { model: "gemini-3-pro", base: "https://a.example/v1beta", variant: "", settings: {} };

/** What says the feature in the request, where it is mapped or emulated. */
const SAID: { readonly [Name in Feature]?: string } = {
  system: '"systemInstruction":{"parts":[{"text":"Be brief."}]}',
  tools: '"tools":[{"functionDeclarations":[{"name":"weather","description":"The weather.","parametersJsonSchema":{',
  "tool-choice-none": '"functionCallingConfig":{"mode":"NONE"}',
  "tool-choice-any": '"functionCallingConfig":{"mode":"ANY"}',
  "tool-choice-named": '"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["weather"]}',
  "tool-result-failed": '"response":{"error":"rain"}',
  "image-base64": '"inlineData":{"mimeType":"image/png","data":"AAAA"}',
  "image-url": '"fileData":{"mimeType":"image/png","fileUri":"https://a.example/b.png"}',
  audio: '"inlineData":{"mimeType":"audio/wav","data":"AAAA"}',
  file: '"inlineData":{"mimeType":"application/pdf","data":"AAAA"}',
  "json-object": '"generationConfig":{"responseMimeType":"application/json"}',
  "json-schema": '"responseMimeType":"application/json","responseJsonSchema":{"type":"object"',
  "reasoning-effort": '"thinkingConfig":{"thinkingLevel":"HIGH"}',
  "reasoning-budget": '"thinkingConfig":{"thinkingBudget":4096}',
  "reasoning-state": '{"text":"Think.","thought":true,"thoughtSignature":"c3RhdGU="}',
  "stop-strings": '"stopSequences":["END"]',
  temperature: '"temperature":0.5',
  "top-p": '"topP":0.5',
  "top-k": '"topK":40',
  seed: '"seed":7',
  penalties: '"frequencyPenalty":0.5,"presencePenalty":0.25',
  stream: ":streamGenerateContent?alt=sse",
};

describe("what Gemini's table says is so", () => {
  it.each(FEATURES.map((feature) => ({ feature, support: geminiSupport[feature].support })))(
    "$feature: $support",
    ({ feature, support }) => {
      const state = sealState("gemini", "c3RhdGU=");
      const request = featureRequest(feature, state);
      const written = geminiProvider.writeRequest(request, TARGET);
      if (support === "refused") {
        expect(written).not.toHaveProperty("body");
        return;
      }
      const plain = geminiProvider.writeRequest(withoutFeature(feature), TARGET);
      if (!("body" in written) || !("body" in plain)) throw new Error(JSON.stringify([written, plain]));
      if (support === "dropped") {
        expect(written.body).toBe(plain.body);
        return;
      }
      if (feature === "parallel-tools") {
        const parts = [{ functionCall: { name: "weather" } }, { functionCall: { name: "weather" } }];
        const body = Buffer.from(JSON.stringify({ candidates: [{ content: { parts }, finishReason: "STOP" }] }));
        const count = (answer: object) => ("parts" in answer && Array.isArray(answer.parts) ? answer.parts.length : -1);
        expect(count(geminiProvider.readAnswer(body, request))).toBe(1);
        expect(count(geminiProvider.readAnswer(body, withoutFeature(feature)))).toBe(2);
        return;
      }
      const said = SAID[feature] ?? "nothing";
      expect(written.target + written.body).toContain(said);
      expect(plain.target + plain.body).not.toContain(said);
    },
  );
});
