/**
 * What a dialect is: one way to speak with models, as clients do, as providers do, or both. Each has a folder with the same files:
 * `client.ts` (reads requests; writes answers, events and errors), `provider.ts` (writes requests; reads answers, events and errors),
 * `request.ts`, `answer.ts`, `events.ts`, `usage.ts`, `stop.ts`, `error.ts`, and `support.ts`, of which the reference is made.
 * Where one of these does two long things, it is two files: `provider-request.ts` beside `request.ts`, `event-reader.ts` and `event-writer.ts` for `events.ts`;
 * what OpenAI's two dialects share stands in `openai-common/`.
 * A codec holds no state but that of its stream, touches no socket, and never throws, whatever it is given.
 */
import type { ModelAnswer, ModelEvent } from "../canonical/answer.ts";
import type { ModelError } from "../canonical/error.ts";
import type { Json, ModelRequest } from "../canonical/request.ts";
import type { Usage } from "../canonical/usage.ts";
import type { Pieces } from "../../pieces.ts";
import type { RequestBytes } from "../wire/request-bytes.ts";

export type ClientDialectName = "openai-chat" | "openai-responses" | "anthropic" | "gemini";
export type ProviderDialectName = ClientDialectName | "bedrock" | "cohere" | "ollama";

/** Why a request cannot be taken, or cannot be said in a provider's dialect: a wrong answer, or one that means something else, is never given instead. */
export interface Refusal {
  /** The field in the request's own spelling, such as "messages[2].content[0]"; "" for the whole. */
  readonly path: string;
  readonly message: string;
}

export interface ClientDialect {
  readonly name: ClientDialectName;
  /** `body`: parsed JSON. `path`: what the URL says beside it (Gemini: model and whether to stream). */
  readRequest(body: Json, path: ClientPath): ModelRequest | readonly Refusal[];
  /** The body of a whole answer, as JSON text. */
  writeAnswer(answer: ModelAnswer, context: AnswerContext): string;
  eventWriter(context: AnswerContext): EventWriter;
  writeError(error: ModelError): {
    readonly status: number;
    readonly headers: readonly string[];
    readonly body: string;
  };
  /** Of a streamed answer. */
  readonly streamMediaType: string;
  /** Its streams have another form than those of providers of the dialect. Left out: the same. */
  readonly rewrites?: boolean;
  /**
   * What the URL says; null: nothing can be asked of a model there. `client`: who writes the answer, where the URL chooses its form too. Left out:
   * the body says it all. `query`: without its "?".
   */
  readUrl?(path: string, query: string): { readonly path: ClientPath; readonly client: ClientDialect } | null;
}

export interface ClientPath {
  /** null: the body says it. */
  readonly model: string | null;
  readonly stream: boolean | null;
}

export interface AnswerContext {
  /** What the client asked for. */
  readonly request: ModelRequest;
  /** The name under which the model is known to clients; goes out instead of the provider's. */
  readonly model: string;
  /** Seconds since the epoch. */
  readonly created: number;
  /** Makes an identifier's random part: letters and digits. */
  readonly random: (length: number) => string;
}

/** Writes one streamed answer. */
export interface EventWriter {
  /** The frames that this event makes; "": none. Events in the order that `ModelEvent` promises; after `error` or `end` nothing more is written. */
  write(event: ModelEvent): string;
  /** Tells the client, in a way that it may leave unread, that another model goes on from here; between `start` and the last event. */
  continued(): string;
}

export interface ProviderTarget {
  /** The model as the provider names it. */
  readonly model: string;
  /** Where the provider stands, without a slash at its end, such as "https://api.openai.com/v1". */
  readonly base: string;
  /** How servers of one dialect differ, such as "azure", "mistral", "vllm"; "" for the dialect's own. */
  readonly variant: string;
  /** Settings of the variant, such as Azure's API version. */
  readonly settings: { readonly [name: string]: string };
}

/** Written anew, a text; left as they came, bytes. */
export type WrittenBody = string | Uint8Array | Pieces;

export interface ProviderRequest<Body extends WrittenBody = string> {
  readonly method: "POST";
  /** Path and query behind the origin. */
  readonly target: string;
  /** Flat, names in lower case; without credentials, which `credentials` adds when the body is known. */
  readonly headers: readonly string[];
  /** JSON text. */
  readonly body: Body;
}

/**
 * How the bytes of a client that speaks the provider's own dialect go through as they came, but for what the gateway has to say: the model's name, caps,
 * that usage is told. Each gives null where they would not mean the same, or cannot be changed safely; then they are written from the form in the middle.
 */
export interface PassThrough {
  /** `request`: as it is to be asked, read from `body`, which is JSON. */
  request(body: RequestBytes, request: ModelRequest, target: ProviderTarget): ProviderRequest<Pieces> | null;
  /** `body`: a whole answer that `readAnswer` has read. `told`: the model's name as it was read there. `model`: the one under which clients know it. */
  answer(body: Uint8Array, told: string, model: string): Uint8Array | null;
  /** Of a stream. `model`: as of `answer`; `usage`: the client asked to be told it. Left out: streams are written anew. */
  stream?(request: ModelRequest, model: string, usage: boolean): PassingReader;
}

/** Reads a stream, and keeps its bytes for a client that speaks the same dialect. */
export interface PassingReader extends EventReader {
  /**
   * What the client is sent of all that has been pushed since the last time; null: nothing. Events that are told beside say whether there is content, usage, an
   * end or an error; of other content they may leave out what they like. Behind an error nothing comes.
   */
  take(): Uint8Array | null;
  /** Set before the first bytes: `passed` is counted. */
  measures: boolean;
  /** Bytes of text, of content that no event told of; at least as many as there are. */
  readonly passed: number;
}

export interface ProviderDialect {
  readonly name: ProviderDialectName;
  writeRequest(request: ModelRequest, target: ProviderTarget): ProviderRequest | readonly Refusal[];
  /** Left out: nothing goes through as it came. */
  readonly pass?: PassThrough;
  /** Whether the model goes on behind a last turn of its own, as `prefill` of a request asks; left out: none does. */
  prefills?(target: ProviderTarget): boolean;
  /**
   * Whether the model may have written more than an answer shows, when it broke off: thoughts. `told`: of its usage, so far; `thought`: an event told of a thought,
   * perhaps of a part of it. Left out: whatever it writes is shown.
   */
  hidesThoughts?(request: ModelRequest, target: ProviderTarget, told: Usage | null, thought: boolean): boolean;
  /** Status 200 to 299. */
  readAnswer(body: Uint8Array, request: ModelRequest): ModelAnswer | ModelError;
  eventReader(request: ModelRequest): EventReader;
  /** Any other status. */
  readError(status: number, headers: readonly string[], body: Uint8Array): ModelError;
}

/** Reads one streamed answer from bytes in any pieces; the events are the same however they are cut. */
export interface EventReader {
  push(bytes: Uint8Array): readonly ModelEvent[];
  /** The connection has ended: `end` where the answer was whole, else an `error`. */
  finish(): readonly ModelEvent[];
  /** So far, cumulative; null: the provider has told nothing yet. For those who settle an answer that broke off. */
  readonly usage: Usage | null;
  /** As of `ModelAnswer`, of what was told last. Left out: nobody is handed the provider's own words. */
  readonly uncounted?: boolean;
}
