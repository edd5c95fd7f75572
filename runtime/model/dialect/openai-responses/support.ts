/** What Responses can say. */
import type { SupportTable } from "../support.ts";

export const OPENAI_RESPONSES_SUPPORT: SupportTable = {
  system: { support: "mapped", note: "`instructions`; several parts are one message of role `developer`." },
  tools: {
    support: "mapped",
    note: "`tools[]`, not strict unless asked; a name that the provider does not take gets another, and back.",
  },
  "parallel-tools": { support: "mapped", note: "`parallel_tool_calls`" },
  "tool-choice-none": { support: "mapped", note: '`tool_choice: "none"`' },
  "tool-choice-any": { support: "mapped", note: '`tool_choice: "required"`' },
  "tool-choice-named": { support: "mapped", note: "`tool_choice.name`" },
  "tool-result-failed": { support: "emulated", note: 'The result begins with "Error:".' },
  "image-base64": { support: "mapped", note: "`input_image` with a `data:` URL" },
  "image-url": { support: "mapped", note: "`input_image`" },
  audio: { support: "refused", note: "The provider takes no audio." },
  file: { support: "mapped", note: "`input_file`" },
  "json-object": { support: "mapped", note: "`text.format.type: json_object`" },
  "json-schema": { support: "mapped", note: "`text.format`" },
  "reasoning-effort": { support: "mapped", note: "`reasoning.effort`" },
  "reasoning-budget": { support: "emulated", note: "The effort that is nearest to the number of tokens." },
  "reasoning-state": { support: "mapped", note: "`reasoning` items with `encrypted_content`" },
  "cache-markers": { support: "dropped", note: "The provider caches by itself, without being told what." },
  "stop-strings": { support: "refused", note: "The provider knows no stop strings." },
  temperature: { support: "mapped", note: "`temperature`" },
  "top-p": { support: "mapped", note: "`top_p`" },
  "top-k": { support: "dropped", note: "The provider does not know it." },
  seed: { support: "dropped", note: "The provider does not know it." },
  penalties: { support: "dropped", note: "The provider does not know them." },
  "several-answers": { support: "refused", note: "The provider gives one answer." },
  stream: { support: "mapped", note: "`stream`; the last event tells the usage." },
  user: { support: "mapped", note: "`user`" },
};
