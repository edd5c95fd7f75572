/** Cohere's `POST /v2/embed`. https://docs.cohere.com/reference/embed */
import type { ModelError } from "../../canonical/error.ts";
import type { Json, JsonObject } from "../../canonical/request.ts";
import {
  areTexts,
  type EmbeddingAnswer,
  type EmbeddingRequest,
  type EmbeddingsProvider,
  jsonOf,
  textsOf,
  vectorsOf,
} from "../../operation/embeddings.ts";
import type { ProviderAnswer } from "../../operation/operation.ts";
import { basePath } from "../base-path.ts";
import type { ProviderRequest, ProviderTarget, Refusal } from "../dialect.ts";
import { isObject } from "../fields.ts";

/** Texts of one request. */
export const MOST_INPUTS = 96;

const PURPOSES: ReadonlySet<string> = new Set(["search_query", "search_document", "classification", "clustering"]);

/** The body; at Bedrock the same models take the same one. `model`: null where the path names it. */
export function writeEmbed(request: EmbeddingRequest, model: string | null): string | readonly Refusal[] {
  const texts = textsOf(request);
  if (!areTexts(texts)) return texts;
  const { purpose, dimensions } = request;
  if (purpose !== null && !PURPOSES.has(purpose))
    return [{ path: "input_type", message: `One of ${[...PURPOSES].join(", ")} is expected here.` }];
  return JSON.stringify({
    ...(model !== null && { model }),
    texts,
    // It must be said; texts are more often kept than looked for.
    input_type: purpose ?? "search_document",
    embedding_types: ["float"],
    ...(dimensions !== null && { output_dimension: dimensions }),
    // What is too long is refused, and not cut in silence.
    truncate: "NONE",
  });
}

export function readEmbed(answer: ProviderAnswer): EmbeddingAnswer | ModelError {
  const value = jsonOf(answer);
  if (!isObject(value)) return vectorsOf(undefined, undefined);
  const { embeddings, meta } = value;
  return vectorsOf(isObject(embeddings) ? embeddings.float : embeddings, isObject(meta) ? tokensIn(meta) : undefined);
}

/** What is billed, before what the model worked on (see `usage.ts`). */
function tokensIn({ billed_units: billed, tokens }: JsonObject): Json | undefined {
  return (isObject(billed) ? billed.input_tokens : undefined) ?? (isObject(tokens) ? tokens.input_tokens : undefined);
}

export const cohereEmbedder: EmbeddingsProvider = {
  dialect: "cohere",
  most: () => MOST_INPUTS,
  write(request: EmbeddingRequest, target: ProviderTarget): ProviderRequest | readonly Refusal[] {
    const body = writeEmbed(request, target.model);
    if (typeof body !== "string") return body;
    const base = basePath(target.base);
    return {
      method: "POST",
      target: `${base.endsWith("/v2") ? base : `${base}/v2`}/embed`,
      headers: ["content-type", "application/json", "accept", "application/json"],
      body,
    };
  },
  read: readEmbed,
};
