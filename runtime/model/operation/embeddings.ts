/** Vectors of texts: the form in the middle, and how a client's question becomes requests to a provider, in pieces where it takes fewer texts at a time. */
import type { ModelError } from "../canonical/error.ts";
import type { Json, JsonObject } from "../canonical/request.ts";
import type { Usage } from "../canonical/usage.ts";
import { NO_USAGE } from "../canonical/usage.ts";
import type { ProviderDialectName, ProviderRequest, ProviderTarget, Refusal } from "../dialect/dialect.ts";
import { parseJson } from "../dialect/fields.ts";
import { count, countable } from "../dialect/openai-common/counts.ts";
import { failure } from "../wire/event-order.ts";
import type { Asking, Operation, ProviderAnswer } from "./operation.ts";

export interface EmbeddingRequest {
  /** Never empty. */
  readonly inputs: readonly EmbeddingInput[];
  /** The length that vectors are to have; null: the model's own. */
  readonly dimensions: number | null;
  /** What the vectors are for, in Cohere's words, such as "search_query"; null: the client said nothing. */
  readonly purpose: string | null;
  readonly user: string | null;
  /** Vectors are wanted as base64 of 32-bit floats, little-endian. */
  readonly base64: boolean;
  /** What only the client's dialect knows. */
  readonly extras: JsonObject;
}

/** A text, or the tokens that a model makes of one. */
export type EmbeddingInput = string | readonly number[];

/** Numbers, or base64 of 32-bit floats, little-endian. */
export type Vector = readonly number[] | string;

export interface EmbeddingAnswer {
  /** One for each input, in their order. */
  readonly vectors: readonly Vector[];
  readonly usage: Usage | null;
}

export interface EmbeddingsClient {
  readRequest(body: Json, path: string): EmbeddingRequest | readonly Refusal[];
  /** JSON text. */
  writeAnswer(answer: EmbeddingAnswer, request: EmbeddingRequest, model: string): string;
  writeError: Operation["writeError"];
  /** Whose own form this is. */
  readonly dialect: ProviderDialectName;
}

export interface EmbeddingsProvider {
  readonly dialect: ProviderDialectName;
  /** Most inputs of one request. */
  most(target: ProviderTarget): number;
  write(request: EmbeddingRequest, target: ProviderTarget): ProviderRequest | readonly Refusal[];
  read(answer: ProviderAnswer, request: EmbeddingRequest): EmbeddingAnswer | ModelError;
  /** The client's own bytes, where it speaks the provider's dialect; null: they have to be written anew. */
  pass?(body: Uint8Array, request: EmbeddingRequest, target: ProviderTarget): ProviderRequest<Uint8Array> | null;
  /** The provider's own bytes, where the client can read them. */
  passAnswer?(body: Uint8Array, model: string): Uint8Array | null;
}

/** Requests that one question may make: a client that asks for more has to ask more often. */
const MOST_REQUESTS = 64;

export function embeddings(client: EmbeddingsClient, providers: readonly EmbeddingsProvider[]): Operation {
  return {
    name: "embeddings",
    priced: true,
    writeError: (error) => client.writeError(error),
    read(bytes, body, path) {
      const request = client.readRequest(body, path);
      if (!("inputs" in request)) return request;
      return { ask: (dialect, target) => askFor(client, providers, bytes, request, dialect, target) };
    },
  };
}

