/** OpenAI's `POST /v1/embeddings`: as clients ask, and as OpenAI and servers like it answer. */
import type { ModelError } from "../../canonical/error.ts";
import type { Json } from "../../canonical/request.ts";
import {
  type EmbeddingAnswer,
  type EmbeddingInput,
  type EmbeddingRequest,
  type EmbeddingsClient,
  type EmbeddingsProvider,
  inputUsage,
  jsonOf,
  readVector,
  type Vector,
  vectorToBase64,
  vectorToNumbers,
} from "../../operation/embeddings.ts";
import type { ProviderAnswer } from "../../operation/operation.ts";
import { failure } from "../../wire/event-order.ts";
import { outline, withMembers } from "../../wire/outline.ts";
import type { ProviderRequest, ProviderTarget, Refusal } from "../dialect.ts";
import { Fields, isList, isObject } from "../fields.ts";
import { writeError } from "../openai-common/error.ts";
import { requestHeaders, requestTarget } from "../openai-common/target.ts";

/** Of one request, as OpenAI has it. */
const MOST_INPUTS = 2048;

const KNOWN: ReadonlySet<string> = new Set(["model", "input", "dimensions", "encoding_format", "user", "input_type"]);

function readRequest(body: Json): EmbeddingRequest | readonly Refusal[] {
  if (!isObject(body)) return [{ path: "", message: "An object is expected here." }];
  const refusals: Refusal[] = [];
  const fields = new Fields(body, "", refusals);
  fields.required("model");
  const inputs = readInputs(fields);
  const format = fields.string("encoding_format");
  if (format !== null && format !== "float" && format !== "base64")
    fields.refuse("encoding_format", '"float" or "base64" is expected here.');
  const request: EmbeddingRequest = {
    inputs,
    dimensions: fields.count("dimensions", 1),
    purpose: fields.string("input_type"),
    user: fields.string("user"),
    base64: format === "base64",
    extras: fields.others(KNOWN),
  };
  return refusals.length > 0 ? refusals : request;
}

/** A text, texts, tokens, or lists of tokens. */
function readInputs(fields: Fields): readonly EmbeddingInput[] {
  const value = fields.value("input");
  const refuse = (message: string): readonly EmbeddingInput[] => {
    fields.refuse("input", message);
    return [];
  };
  if (typeof value === "string") return value === "" ? refuse("It is empty.") : [value];
  if (!isList(value) || value.length === 0) return refuse("A text, tokens, or a list of them is expected here.");
  if (typeof value[0] === "number") {
    const tokens = readTokens(value);
    return tokens === null ? refuse("Tokens are whole numbers from 0 on.") : [tokens];
  }
  if (value.length > MOST_INPUTS) return refuse(`At most ${MOST_INPUTS} inputs are taken at a time.`);
  const inputs: EmbeddingInput[] = [];
  for (const item of value) {
    const input = typeof item === "string" && item !== "" ? item : isList(item) ? readTokens(item) : null;
    if (input === null) return refuse("Each is a text that is not empty, or a list of tokens.");
    inputs.push(input);
  }
  return inputs;
}

function readTokens(list: readonly Json[]): readonly number[] | null {
  const tokens: number[] = [];
  for (const item of list) {
    if (typeof item !== "number" || !Number.isSafeInteger(item) || item < 0) return null;
    tokens.push(item);
  }
  return tokens.length === 0 ? null : tokens;
}

function writeAnswer({ vectors, usage }: EmbeddingAnswer, { base64 }: EmbeddingRequest, model: string): string {
  const data = vectors.map((vector, index) => {
    const written = base64 ? `"${vectorToBase64(vector)}"` : JSON.stringify(vectorToNumbers(vector));
    return `{"object":"embedding","index":${index},"embedding":${written}}`;
  });
  const tokens = usage?.input ?? 0;
  return `{"object":"list","data":[${data.join(",")}],"model":${JSON.stringify(model)},"usage":{"prompt_tokens":${tokens},"total_tokens":${tokens}}}`;
}

export const openaiEmbeddingsClient: EmbeddingsClient = {
  dialect: "openai-chat",
  readRequest,
  writeAnswer,
  writeError,
};

/** What servers call the length of vectors; null: they cannot be told. And whether they can write base64. */
const VARIANTS: { readonly [variant: string]: { readonly dimensions: string; readonly base64: boolean } } = {
  mistral: { dimensions: "output_dimension", base64: false },
};
const USUAL = { dimensions: "dimensions", base64: true };

function write(request: EmbeddingRequest, target: ProviderTarget): ProviderRequest | readonly Refusal[] {
  const variant = VARIANTS[target.variant] ?? USUAL;
  const { inputs, dimensions, purpose, user, base64, extras } = request;
  const body: { [name: string]: Json } = { model: target.model, input: inputs };
  if (target.variant === "mistral" && inputs.some((input) => typeof input !== "string"))
    return [{ path: "input", message: "This provider takes texts alone: its models have other tokens." }];
  if (dimensions !== null) body[variant.dimensions] = dimensions;
  if (base64 && variant.base64) body.encoding_format = "base64";
  if (target.variant !== "mistral") {
    if (user !== null) body.user = user;
    if (purpose !== null) body.input_type = purpose;
    Object.assign(body, extras);
  }
  return {
    method: "POST",
    target: requestTarget(target, "embeddings", true),
    headers: requestHeaders(false),
    body: JSON.stringify(body),
  };
}

function pass(body: Uint8Array, request: EmbeddingRequest, target: ProviderTarget): ProviderRequest<Uint8Array> | null {
  const found = target.variant === "mistral" || request.inputs.length === 0 ? null : outline(body);
  if (found === null) return null;
  return {
    method: "POST",
    target: requestTarget(target, "embeddings", true),
    headers: requestHeaders(false),
    body: withMembers(body, found, [["model", JSON.stringify(target.model)]]),
  };
}

function read(answer: ProviderAnswer, { inputs }: EmbeddingRequest): EmbeddingAnswer | ModelError {
  const value = jsonOf(answer);
  if (!isObject(value) || !isList(value.data)) return failure("The provider's answer holds no vectors.");
  const vectors = new Array<Vector | null>(inputs.length).fill(null);
  for (const [at, item] of value.data.entries()) {
    const vector = isObject(item) ? readVector(item.embedding) : null;
    const index = isObject(item) && typeof item.index === "number" ? item.index : at;
    if (vector === null || vectors[index] !== null) return failure("The provider's answer holds what is no vector.");
    vectors[index] = vector;
  }
  const found = vectors.filter((vector) => vector !== null);
  const { usage } = value;
  return { vectors: found, usage: isObject(usage) ? inputUsage(usage.prompt_tokens ?? usage.total_tokens) : null };
}

export const openaiEmbedder: EmbeddingsProvider = {
  dialect: "openai-chat",
  most: () => MOST_INPUTS,
  write,
  read,
  pass,
  passAnswer: (body, model) => {
    const found = outline(body);
    return found === null ? null : withMembers(body, found, [["model", JSON.stringify(model)]]);
  },
};
