/** Cohere's `POST /v2/embed`. https://docs.cohere.com/reference/embed */
import type { ModelError } from "../../canonical/error.ts";
import { NO_USAGE } from "../../canonical/usage.ts";
import {
  areTexts,
  type EmbeddingAnswer,
  type EmbeddingRequest,
  type EmbeddingsProvider,
  readVectors,
  textsOf,
} from "../../operation/embeddings.ts";
import type { ProviderAnswer } from "../../operation/operation.ts";
import { failure } from "../../wire/event-order.ts";
import { basePath } from "../base-path.ts";
import type { ProviderRequest, ProviderTarget, Refusal } from "../dialect.ts";
import { isObject, parseJson } from "../fields.ts";
import { readUsage } from "./usage.ts";

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

export function readEmbed({ body }: ProviderAnswer): EmbeddingAnswer | ModelError {
  const value = parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"))?.value;
  if (!isObject(value)) return failure("The provider's answer holds no vectors.");
  const { embeddings } = value;
  const vectors = readVectors(isObject(embeddings) ? embeddings.float : embeddings);
  if (vectors === null) return failure("The provider's answer holds what is no vector.");
  const usage = isObject(value.meta) ? readUsage(value.meta) : null;
  return { vectors, usage: usage === null ? null : { ...NO_USAGE, input: usage.input } };
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
