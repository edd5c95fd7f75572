/**
 * What each family of models at Bedrock can do of what Converse can say, as data: one row each. Rows are what AWS's user guide tells, under "Supported models and
 * model features" (system prompts, documents, vision, tools, tools in streams), "ToolChoice" (API reference), "Prompt caching" and "Get validated JSON results from
 * models"; and, for fields beside Converse's own, under "Inference request parameters and response fields for foundation models".
 * https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html
 */

export interface Abilities {
  /** As users know it. */
  readonly name: string;
  /** Instructions have a place of their own; else they begin the first turn. */
  readonly system: boolean;
  /** "whole": not in streams. */
  readonly tools: "none" | "whole" | "streamed";
  /** Which choices of tools can be asked for beside leaving it to the model: all, any tool, none. */
  readonly choices: "all" | "any" | "auto";
  readonly images: boolean;
  readonly documents: boolean;
  /** Where cache points may stand: everywhere, everywhere but among tools, nowhere. */
  readonly cache: "all" | "prompt" | "none";
  /** How an answer is held to a schema: Converse's `outputConfig`, a tool that has to be called; null: it cannot be. */
  readonly schema: "format" | "tool" | null;
  /** From how many tokens is chosen, by the maker's word for it; null: it cannot be said. */
  readonly topK: "top_k" | "topK" | "k" | null;
  /** How much is thought, in the maker's words; null: it cannot be said. */
  readonly reasoning: "claude" | "claude-budget" | "nova" | "openai" | null;
}

const TEXT: Abilities = {
  name: "",
  system: true,
  tools: "none",
  choices: "auto",
  images: false,
  documents: true,
  cache: "none",
  schema: null,
  topK: null,
  reasoning: null,
};

const CLAUDE: Abilities = {
  ...TEXT,
  name: "Claude 4.6 and later",
  tools: "streamed",
  choices: "all",
  images: true,
  cache: "all",
  schema: "format",
  topK: "top_k",
  reasoning: "claude",
};
const CLAUDE_45: Abilities = { ...CLAUDE, name: "Claude 4.5", reasoning: "claude-budget" };
const CLAUDE_4: Abilities = { ...CLAUDE_45, name: "Claude 3.7 and 4", schema: "tool" };
const CLAUDE_3: Abilities = { ...CLAUDE_4, name: "Claude 3 and 3.5", cache: "none", reasoning: null };

const NOVA: Abilities = {
  ...TEXT,
  name: "Nova",
  tools: "streamed",
  choices: "all",
  images: true,
  cache: "prompt",
  schema: "tool",
  topK: "topK",
};

const LLAMA: Abilities = { ...TEXT, name: "Llama 3.1 and 3.3", tools: "whole" };
const MISTRAL_LARGE: Abilities = { ...TEXT, name: "Mistral Large (2024)", tools: "whole", choices: "any" };

/** Of a name that no row knows: what Converse has a form for is said, and Bedrock refuses what the model cannot do; tools are not asked for in streams, which fewer can. */
export const UNKNOWN: Abilities = {
  ...TEXT,
  name: "others",
  tools: "whole",
  choices: "all",
  images: true,
  schema: "format",
};

/** By the beginning of the name behind maker and region; the first that fits. */
export const FAMILIES: readonly (readonly [RegExp, Abilities])[] = [
  [/^anthropic\.claude-(v\d|instant)/, { ...TEXT, name: "Claude 2 and earlier", topK: "top_k" }],
  [/^anthropic\.claude-3-5-haiku/, { ...CLAUDE_3, name: "Claude 3.5 Haiku", images: false, cache: "all" }],
  [/^anthropic\.claude-3-7|^anthropic\.claude-(opus|sonnet|haiku)-4-(20\d{6}|[0-4]([-:]|$))/, CLAUDE_4],
  [/^anthropic\.claude-3/, CLAUDE_3],
  [/^anthropic\.claude-(opus|sonnet|haiku)-4-5/, CLAUDE_45],
  [/^anthropic\./, CLAUDE],
  [/^amazon\.nova-micro/, { ...NOVA, name: "Nova Micro", images: false, documents: false }],
  [/^amazon\.nova-2/, { ...NOVA, name: "Nova 2", reasoning: "nova" }],
  [/^amazon\.nova/, NOVA],
  [/^amazon\.titan-text-premier/, { ...TEXT, name: "Titan Text Premier", system: false, documents: false }],
  [/^amazon\.titan/, { ...TEXT, name: "Titan Text", system: false }],
  [/^meta\.llama(2|3-\d+b|3-2-[13]b)/, { ...TEXT, name: "Llama 2, 3, and 3.2 for text" }],
  [/^meta\.llama(3-2|4)/, { ...LLAMA, name: "Llama 3.2 for images, and 4", images: true }],
  [/^meta\.llama3-[13]/, LLAMA],
  [/^mistral\.(mistral-7b|mixtral)/, { ...TEXT, name: "Mistral 7B, Mixtral", system: false, topK: "top_k" }],
  [/^mistral\.mistral-large-24/, MISTRAL_LARGE],
  [/^mistral\.mistral-small-24/, { ...MISTRAL_LARGE, name: "Mistral Small (2024)", choices: "auto", documents: false }],
  [/^mistral\.pixtral-large/, { ...MISTRAL_LARGE, name: "Pixtral Large", choices: "auto", images: true }],
  [/^cohere\.command-r/, { ...TEXT, name: "Command R", tools: "streamed", topK: "k" }],
  [/^cohere\.command-light/, { ...TEXT, name: "Command Light", system: false, documents: false }],
  [/^cohere\.command-text/, { ...TEXT, name: "Command", system: false }],
  [/^deepseek\.r1/, { ...TEXT, name: "DeepSeek R1" }],
  [/^deepseek\.v3/, { ...TEXT, name: "DeepSeek V3", tools: "streamed", choices: "any", schema: "format" }],
  [/^ai21\.jamba-instruct/, { ...TEXT, name: "Jamba Instruct", documents: false }],
  [/^ai21\.jamba-1-5/, { ...TEXT, name: "Jamba 1.5", tools: "streamed" }],
  [/^writer\.palmyra/, { ...TEXT, name: "Palmyra", tools: "whole" }],
  [
    /^openai\.gpt-oss/,
    { ...TEXT, name: "gpt-oss", tools: "streamed", choices: "all", schema: "format", reasoning: "openai" },
  ],
  [/^qwen\.qwen3-vl/, { ...TEXT, name: "Qwen3-VL", tools: "streamed", choices: "all", images: true, schema: "format" }],
  [/^qwen\.qwen3/, { ...TEXT, name: "Qwen3", tools: "streamed", choices: "all", schema: "format" }],
];
