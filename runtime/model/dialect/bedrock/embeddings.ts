/**
 * Vectors of Bedrock's models, each asked in its maker's form by `InvokeModel`: Amazon's Titan, one text at a time, and Cohere's.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
 */
import type { Headers } from "../../../http/exchange.ts";
import type { ModelError } from "../../canonical/error.ts";
import type { Usage } from "../../canonical/usage.ts";
import {
  areTexts,
  type EmbeddingAnswer,
  type EmbeddingRequest,
  type EmbeddingsProvider,
  inputUsage,
  jsonOf,
  vectorsOf,
  textsOf,
} from "../../operation/embeddings.ts";
import type { ProviderAnswer } from "../../operation/operation.ts";
import { basePath } from "../base-path.ts";
import { MOST_INPUTS, readEmbed, writeEmbed } from "../cohere/embeddings.ts";
import type { ProviderRequest, ProviderTarget, Refusal } from "../dialect.ts";
import { isObject } from "../fields.ts";

/** Also behind a profile of a region, such as "eu.cohere.embed-v4:0". */
const COHERE = /(?:^|[./])cohere\./;
const TITAN = /(?:^|[./])amazon\.titan-embed-text/;

function write(request: EmbeddingRequest, target: ProviderTarget): ProviderRequest | readonly Refusal[] {
  const body = COHERE.test(target.model) ? writeEmbed(request, null) : writeTitan(request, target.model);
  if (typeof body !== "string") return body;
  return {
    method: "POST",
    target: `${basePath(target.base)}/model/${encodeURIComponent(target.model)}/invoke`,
    headers: ["content-type", "application/json", "accept", "application/json"],
    body,
  };
}

function writeTitan(request: EmbeddingRequest, model: string): string | readonly Refusal[] {
  if (!TITAN.test(model))
    return [{ path: "model", message: "Of Bedrock's models, Amazon's Titan and Cohere's are asked for vectors." }];
  const texts = textsOf(request);
  if (!areTexts(texts)) return texts;
  const { dimensions } = request;
  return JSON.stringify({ inputText: texts[0], ...(dimensions !== null && { dimensions }) });
}

function read(answer: ProviderAnswer): EmbeddingAnswer | ModelError {
  const value = jsonOf(answer);
  const vector = isObject(value) ? value.embedding : undefined;
  const found =
    isObject(value) && vector !== undefined ? vectorsOf([vector], value.inputTextTokenCount) : readEmbed(answer);
  return "class" in found ? found : { ...found, usage: found.usage ?? countedIn(answer.headers) };
}

function countedIn(headers: Headers): Usage | null {
  for (let index = 0; index < headers.length; index += 2) {
    const value = headers[index + 1] ?? "";
    if (headers[index] === "x-amzn-bedrock-input-token-count" && /^[0-9]{1,12}$/.test(value))
      return inputUsage(Number(value));
  }
  return null;
}

export const bedrockEmbedder: EmbeddingsProvider = {
  dialect: "bedrock",
  most: ({ model }) => (COHERE.test(model) ? MOST_INPUTS : 1),
  write,
  read,
};
