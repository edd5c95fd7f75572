/** What providers are asked beside conversations, made up: vectors that depend on the text alone, counts that depend on its length, judgements by one word. */
import type { Json, JsonObject } from "../canonical/request.ts";
import type { ProviderDialectName } from "../dialect/dialect.ts";
import { isList, isObject } from "../dialect/fields.ts";
import { decoded } from "./reading.ts";

export interface FakeOperation {
  readonly dialect: ProviderDialectName;
  /** The model's name, as the body or the path says it. */
  readonly model: string;
  /** For switches: what is asked about. */
  readonly text: string;
  readonly answer: () => JsonObject;
}

/** Length of vectors for which nobody asked for another. */
const USUAL_LENGTH = 8;
const MOST_LENGTH = 4096;

/** Null: this path is for conversations, or for nothing. */
export function fakeOperation(path: string, body: JsonObject): FakeOperation | null {
  const found = OPERATIONS.find(([pattern]) => pattern.test(path));
  if (found === undefined) return null;
  const operation = found[1](body);
  return { ...operation, model: operation.model || modelIn(path) };
}

function modelIn(path: string): string {
  return decoded(/\/(?:models|model|deployments)\/([^/:]+)/.exec(path)?.[1] ?? "");
}

const OPERATIONS: readonly (readonly [RegExp, (body: JsonObject) => FakeOperation])[] = [
  [/\/embeddings$/, openaiEmbeddings],
  [/\/moderations$/, moderations],
  [/:batchEmbedContents$/, geminiEmbeddings],
  [/:embedContent$/, geminiEmbedding],
  [/\/v2\/embed$/, (body) => cohereEmbeddings(body, "cohere")],
  [/\/api\/embed$/, ollamaEmbeddings],
  [/\/model\/[^/]+\/invoke$/, bedrockEmbeddings],
  [/\/messages\/count_tokens$/, (body) => counted("anthropic", body, "input_tokens")],
  [/\/count-tokens:rawPredict$/, (body) => counted("anthropic", body, "input_tokens")],
  [/:countTokens$/, (body) => counted("gemini", body, "totalTokens")],
  [/\/model\/[^/]+\/count-tokens$/, (body) => counted("bedrock", body, "inputTokens")],
  [/\/responses\/input_tokens$/, (body) => counted("openai-responses", body, "input_tokens")],
];

function operation(dialect: ProviderDialectName, body: JsonObject, texts: readonly string[], answer: () => JsonObject) {
  const model = typeof body.model === "string" ? body.model : "";
  return { dialect, model, text: texts.join(" "), answer };
}

/** The same for the same text, of length 1. */
function vector(text: string, length: Json | undefined): number[] {
  const wanted = typeof length === "number" && length >= 1 ? Math.min(length, MOST_LENGTH) : USUAL_LENGTH;
  let state = 2_166_136_261;
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 16_777_619);
  const numbers: number[] = [];
  for (let at = 0; at < wanted; at++) {
    state = Math.imul(state ^ (state >>> 15), 2_246_822_519) + at;
    numbers.push(((state >>> 0) / 2 ** 32) * 2 - 1);
  }
  const size = Math.hypot(...numbers) || 1;
  return numbers.map((number) => number / size);
}

function tokensOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
}

/** A text, texts, tokens, lists of tokens. */
function inputsOf(value: Json | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  if (!isList(value)) return [];
  if (typeof value[0] === "number") return [JSON.stringify(value)];
  return value.map((item) => (typeof item === "string" ? item : JSON.stringify(item)));
}

function openaiEmbeddings(body: JsonObject): FakeOperation {
  const texts = inputsOf(body.input);
  return operation("openai-chat", body, texts, () => {
    const data = texts.map((text, index) => {
      const numbers = vector(text, body.dimensions);
      const embedding = body.encoding_format === "base64" ? base64(numbers) : numbers;
      return { object: "embedding", index, embedding };
    });
    const tokens = tokensOf(texts);
    return { object: "list", data, model: body.model ?? "", usage: { prompt_tokens: tokens, total_tokens: tokens } };
  });
}

function base64(numbers: readonly number[]): string {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [at, number] of numbers.entries()) bytes.writeFloatLE(number, 4 * at);
  return bytes.toString("base64");
}

/** Flags what holds the word "harm". */
function moderations(body: JsonObject): FakeOperation {
  const texts = inputsOf(body.input);
  return operation("openai-chat", body, texts, () => ({
    id: "modr-fake",
    model: body.model ?? "",
    results: texts.map((text) => {
      const flagged = /\bharm\b/i.test(text);
      return { flagged, categories: { violence: flagged }, category_scores: { violence: flagged ? 0.9 : 0.1 } };
    }),
  }));
}

function geminiEmbeddings(body: JsonObject): FakeOperation {
  const requests = isList(body.requests) ? body.requests.filter(isObject) : [];
  const texts = requests.map((one) => textIn(one.content));
  return operation("gemini", body, texts, () => ({
    embeddings: texts.map((text, at) => ({ values: vector(text, requests[at]?.outputDimensionality) })),
    usageMetadata: { promptTokenCount: tokensOf(texts) },
  }));
}

function geminiEmbedding(body: JsonObject): FakeOperation {
  const text = textIn(body.content);
  return operation("gemini", body, [text], () => ({
    embedding: { values: vector(text, body.outputDimensionality) },
    usageMetadata: { promptTokenCount: tokensOf([text]) },
  }));
}

function cohereEmbeddings(body: JsonObject, dialect: "cohere" | "bedrock"): FakeOperation {
  const texts = inputsOf(body.texts);
  return operation(dialect, body, texts, () => ({
    id: "emb-fake",
    embeddings: { float: texts.map((text) => vector(text, body.output_dimension)) },
    texts,
    meta: { billed_units: { input_tokens: tokensOf(texts) } },
  }));
}

function ollamaEmbeddings(body: JsonObject): FakeOperation {
  const texts = inputsOf(body.input);
  return operation("ollama", body, texts, () => ({
    model: body.model ?? "",
    embeddings: texts.map((text) => vector(text, body.dimensions)),
    prompt_eval_count: tokensOf(texts),
  }));
}

function bedrockEmbeddings(body: JsonObject): FakeOperation {
  if (body.texts !== undefined) return cohereEmbeddings(body, "bedrock");
  const texts = inputsOf(body.inputText);
  return operation("bedrock", body, texts, () => ({
    embedding: vector(texts[0] ?? "", body.dimensions),
    inputTextTokenCount: tokensOf(texts),
  }));
}

function counted(dialect: ProviderDialectName, body: JsonObject, field: string): FakeOperation {
  const text = textIn(body);
  return operation(dialect, body, [text], () => ({ [field]: tokensOf([text]) }));
}

/** Every text that stands anywhere in it, under the names that dialects have for it. */
function textIn(value: Json | undefined): string {
  if (isList(value)) return value.map(textIn).join(" ");
  if (!isObject(value)) return "";
  const texts: string[] = [];
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner !== "string") texts.push(textIn(inner));
    else if (name === "text" || name === "content" || name === "system" || name === "instructions") texts.push(inner);
  }
  return texts.filter((text) => text !== "").join(" ");
}
