/** What the providers of models can be told, by the words for them: from the tables that their codecs are held to. */
import { anthropicSupport } from "../../runtime/model/dialect/anthropic/support.ts";
import { bedrockSupport } from "../../runtime/model/dialect/bedrock/support.ts";
import { cohereSupport } from "../../runtime/model/dialect/cohere/support.ts";
import { geminiSupport } from "../../runtime/model/dialect/gemini/support.ts";
import { ollamaSupport } from "../../runtime/model/dialect/ollama/support.ts";
import { openaiChatSupport } from "../../runtime/model/dialect/openai-chat/support.ts";
import { OPENAI_RESPONSES_SUPPORT } from "../../runtime/model/dialect/openai-responses/support.ts";
import type { SupportTable } from "../../runtime/model/dialect/support.ts";

/** In the order of the reference. */
export const supportTables: ReadonlyMap<string, SupportTable> = new Map([
  ["openai", openaiChatSupport("")],
  ["openai_responses", OPENAI_RESPONSES_SUPPORT],
  ["azure", openaiChatSupport("azure")],
  ["mistral", openaiChatSupport("mistral")],
  ["groq", openaiChatSupport("groq")],
  ["openrouter", openaiChatSupport("openrouter")],
  ["deepseek", openaiChatSupport("deepseek")],
  ["vllm", openaiChatSupport("vllm")],
  ["anthropic", anthropicSupport],
  ["gemini", geminiSupport],
  ["vertex", geminiSupport],
  ["bedrock", bedrockSupport],
  ["cohere", cohereSupport],
  ["ollama", ollamaSupport],
]);
