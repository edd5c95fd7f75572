/**
 * What a request may say beside what every dialect says, and what that does to its bill. Only fields that are known to leave the price as it is, or whose effect can be
 * bounded, reach a provider where the cost is counted: a field that nobody has heard of may be another model, another tier or a search with a fee of its own.
 */
import type { Extras, Json, JsonObject } from "../canonical/request.ts";
import type { ProviderDialectName } from "../dialect/dialect.ts";

/** What the fields of a request do to the most that it can cost. */
export interface FieldBilling {
  /** The field whose effect on the price is not known; null: none. */
  readonly refused: string | null;
  /** The provider adds to the prompt what the request only names: only the model's context bounds it. */
  readonly beyond: boolean;
  /** Tokens that may be billed as output beside the cap. */
  readonly output: number;
  /** A cache of an hour is asked for. */
  readonly hour: boolean;
}

const ORDINARY: FieldBilling = { refused: null, beyond: false, output: 0, hour: false };

/** What does not change the price, by dialect. */
const HARMLESS: { readonly [Name in ProviderDialectName]?: ReadonlySet<string> } = {
  "openai-chat": new Set([
    "function_call",
    "functions",
    "logit_bias",
    "logprobs",
    "metadata",
    "prompt_cache_key",
    "prompt_cache_retention",
    "prompt_mode",
    "safe_prompt",
    "safety_identifier",
    "store",
    "top_logprobs",
    "verbosity",
    // Servers of one's own: how tokens are drawn.
    "chat_template_kwargs",
    "guided_choice",
    "guided_grammar",
    "guided_json",
    "guided_regex",
    "include_reasoning",
    "length_penalty",
    "min_p",
    "min_tokens",
    "reasoning_format",
    "repetition_penalty",
    "skip_special_tokens",
    "stop_token_ids",
    "structured_outputs",
    "thinking",
    "top_a",
  ]),
  "openai-responses": new Set([
    "include",
    "max_tool_calls",
    "metadata",
    "prompt_cache_key",
    "prompt_cache_retention",
    "safety_identifier",
    "store",
    "text",
    "tool_choice",
    "top_logprobs",
    "truncation",
  ]),
  anthropic: new Set(["metadata", "output_config", "thinking"]),
  gemini: new Set(["labels", "safetySettings", "toolConfig"]),
};

/** What names more than the request holds. Stored prompts and caches are not among them: they may bring tools with fees of their own. */
const BEYOND: ReadonlySet<string> = new Set(["conversation", "previous_response_id"]);

/** Settings of Gemini's `generationConfig` that leave the price as it is. */
const HARMLESS_SETTINGS: ReadonlySet<string> = new Set([
  "audioTimestamp",
  "enableEnhancedCivicAnswers",
  "logprobs",
  "mediaResolution",
  "responseLogprobs",
]);

/** Tiers with the model's ordinary price: others have prices of their own. */
const ORDINARY_TIERS: readonly Json[] = [null, "auto", "default", "standard", "standard_only", "on_demand"];

/** Tools that the client runs itself, by their types: they cost what their calls and results have in tokens. */
const CLIENT_TOOLS =
  /^(bash|text_editor|computer|memory)_\d+$|^(custom|local_shell|shell|apply_patch|computer_use_preview)$/;

export function fieldBilling({ dialect, fields }: Extras, provider: ProviderDialectName): FieldBilling {
  // Nothing of it reaches a provider of another dialect.
  if (dialect !== provider) return ORDINARY;
  let billing = ORDINARY;
  for (const name in fields) {
    const value = fields[name] ?? null;
    if (value === null || HARMLESS[provider]?.has(name) === true) continue;
    if (BEYOND.has(name)) billing = { ...billing, beyond: true };
    // Rejected predictions are billed as output; a token stands for a byte at least.
    else if (name === "prediction") billing = { ...billing, output: Buffer.byteLength(JSON.stringify(value)) };
    else if (name === "cache_control") billing = { ...billing, hour: billing.hour || !isBrief(value) };
    else if (!leavesPrice(name, value)) return { ...billing, refused: name };
  }
  return billing;
}

function leavesPrice(name: string, value: Json): boolean {
  switch (name) {
    case "service_tier":
    case "serviceTier":
      return ORDINARY_TIERS.includes(value);
    case "modalities":
      return Array.isArray(value) && value.every((kind) => kind === "text");
    case "background":
    case "use_beam_search":
      return value === false;
    case "best_of":
      return value === 1;
    case "tools":
      return Array.isArray(value) && value.every(isClientTool);
    case "generationConfig":
      return isObject(value) && Object.entries(value).every(([key, setting]) => leavesGeminiPrice(key, setting));
    default:
      return false;
  }
}

function leavesGeminiPrice(name: string, value: Json): boolean {
  if (name === "responseModalities") return Array.isArray(value) && value.every((kind) => kind === "TEXT");
  return HARMLESS_SETTINGS.has(name);
}

function isClientTool(tool: Json): boolean {
  if (!isObject(tool)) return false;
  if (typeof tool.type === "string") return CLIENT_TOOLS.test(tool.type);
  return Object.keys(tool).every((name) => name === "computerUse");
}

function isBrief(marker: Json): boolean {
  return isObject(marker) && (marker.ttl ?? "5m") === "5m";
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
