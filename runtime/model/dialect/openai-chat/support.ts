/** What Chat Completions can say, for each variant: made of the same rows that the codec obeys, so that it cannot say anything else. */
import type { Feature, Support, SupportTable } from "../support.ts";
import { type OpenAIChatVariant, variantOf } from "./variants.ts";

const row = (support: Support, note: string) => ({ support, note });

export function openaiChatSupport(name: OpenAIChatVariant): SupportTable {
  const variant = variantOf(name);
  const when = (can: boolean, yes: string, otherwise: Support, no: string) =>
    can ? row("mapped", yes) : row(otherwise, no);
  return {
    system: row("mapped", "One message of role `system`, before all others."),
    tools: row(
      "mapped",
      `\`tools[].function\`; a name that the provider does not take gets another, and back.${variant.userBehindResults ? "" : " Where the user speaks right behind results, a short word of the model's is put between, which the provider insists on."}`,
    ),
    "parallel-tools": when(
      variant.parallelTools,
      "`parallel_tool_calls`",
      "refused",
      "The provider cannot be told to call one tool at a time; to allow several is its default.",
    ),
    "tool-choice-none": row("mapped", '`tool_choice: "none"`'),
    "tool-choice-any": row("mapped", `\`tool_choice: "${variant.anyTool}"\``),
    "tool-choice-named": row("mapped", "`tool_choice.function.name`"),
    "tool-result-failed": row("emulated", 'The result begins with "Error:".'),
    "image-base64": when(variant.image, "`image_url` with a `data:` URL", "refused", "The provider takes no images."),
    "image-url": when(variant.image, "`image_url`", "refused", "The provider takes no images."),
    audio: when(variant.audio, "`input_audio`, in base64 only", "refused", "The provider takes no audio."),
    file: when(
      variant.file !== "none",
      variant.file === "document"
        ? "`document_url`"
        : variant.file === "url"
          ? "`file`"
          : "`file`, in base64 or by identifier",
      "refused",
      "The provider takes no files.",
    ),
    "json-object": row("mapped", "`response_format.type: json_object`"),
    "json-schema": when(
      variant.jsonSchema,
      "`response_format.json_schema`",
      "refused",
      "The provider knows JSON, but no schema for it.",
    ),
    "reasoning-effort": row("mapped", "`reasoning_effort`, the nearest word that the provider knows."),
    "reasoning-budget":
      variant.reasoning === "object"
        ? row("mapped", "`reasoning.max_tokens`")
        : row("emulated", "The effort that is nearest to the number of tokens."),
    "reasoning-state": when(
      variant.thoughts !== null,
      "Thoughts go back to the provider that had them.",
      "dropped",
      "The provider takes no thoughts back; the model thinks anew.",
    ),
    "cache-markers": when(
      variant.cacheMarkers,
      "`cache_control`",
      "dropped",
      "The provider caches by itself, without being told what.",
    ),
    "stop-strings": row("mapped", "`stop`"),
    temperature: row("mapped", "`temperature`"),
    "top-p": row("mapped", "`top_p`"),
    "top-k": when(variant.topK, "`top_k`", "dropped", "The provider does not know it."),
    seed: when(variant.seed !== null, `\`${variant.seed}\``, "dropped", "The provider does not know it."),
    penalties: row("mapped", "`frequency_penalty`, `presence_penalty`"),
    "several-answers": row(
      "refused",
      "One answer is held in the middle; several are served only where bytes pass through.",
    ),
    stream: row("mapped", "`stream`; the usage of a stream is always asked for."),
    user: when(variant.user, "`user`", "dropped", "The provider does not know it."),
  } satisfies { readonly [Name in Feature]: { readonly support: Support; readonly note: string } };
}
