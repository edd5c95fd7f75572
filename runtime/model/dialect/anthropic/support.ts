/** What Anthropic's Messages API can say. `support.test.ts` holds the codec to each line. */
import type { SupportTable } from "../support.ts";

export const anthropicSupport: SupportTable = {
  system: { support: "mapped", note: "system" },
  tools: { support: "mapped", note: "names with characters other than letters, digits, _ and - get others, and back" },
  "parallel-tools": { support: "mapped", note: "tool_choice.disable_parallel_tool_use, turned round" },
  "tool-choice-none": { support: "mapped", note: "tool_choice.type none" },
  "tool-choice-any": { support: "mapped", note: "tool_choice.type any" },
  "tool-choice-named": { support: "mapped", note: "tool_choice.type tool" },
  "tool-result-failed": { support: "mapped", note: "is_error" },
  "image-base64": { support: "mapped", note: "JPEG, PNG, GIF and WebP; others are refused" },
  "image-url": { support: "mapped", note: "source.type url" },
  audio: { support: "refused", note: "Claude takes no audio" },
  file: { support: "mapped", note: "PDF and text; others are refused" },
  "json-object": {
    support: "emulated",
    note: "by a tool that has to be called, whose arguments are the answer; refused beside tools or thinking",
  },
  "json-schema": { support: "mapped", note: "output_config.format; its name and description are not said" },
  "reasoning-effort": {
    support: "mapped",
    note: "output_config.effort with adaptive thinking; minimal is said as low",
  },
  "reasoning-budget": { support: "mapped", note: "thinking.budget_tokens, from 1024 on and below max_tokens" },
  "reasoning-state": { support: "mapped", note: "thinking blocks and their signatures; other models' are left out" },
  "cache-markers": { support: "mapped", note: "cache_control with its time to live" },
  "stop-strings": { support: "mapped", note: "stop_sequences" },
  temperature: { support: "mapped", note: "from 0 to 1; above 1 is refused" },
  "top-p": { support: "mapped", note: "top_p" },
  "top-k": { support: "mapped", note: "top_k" },
  seed: { support: "dropped", note: "no provider promises the same answer for it" },
  penalties: { support: "refused", note: "Claude knows none; 0 is none" },
  "several-answers": { support: "refused", note: "one answer for each request" },
  stream: { support: "mapped", note: "stream" },
  user: { support: "mapped", note: "metadata.user_id" },
};
