import { supportSuite } from "../../testing/support.suite.ts";
import { ollamaProvider } from "./provider.ts";
import { ollamaSupport } from "./support.ts";

const target = { model: "m", base: "http://127.0.0.1:11434", variant: "", settings: {} };

supportSuite(
  ollamaProvider,
  ollamaSupport,
  target,
  {
    system: '{"role":"system","content":"Be brief."}',
    tools: '"tools":[{"type":"function","function":{"name":"weather"',
    "tool-result-failed": '"content":"Error:\\nrain","tool_name":"weather","tool_call_id":"call_a"',
    "image-base64": '"images":["AAAA"]',
    "json-object": '"format":"json"',
    "json-schema": '"format":{"type":"object"',
    "reasoning-effort": '"think":"high"',
    "reasoning-budget": '"think":"medium"',
    "reasoning-state": '"thinking":"Think."',
    "stop-strings": '"options":{"stop":["END"]}',
    temperature: '"options":{"temperature":0.5}',
    "top-p": '"options":{"top_p":0.5}',
    "top-k": '"options":{"top_k":40}',
    seed: '"options":{"seed":7}',
    penalties: '"options":{"frequency_penalty":0.5,"presence_penalty":0.25}',
    stream: '"stream":true',
  },
  { "tool-choice-none": '"tools":' },
);
