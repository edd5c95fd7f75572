/** What Bedrock's Converse can say, to models of each family: made of the same rows that the codec obeys (`abilities.ts`). `support.test.ts` holds it to each line. */
import type { Feature, Support, SupportTable } from "../support.ts";
import type { Abilities } from "./abilities.ts";

const row = (support: Support, note: string) => ({ support, note });
const JSON_TOOL = "by a tool that has to be called, whose arguments are the answer; refused beside tools or thinking";

export function bedrockSupport(abilities: Abilities): SupportTable {
  const { tools, choices, images, documents, reasoning, schema } = abilities;
  const none = "the model takes no tools";
  const when = (can: boolean, yes: string, no: string) => (can ? row("mapped", yes) : row("refused", no));
  const asTool = tools !== "none" && choices !== "auto";
  return {
    system: abilities.system
      ? row("mapped", "system")
      : row("emulated", "at the beginning of the first turn, for the model has no other place for it"),
    tools: when(
      tools !== "none",
      "toolConfig; names with characters other than letters, digits, _ and - get others, and back",
      none,
    ),
    "parallel-tools": row("refused", "one tool at a time cannot be asked for; several can"),
    "tool-choice-none":
      tools === "none"
        ? row("mapped", "it calls none; calls and results of the history become texts")
        : row("emulated", "the tools are left out, and calls and results of the history become texts"),
    "tool-choice-any": when(asTool, "toolConfig.toolChoice any", tools === "none" ? none : NOT_CHOSEN),
    "tool-choice-named":
      choices === "any" && asTool
        ? row("emulated", "this tool alone is offered, with toolChoice any")
        : when(asTool, "toolConfig.toolChoice tool", tools === "none" ? none : NOT_CHOSEN),
    "tool-result-failed": when(tools !== "none", "toolResult.status error", none),
    "image-base64": when(images, "PNG, JPEG, GIF and WebP; others are refused", "the model takes no images"),
    "image-url": row("refused", "base64 only; the gateway fetches nothing"),
    audio: row("refused", "Converse takes no audio"),
    file: when(
      documents,
      "document, in base64: PDF, text, Markdown, HTML, CSV, Word and Excel",
      "the model takes no documents",
    ),
    "json-object": asTool ? row("emulated", JSON_TOOL) : row("refused", "the model cannot be made to answer with JSON"),
    "json-schema":
      schema === null
        ? row("refused", "the model cannot be held to a schema")
        : schema === "format"
          ? row("mapped", "outputConfig.textFormat")
          : row("emulated", `${JSON_TOOL}; the model keeps to the schema without being held to it`),
    ...REASONING[reasoning ?? "none"],
    "reasoning-state": row("mapped", "reasoningContent; thoughts without Bedrock's state are left out"),
    "cache-markers":
      abilities.cache === "none"
        ? row("dropped", "the model has no cache that can be told what to keep")
        : row(
            "mapped",
            `cachePoint behind what it covers, with its time to live${abilities.cache === "prompt" ? "; left out among tools" : ""}`,
          ),
    "stop-strings": row("mapped", "inferenceConfig.stopSequences"),
    temperature: row("mapped", "from 0 to 1; above 1 is refused"),
    "top-p": row("mapped", "inferenceConfig.topP"),
    "top-k": when(abilities.topK !== null, `${abilities.topK}, beside Converse's fields`, "the model knows none"),
    seed: row("dropped", "no provider promises the same answer for it"),
    penalties: row("refused", "Converse knows none; 0 is none"),
    "several-answers": row("refused", "one answer for each request"),
    stream: row(
      "mapped",
      `another path, converse-stream${tools === "whole" ? "; with tools the answer is asked for whole, and given as a stream when it is there" : ""}`,
    ),
    user: row("dropped", "Converse knows no users"),
  };
}

const NOT_CHOSEN = "the model itself decides whether it calls a tool";

type ReasoningRows = Pick<SupportTable, Extract<Feature, "reasoning-effort" | "reasoning-budget">>;

const REASONING: { readonly [Way in NonNullable<Abilities["reasoning"]> | "none"]: ReasoningRows } = {
  claude: {
    "reasoning-effort": row("mapped", "output_config.effort with adaptive thinking; minimal is said as low"),
    "reasoning-budget": row("mapped", "thinking.budget_tokens"),
  },
  "claude-budget": {
    "reasoning-effort": row("emulated", "a part of the cap on the output as thinking.budget_tokens"),
    "reasoning-budget": row("mapped", "thinking.budget_tokens"),
  },
  nova: {
    "reasoning-effort": row("mapped", "reasoningConfig.maxReasoningEffort: low, medium, high"),
    "reasoning-budget": row("emulated", "the nearest effort"),
  },
  openai: {
    "reasoning-effort": row("mapped", "reasoning_effort: low, medium, high"),
    "reasoning-budget": row("emulated", "the nearest effort"),
  },
  none: {
    "reasoning-effort": row("refused", "how much the model thinks cannot be said"),
    "reasoning-budget": row("refused", "how much the model thinks cannot be said"),
  },
};
