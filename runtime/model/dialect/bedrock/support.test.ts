import { supportSuite } from "../../testing/support.suite.ts";
import { bedrockProvider } from "./provider.ts";
import { bedrockSupport } from "./support.ts";

const base = "https://bedrock-runtime.us-east-1.amazonaws.com";
const target = { model: "anthropic.claude-x-v1:0", base, variant: "", settings: {} };

supportSuite(
  bedrockProvider,
  bedrockSupport,
  target,
  {
    system: '"system":[{"text":"Be brief."}]',
    tools: '"toolConfig":{"tools":[{"toolSpec":{"name":"weather"',
    "tool-choice-any": '"toolChoice":{"any":{}}',
    "tool-choice-named": '"toolChoice":{"tool":{"name":"weather"}}',
    "tool-result-failed": '{"toolResult":{"toolUseId":"call_a","content":[{"text":"rain"}],"status":"error"}}',
    "image-base64": '{"image":{"format":"png","source":{"bytes":"AAAA"}}}',
    file: '{"document":{"format":"pdf","name":"a (1)","source":{"bytes":"AAAA"}}}',
    "json-object": '"toolChoice":{"tool":{"name":"answer_with_json"}}',
    "json-schema":
      '"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\\"type\\"',
    "reasoning-effort":
      '"additionalModelRequestFields":{"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}}',
    "reasoning-budget": '"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":4096}}',
    "reasoning-state": '{"reasoningContent":{"reasoningText":{"text":"Think.","signature":"state"}}}',
    "cache-markers": '"system":[{"text":"Be brief."},{"cachePoint":{"type":"default","ttl":"1h"}}]',
    "stop-strings": '"inferenceConfig":{"stopSequences":["END"]}',
    temperature: '"inferenceConfig":{"temperature":0.5}',
    "top-p": '"inferenceConfig":{"topP":0.5}',
    "top-k": '"additionalModelRequestFields":{"top_k":40}',
    stream: "/model/anthropic.claude-x-v1%3A0/converse-stream",
  },
  { "tool-choice-none": '"toolConfig":' },
);
