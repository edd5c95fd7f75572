/** What the providers of models can be told, by the words for them: from the tables that their codecs are held to. */
import { anthropicSupport } from "../../runtime/model/dialect/anthropic/support.ts";
import { FAMILIES, UNKNOWN } from "../../runtime/model/dialect/bedrock/abilities.ts";
import { abilitiesNamed } from "../../runtime/model/dialect/bedrock/family.ts";
import { bedrockSupport } from "../../runtime/model/dialect/bedrock/support.ts";
import { cohereSupport } from "../../runtime/model/dialect/cohere/support.ts";
import { geminiSupport } from "../../runtime/model/dialect/gemini/support.ts";
import { ollamaSupport } from "../../runtime/model/dialect/ollama/support.ts";
import { openaiChatSupport } from "../../runtime/model/dialect/openai-chat/support.ts";
import { OPENAI_RESPONSES_SUPPORT } from "../../runtime/model/dialect/openai-responses/support.ts";
import type { SupportTable } from "../../runtime/model/dialect/support.ts";

/** In the order of the reference; of Bedrock, what holds of models that no family is known of. */
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
  ["bedrock", bedrockSupport(UNKNOWN)],
  ["cohere", cohereSupport],
  ["ollama", ollamaSupport],
]);

interface Asked {
  readonly word: string;
  /** As the provider calls the model. */
  readonly model: string;
  readonly settings: { readonly [name: string]: string };
}

/** Of one model; undefined: its provider has none. */
export function supportOf({ word, model, settings }: Asked): SupportTable | undefined {
  if (word !== "bedrock") return supportTables.get(word);
  return bedrockSupport(abilitiesNamed(settings.family ?? model));
}

/** Whether the name of a model at Bedrock says nothing of what it can do. */
export function isUnknownFamily({ word, model, settings }: Asked): boolean {
  return word === "bedrock" && !isEmbedder(model) && abilitiesNamed(settings.family ?? model) === UNKNOWN;
}

/** What makes vectors has no conversations, so none of this is asked of it. */
function isEmbedder(model: string): boolean {
  return /embed/i.test(model);
}

/** Bedrock's families in the order of the reference, by what users call them. */
export const bedrockFamilies: ReadonlyMap<string, SupportTable> = new Map(
  [...FAMILIES.map(([, abilities]) => abilities), UNKNOWN].map((abilities) => [
    abilities.name,
    bedrockSupport(abilities),
  ]),
);
