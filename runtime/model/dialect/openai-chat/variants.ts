/** How servers that speak OpenAI's Chat Completions differ, as data: one row each. */
import type { Effort } from "../openai-common/effort.ts";

export type OpenAIChatVariant = "" | "azure" | "mistral" | "groq" | "vllm" | "openrouter" | "deepseek";

export interface Variant {
  readonly maxTokens: "max_completion_tokens" | "max_tokens";
  /** The word of `tool_choice` for "some tool". */
  readonly anyTool: "required" | "any";
  readonly seed: "seed" | "random_seed" | null;
  readonly topK: boolean;
  /** The server knows `parallel_tool_calls`. */
  readonly parallelTools: boolean;
  /** The server has to be asked for the usage of a stream; one that need not be may refuse a request that asks. */
  readonly asksForUsage: boolean;
  readonly user: boolean;
  readonly image: boolean;
  readonly audio: boolean;
  /** "document": Mistral's own kind of part. "base64": not by URL. */
  readonly file: "none" | "base64" | "url" | "document";
  /** A tool's result may hold images and files; else they follow in a message of the user. */
  readonly partsInResults: boolean;
  readonly jsonSchema: boolean;
  /** Markers in `cache_control`, as Anthropic has them. */
  readonly cacheMarkers: boolean;
  /** An assistant's message may hold a list of parts, and a refusal. */
  readonly assistantParts: boolean;
  /** "effort": `reasoning_effort`. "object": OpenRouter's `reasoning`. "switch": DeepSeek's `thinking` beside the effort. */
  readonly reasoning: "effort" | "object" | "switch";
  /** The server's word for each effort. */
  readonly efforts: { readonly [Name in Effort]: string };
  /** Thoughts may be paid for and not shown; else they come as they are written, but where a request wants it otherwise. */
  readonly hidesThoughts: boolean;
  /** How thoughts are given back to the model; null: they cannot be. */
  readonly thoughts: "reasoning" | "reasoning_content" | "details" | "chunks" | null;
  /** How a model is asked to go on behind a last message of its own: by the message's `prefix`, or vLLM's `continue_final_message`; null: it cannot be. */
  readonly prefill: "prefix" | "continue" | null;
  /** Identifiers of calls are nine letters and digits. */
  readonly shortIds: boolean;
  /** The user may speak right behind the results of tools; else the model has to have said something between. */
  readonly userBehindResults: boolean;
  /** Fields of the dialect that the server knows beside those of the form in the middle; null: whatever the client says. */
  readonly extras: ReadonlySet<string> | null;
}

const ALL: Variant["efforts"] = {
  none: "none",
  minimal: "minimal",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
  max: "xhigh",
};

const FOUR: Variant["efforts"] = { ...ALL, minimal: "low", xhigh: "high", max: "high" };

const OPENAI: Variant = {
  maxTokens: "max_completion_tokens",
  anyTool: "required",
  seed: "seed",
  topK: false,
  parallelTools: true,
  asksForUsage: true,
  user: true,
  image: true,
  audio: true,
  file: "base64",
  partsInResults: false,
  jsonSchema: true,
  cacheMarkers: false,
  assistantParts: true,
  reasoning: "effort",
  efforts: ALL,
  hidesThoughts: true,
  thoughts: null,
  prefill: null,
  shortIds: false,
  userBehindResults: true,
  extras: null,
};

const VARIANTS: { readonly [Name in OpenAIChatVariant]: Variant } = {
  "": OPENAI,
  azure: OPENAI,
  // Answers 422 to every field that it does not know, `stream_options` and `user` among them; sends the usage of a stream unasked.
  mistral: {
    ...OPENAI,
    maxTokens: "max_tokens",
    anyTool: "any",
    seed: "random_seed",
    asksForUsage: false,
    user: false,
    file: "document",
    partsInResults: true,
    efforts: { none: "none", minimal: "none", low: "high", medium: "high", high: "high", xhigh: "high", max: "high" },
    hidesThoughts: false,
    thoughts: "chunks",
    prefill: "prefix",
    shortIds: true,
    // "Unexpected role 'user' after role 'tool'" (3230).
    userBehindResults: false,
    extras: new Set(["metadata", "prediction", "prompt_cache_key", "prompt_mode", "safe_prompt"]),
  },
  groq: { ...OPENAI, hidesThoughts: false, audio: false, file: "none", assistantParts: false, efforts: FOUR },
  vllm: {
    ...OPENAI,
    topK: true,
    file: "none",
    efforts: FOUR,
    hidesThoughts: false,
    thoughts: "reasoning",
    prefill: "continue",
  },
  openrouter: {
    ...OPENAI,
    maxTokens: "max_tokens",
    topK: true,
    file: "url",
    cacheMarkers: true,
    reasoning: "object",
    thoughts: "details",
  },
  deepseek: {
    ...OPENAI,
    maxTokens: "max_tokens",
    seed: null,
    parallelTools: false,
    user: false,
    image: false,
    audio: false,
    file: "none",
    jsonSchema: false,
    assistantParts: false,
    reasoning: "switch",
    efforts: { none: "low", minimal: "low", low: "low", medium: "high", high: "high", xhigh: "high", max: "max" },
    hidesThoughts: false,
    thoughts: "reasoning_content",
  },
};

export function variantOf(name: string): Variant {
  return isVariant(name) ? VARIANTS[name] : OPENAI;
}

function isVariant(name: string): name is OpenAIChatVariant {
  return Object.hasOwn(VARIANTS, name);
}
