/** Ollama's `POST /api/embed`. https://docs.ollama.com/api/embed */
import type { ModelError } from "../../canonical/error.ts";
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
import { writeKeepAlive } from "./request.ts";

const MOST_INPUTS = 512;

function write(request: EmbeddingRequest, target: ProviderTarget): ProviderRequest | readonly Refusal[] {
  const texts = textsOf(request);
  if (!areTexts(texts)) return texts;
  const { num_ctx: context, keep_alive: keepAlive } = target.settings;
  const base = basePath(target.base);
  const fields = [
    `"model":${JSON.stringify(target.model)}`,
    `"input":${JSON.stringify(texts)}`,
    // What is longer than the context is refused, and not cut in silence.
    '"truncate":false',
  ];
  if (request.dimensions !== null) fields.push(`"dimensions":${request.dimensions}`);
  if (context !== undefined && /^[0-9]{1,9}$/.test(context)) fields.push(`"options":{"num_ctx":${Number(context)}}`);
  const kept = writeKeepAlive(keepAlive);
  if (kept !== null) fields.push(`"keep_alive":${kept}`);
  return {
    method: "POST",
    target: `${base.endsWith("/api") ? base : `${base}/api`}/embed`,
    headers: ["content-type", "application/json"],
    body: `{${fields.join(",")}}`,
  };
}

function read(answer: ProviderAnswer): EmbeddingAnswer | ModelError {
  const value = jsonOf(answer);
  return isObject(value) ? vectorsOf(value.embeddings, value.prompt_eval_count) : vectorsOf(undefined, undefined);
}

export const ollamaEmbedder: EmbeddingsProvider = { dialect: "ollama", most: () => MOST_INPUTS, write, read };