function askFor(
  client: EmbeddingsClient,
  providers: readonly EmbeddingsProvider[],
  bytes: Uint8Array,
  request: EmbeddingRequest,
  dialect: ProviderDialectName,
  target: ProviderTarget,
): Asking | readonly Refusal[] {
  const provider = providers.find((one) => one.dialect === dialect);
  if (provider === undefined) return [{ path: "model", message: "This model makes no vectors." }];
  const passed = client.dialect === dialect ? (provider.pass?.(bytes, request, target) ?? null) : null;
  if (passed !== null) {
    return {
      requests: [passed],
      answer: ([only], model) => {
        if (only === undefined) return failure("The provider gave no answer.");
        const read = complete(provider.read(only, request), request);
        if ("class" in read) return read;
        const asWanted = read.vectors.every((vector) => (typeof vector === "string") === request.base64);
        const own = asWanted ? (provider.passAnswer?.(only.body, model) ?? null) : null;
        return { body: own ?? client.writeAnswer(read, request, model), usage: read.usage };
      },
    };
  }
  const most = provider.most(target);
  const count = Math.ceil(request.inputs.length / most);
  if (count > MOST_REQUESTS)
    return [{ path: "input", message: `This model takes at most ${most * MOST_REQUESTS} inputs at a time.` }];
  const pieces: EmbeddingRequest[] = [];
  const requests: ProviderRequest[] = [];
  for (let from = 0; from < request.inputs.length; from += most) {
    const piece = count === 1 ? request : { ...request, inputs: request.inputs.slice(from, from + most) };
    const written = provider.write(piece, target);
    if (!("target" in written)) return written;
    pieces.push(piece);
    requests.push(written);
  }
  return {
    requests,
    answer: (answers, model) => {
      const vectors: Vector[] = [];
      let usage: Usage | null = NO_USAGE;
      for (const [index, piece] of pieces.entries()) {
        const answer = answers[index];
        const read = answer === undefined ? failure("The provider gave no answer.") : provider.read(answer, piece);
        const whole = complete(read, piece);
        if ("class" in whole) return whole;
        for (const vector of whole.vectors) vectors.push(vector);
        usage = usage === null || whole.usage === null ? null : { ...usage, input: usage.input + whole.usage.input };
      }
      return { body: client.writeAnswer({ vectors, usage }, request, model), usage };
    },
  };
}

/** As many vectors as inputs, or an error: a client would take the wrong ones for its texts. */
function complete(
  read: EmbeddingAnswer | ModelError,
  { inputs }: Pick<EmbeddingRequest, "inputs">,
): EmbeddingAnswer | ModelError {
  if ("class" in read || read.vectors.length === inputs.length) return read;
  return failure("The provider's answer has not one vector for each input.");
}

/** What the provider sent; undefined: it is no JSON. */
export function jsonOf({ body }: ProviderAnswer): Json | undefined {
  return parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"))?.value;
}

/** Of providers that give a list of vectors, and a number of the tokens that they have read. */
export function vectorsOf(values: Json | undefined, tokens: Json | undefined): EmbeddingAnswer | ModelError {
  const vectors = readVectors(values);
  return vectors === null
    ? failure("The provider's answer holds what is no vector.")
    : { vectors, usage: inputUsage(tokens) };
}

/** Vectors cost what goes in alone. Null: no count is told. */
export function inputUsage(tokens: Json | undefined): Usage | null {
  return typeof tokens === "number" ? countable({ ...NO_USAGE, input: count(tokens) }) : null;
}

/** Null where it is none: empty, or with what is no number. */
export function readVector(value: Json | undefined): Vector | null {
  if (typeof value === "string") {
    return /^[A-Za-z0-9+/]+={0,2}$/.test(value) && Buffer.byteLength(value, "base64") % 4 === 0 ? value : null;
  }
  if (!Array.isArray(value) || value.length === 0) return null;
  const numbers: number[] = [];
  for (const item of value as readonly Json[]) {
    if (typeof item !== "number") return null;
    numbers.push(item);
  }
  return numbers;
}

/** Null where one is none. */
export function readVectors(values: Json | undefined): readonly Vector[] | null {
  if (!Array.isArray(values)) return null;
  const vectors: Vector[] = [];
  for (const value of values as readonly Json[]) {
    const vector = readVector(value);
    if (vector === null) return null;
    vectors.push(vector);
  }
  return vectors;
}

/** Base64 of 32-bit floats, little-endian, whatever this machine's order is. */
export function vectorToBase64(vector: Vector): string {
  if (typeof vector === "string") return vector;
  const bytes = Buffer.allocUnsafe(4 * vector.length);
  let at = 0;
  for (const number of vector) at = bytes.writeFloatLE(number, at);
  return bytes.toString("base64");
}

export function vectorToNumbers(vector: Vector): readonly number[] {
  if (typeof vector !== "string") return vector;
  const bytes = Buffer.from(vector, "base64");
  const numbers: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) numbers.push(bytes.readFloatLE(at));
  return numbers;
}

/** Texts of all inputs; tokens are known to the models of one provider alone, so another refuses them. */
export function textsOf({ inputs }: Pick<EmbeddingRequest, "inputs">): readonly string[] | readonly Refusal[] {
  const texts: string[] = [];
  for (const [index, input] of inputs.entries()) {
    if (typeof input !== "string")
      return [{ path: `input[${index}]`, message: "This provider takes texts alone: its models have other tokens." }];
    texts.push(input);
  }
  return texts;
}

export function areTexts(texts: readonly string[] | readonly Refusal[]): texts is readonly string[] {
  return typeof texts[0] === "string";
}
