/** Gemini's vectors: `:batchEmbedContents` of providers, and as its clients ask, one text (`:embedContent`) or many (`:batchEmbedContents`). https://ai.google.dev/api/embeddings */
import type { ModelError } from "../../canonical/error.ts";
import type { Json } from "../../canonical/request.ts";
import {
  areTexts,
  type EmbeddingAnswer,
  type EmbeddingRequest,
  type EmbeddingsClient,
  type EmbeddingsProvider,
  jsonOf,
  textsOf,
  vectorsOf,
  vectorToNumbers,
} from "../../operation/embeddings.ts";
import type { ProviderAnswer } from "../../operation/operation.ts";
import { basePath } from "../base-path.ts";
import type { ProviderRequest, ProviderTarget, Refusal } from "../dialect.ts";
import { Fields, isList, isObject } from "../fields.ts";
import { writeError } from "./error.ts";

/** Texts of one batch. */
const MOST_INPUTS = 100;

/** Google's words for what Cohere, and clients of OpenAI's form, call `input_type`. */
const TASKS: ReadonlyMap<string, string> = new Map([
  ["search_query", "RETRIEVAL_QUERY"],
  ["search_document", "RETRIEVAL_DOCUMENT"],
  ["classification", "CLASSIFICATION"],
  ["clustering", "CLUSTERING"],
]);
const PURPOSES: ReadonlyMap<string, string> = new Map([...TASKS].map(([purpose, task]) => [task, purpose]));

function write(request: EmbeddingRequest, target: ProviderTarget): ProviderRequest | readonly Refusal[] {
  const texts = textsOf(request);
  if (!areTexts(texts)) return texts;
  const { purpose, dimensions } = request;
  const task = purpose === null ? null : (TASKS.get(purpose) ?? (/^[A-Z_]+$/.test(purpose) ? purpose : undefined));
  if (task === undefined)
    return [{ path: "input_type", message: `One of ${[...TASKS.keys()].join(", ")} is expected here.` }];
  const model = `models/${target.model}`;
  const requests = texts.map((text) => ({
    model,
    content: { parts: [{ text }] },
    ...(task !== null && { taskType: task }),
    ...(dimensions !== null && { outputDimensionality: dimensions }),
  }));
  return {
    method: "POST",
    target: `${basePath(target.base)}/models/${encodeURIComponent(target.model)}:batchEmbedContents`,
    headers: ["content-type", "application/json"],
    body: JSON.stringify({ requests }),
  };
}

function read(answer: ProviderAnswer): EmbeddingAnswer | ModelError {
  const value = jsonOf(answer);
  const fields = isObject(value) ? value : {};
  const list = isList(fields.embeddings) ? fields.embeddings : [];
  const values = list.map((item) => (isObject(item) ? (item.values ?? null) : null));
  // Not every version of the API tells.
  return vectorsOf(values, isObject(fields.usageMetadata) ? fields.usageMetadata.promptTokenCount : undefined);
}

export const geminiEmbedder: EmbeddingsProvider = { dialect: "gemini", most: () => MOST_INPUTS, write, read };

function readRequest(body: Json, path: string): EmbeddingRequest | readonly Refusal[] {
  if (!isObject(body)) return [{ path: "", message: "An object is expected here." }];
  const refusals: Refusal[] = [];
  const batch = path.endsWith(":batchEmbedContents");
  if (!batch && !path.endsWith(":embedContent")) return [{ path: "", message: "No vectors are made at this path." }];
  const whole = new Fields(body, "", refusals);
  const each = batch ? [...whole.objects("requests")] : [whole];
  if (each.length === 0) whole.refuse("requests", "At least one is expected here.");
  const inputs = each.map(readText);
  const [first] = each;
  const settings = (fields: Fields): string =>
    JSON.stringify([fields.value("taskType"), fields.value("outputDimensionality"), fields.value("title")]);
  if (first !== undefined && each.some((one) => settings(one) !== settings(first)))
    whole.refuse("requests", "All of them must ask for vectors of the same kind.");
  if (first?.value("title") != null) first.refuse("title", "This gateway hands on no titles.");
  const task = first?.string("taskType") ?? null;
  const dimensions = first?.count("outputDimensionality", 1) ?? null;
  if (refusals.length > 0) return refusals;
  const purpose = task === null ? null : (PURPOSES.get(task) ?? task);
  return { inputs, dimensions, purpose, user: null, base64: false, extras: batch ? { batch: true } : {} };
}

/** The texts of a content's parts are one. */
function readText(fields: Fields): string {
  const content = fields.fields("content");
  const parts = content === null ? [] : [...content.objects("parts")];
  const text = parts.map((part) => part.required("text")).join("");
  if (text === "") fields.refuse("content", "A text is expected here.");
  return text;
}

export const geminiEmbeddingsClient: EmbeddingsClient = {
  dialect: "gemini",
  readRequest,
  writeAnswer({ vectors, usage }, { extras }) {
    const written = vectors.map((vector) => `{"values":${JSON.stringify(vectorToNumbers(vector))}}`);
    const tokens = usage === null ? "" : `,"usageMetadata":{"promptTokenCount":${usage.input}}`;
    return extras.batch === true
      ? `{"embeddings":[${written.join(",")}]${tokens}}`
      : `{"embedding":${written[0] ?? "{}"}${tokens}}`;
  },
  writeError,
};
