/** What Gemini's generateContent can say. `support.test.ts` holds the codec to each line. */
import type { SupportTable } from "../support.ts";

export const geminiSupport: SupportTable = {
  system: { support: "mapped", note: "systemInstruction" },
  tools: { support: "mapped", note: "functionDeclarations with parametersJsonSchema; strict is not said" },
  "parallel-tools": {
    support: "emulated",
    note: "where one call at a time is wanted, the first of an answer is passed on and the others are not",
  },
  "tool-choice-none": { support: "mapped", note: "mode NONE" },
  "tool-choice-any": { support: "mapped", note: "mode ANY" },
  "tool-choice-named": { support: "mapped", note: "mode ANY with one allowed function" },
  "tool-result-failed": { support: "emulated", note: "a response with the one field error" },
  "image-base64": { support: "mapped", note: "inlineData" },
  "image-url": { support: "mapped", note: "fileData; refused where neither client nor URL says the media type" },
  audio: { support: "mapped", note: "inlineData" },
  file: { support: "mapped", note: "inlineData or fileData" },
  "json-object": { support: "mapped", note: "responseMimeType" },
  "json-schema": { support: "mapped", note: "responseJsonSchema; its name and description are not said" },
  "reasoning-effort": {
    support: "mapped",
    note: "thinkingLevel, or a budget before Gemini 3; none is refused from Gemini 3 on, more than high is high",
  },
  "reasoning-budget": { support: "mapped", note: "thinkingBudget" },
  "reasoning-state": { support: "mapped", note: "thoughtSignature; other models' is left out" },
  "cache-markers": { support: "dropped", note: "Gemini caches by itself" },
  "stop-strings": { support: "mapped", note: "five at most; more are refused" },
  temperature: { support: "mapped", note: "temperature" },
  "top-p": { support: "mapped", note: "topP" },
  "top-k": { support: "mapped", note: "topK" },
  seed: { support: "mapped", note: "seed" },
  penalties: { support: "mapped", note: "frequencyPenalty, presencePenalty" },
  "several-answers": { support: "refused", note: "one answer for each request" },
  stream: { support: "mapped", note: "streamGenerateContent?alt=sse" },
  user: { support: "dropped", note: "Gemini knows no users" },
};
