/** Ollama's `POST /api/embed`. https://docs.ollama.com/api/embed */
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
import { count, countable } from "../openai-common/counts.ts";
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

function read({ body }: ProviderAnswer): EmbeddingAnswer | ModelError {
  const value = parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"))?.value;
  const vectors = isObject(value) ? readVectors(value.embeddings) : null;
  if (!isObject(value) || vectors === null) return failure("The provider's answer holds what is no vector.");
  const told = value.prompt_eval_count;
  return { vectors, usage: typeof told === "number" ? countable({ ...NO_USAGE, input: count(told) }) : null };
}

export const ollamaEmbedder: EmbeddingsProvider = { dialect: "ollama", most: () => MOST_INPUTS, write, read };
