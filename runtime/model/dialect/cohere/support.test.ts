import { supportSuite } from "../../testing/support.suite.ts";
import { cohereProvider } from "./provider.ts";
import { cohereSupport } from "./support.ts";

const target = { model: "m", base: "https://api.cohere.com/v2", variant: "", settings: {} };

supportSuite(cohereProvider, cohereSupport, target, {
  system: '{"role":"system","content":"Be brief."}',
  tools: '"tools":[{"type":"function","function":{"name":"weather"',
  "tool-choice-none": '"tool_choice":"NONE"',
  "tool-choice-any": '"tool_choice":"REQUIRED"',
  "tool-choice-named": '"tool_choice":"REQUIRED"',
  "tool-result-failed": '{"role":"tool","tool_call_id":"call_a","content":"Error:\\nrain"}',
  "image-base64": '{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}',
  "image-url": '{"type":"image_url","image_url":{"url":"https://a.example/b.png"}}',
  "json-object": '"response_format":{"type":"json_object"}',
  "json-schema": '"response_format":{"type":"json_object","json_schema":{"type":"object"',
  "reasoning-effort": '"thinking":{"type":"enabled"}',
  "reasoning-budget": '"thinking":{"type":"enabled","token_budget":4096}',
  "reasoning-state": '{"type":"thinking","thinking":"Think."}',
  "stop-strings": '"stop_sequences":["END"]',
  temperature: '"temperature":0.5',
  "top-p": '"p":0.5',
  "top-k": '"k":40',
  seed: '"seed":7',
  penalties: '"frequency_penalty":0.5,"presence_penalty":0.25',
  stream: '"stream":true',
});
