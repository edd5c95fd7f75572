/** What Bedrock's Converse can say, to models of makers whose own words this gateway knows (see `family.ts`). `support.test.ts` holds the codec to each line. */
import type { SupportTable } from "../support.ts";

export const bedrockSupport: SupportTable = {
  system: { support: "mapped", note: "system" },
  tools: {
    support: "mapped",
    note: "toolConfig; names with characters other than letters, digits, _ and - get others, and back",
  },
  "parallel-tools": { support: "refused", note: "one tool at a time cannot be asked for; several can" },
  "tool-choice-none": {
    support: "emulated",
    note: "the tools are left out, and calls and results of the history become texts",
  },
  "tool-choice-any": { support: "mapped", note: "toolConfig.toolChoice any" },
  "tool-choice-named": { support: "mapped", note: "toolConfig.toolChoice tool" },
  "tool-result-failed": { support: "mapped", note: "toolResult.status error" },
  "image-base64": { support: "mapped", note: "PNG, JPEG, GIF and WebP; others are refused" },
  "image-url": { support: "refused", note: "base64 only; the gateway fetches nothing" },
  audio: { support: "refused", note: "Converse takes no audio" },
  file: { support: "mapped", note: "document, in base64: PDF, text, Markdown, HTML, CSV, Word and Excel" },
  "json-object": {
    support: "emulated",
    note: "by a tool that has to be called, whose arguments are the answer; refused beside tools or thinking",
  },
  "json-schema": { support: "mapped", note: "outputConfig.textFormat" },
  "reasoning-effort": { support: "mapped", note: "in the words of Claude, Nova and OpenAI's models; others refuse it" },
  "reasoning-budget": {
    support: "mapped",
    note: "thinking.budget_tokens of Claude; as the nearest effort of Nova and OpenAI's models; others refuse it",
  },
  "reasoning-state": { support: "mapped", note: "reasoningContent; thoughts without Bedrock's state are left out" },
  "cache-markers": { support: "mapped", note: "cachePoint behind what it covers, with its time to live" },
  "stop-strings": { support: "mapped", note: "inferenceConfig.stopSequences" },
  temperature: { support: "mapped", note: "from 0 to 1; above 1 is refused" },
  "top-p": { support: "mapped", note: "inferenceConfig.topP" },
  "top-k": { support: "mapped", note: "top_k of Claude, topK of Nova; others refuse it" },
  seed: { support: "dropped", note: "no provider promises the same answer for it" },
  penalties: { support: "refused", note: "Converse knows none; 0 is none" },
  "several-answers": { support: "refused", note: "one answer for each request" },
  stream: { support: "mapped", note: "another path, converse-stream" },
  user: { support: "dropped", note: "Converse knows no users" },
};
