/** What Cohere's `/v2/chat` can say. `support.test.ts` holds the codec to each line. */
import type { SupportTable } from "../support.ts";

export const cohereSupport: SupportTable = {
  system: { support: "mapped", note: "a message of role system" },
  tools: { support: "mapped", note: "strict is said where all tools are; refused beside JSON" },
  "parallel-tools": { support: "refused", note: "one tool at a time cannot be asked for; several can" },
  "tool-choice-none": { support: "mapped", note: "tool_choice NONE" },
  "tool-choice-any": { support: "mapped", note: "tool_choice REQUIRED" },
  "tool-choice-named": { support: "emulated", note: "tool_choice REQUIRED, with that tool alone" },
  "tool-result-failed": { support: "emulated", note: "the result begins with Error:" },
  "image-base64": { support: "mapped", note: "image_url; those of a tool's result follow in a message of the user" },
  "image-url": { support: "mapped", note: "image_url" },
  audio: { support: "refused", note: "Cohere's chat takes no audio" },
  file: { support: "refused", note: "Cohere's chat takes no files" },
  "json-object": { support: "mapped", note: "response_format json_object; refused beside tools" },
  "json-schema": {
    support: "mapped",
    note: "response_format.json_schema; its name and description are not said; refused beside tools",
  },
  "reasoning-effort": { support: "emulated", note: "thinking, with a budget for minimal, low and medium" },
  "reasoning-budget": { support: "mapped", note: "thinking.token_budget" },
  "reasoning-state": { support: "mapped", note: "thinking; thoughts with another provider's state are left out" },
  "cache-markers": { support: "dropped", note: "Cohere caches by itself" },
  "stop-strings": { support: "mapped", note: "stop_sequences, five at most" },
  temperature: { support: "mapped", note: "from 0 to 1; above 1 is refused" },
  "top-p": { support: "mapped", note: "p, from 0.01 to 0.99; what lies beyond as the nearest" },
  "top-k": { support: "mapped", note: "k, up to 500" },
  seed: { support: "mapped", note: "seed" },
  penalties: { support: "mapped", note: "from 0 to 1; others are refused" },
  "several-answers": { support: "refused", note: "one answer for each request" },
  stream: { support: "mapped", note: "stream" },
  user: { support: "dropped", note: "Cohere knows no users" },
};
