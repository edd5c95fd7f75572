/**
 * One request to a language model, in the form in the middle: each client's dialect is read into it and each provider's written from it.
 * Everything that several dialects can say has one place here; what only one can say travels in `extras` and reaches only that one.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

export interface ModelRequest {
  /** As the client named it. */
  readonly model: string;
  /** Instructions, before everything else. */
  readonly system: readonly TextPart[];
  /** In order. Neighbours may have the same role: who needs them merged merges them. */
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  /** null: the client said nothing. */
  readonly toolChoice: ToolChoice | null;
  /** Whether several tools may be called in one turn; null: the client said nothing. */
  readonly parallelTools: boolean | null;
  /** Most output tokens, reasoning included; null: the client said nothing. */
  readonly maxOutput: number | null;
  /** 0 to 2, as OpenAI has it. */
  readonly temperature: number | null;
  readonly topP: number | null;
  readonly topK: number | null;
  readonly stop: readonly string[];
  readonly seed: number | null;
  readonly frequencyPenalty: number | null;
  readonly presencePenalty: number | null;
  /** Answers that are wanted; nearly always 1. */
  readonly count: number;
  readonly format: OutputFormat;
  readonly reasoning: Reasoning | null;
  readonly stream: boolean;
  /** The last turn is the model's own, and its answer goes on behind it: only towards providers that can (`ProviderDialect.prefills`). */
  readonly prefill?: boolean;
  /** The client wants the usage told within the stream. */
  readonly streamUsage: boolean;
  /** Who the client says its user is, for the provider's abuse detection. */
  readonly user: string | null;
  /** What only the client's own dialect knows, by field; sent on to providers of that dialect. */
  readonly extras: Extras;
}

/** Of which nothing is asked: what readers begin with. */
export const EMPTY_REQUEST: ModelRequest = {
  model: "",
  system: [],
  turns: [],
  tools: [],
  toolChoice: null,
  parallelTools: null,
  maxOutput: null,
  temperature: null,
  topP: null,
  topK: null,
  stop: [],
  seed: null,
  frequencyPenalty: null,
  presencePenalty: null,
  count: 1,
  format: { kind: "text" },
  reasoning: null,
  stream: false,
  streamUsage: false,
  user: null,
  extras: { dialect: "", fields: {} },
};

export interface Extras {
  readonly dialect: string;
  readonly fields: JsonObject;
  /** Those of the fields without which the answer would mean something else (such as tools that the provider runs): providers of another dialect refuse the request. */
  readonly essential?: readonly string[] | undefined;
}

export interface Turn {
  readonly role: "user" | "assistant";
  readonly parts: readonly Part[];
}

/** `cache`: the provider is asked to cache everything up to and with this part. */
interface Marked {
  readonly cache?: CacheMarker | undefined;
}

export interface CacheMarker {
  readonly ttl: "5m" | "1h";
}

export interface TextPart extends Marked {
  readonly type: "text";
  readonly text: string;
}

export interface ImagePart extends Marked {
  readonly type: "image";
  readonly source: MediaSource;
  readonly detail: "auto" | "low" | "high" | null;
}

export interface AudioPart extends Marked {
  readonly type: "audio";
  readonly source: MediaSource;
}

/** A document, such as PDF. */
export interface FilePart extends Marked {
  readonly type: "file";
  readonly source: MediaSource;
  readonly name: string | null;
}

/** Bytes in base64, or a place from which the provider (never this gateway) fetches them; or a file that lies with the provider. */
export type MediaSource =
  | { readonly kind: "base64"; readonly mediaType: string; readonly data: string }
  | { readonly kind: "url"; readonly url: string; readonly mediaType: string | null }
  | { readonly kind: "id"; readonly id: string };

/** The model asks for a tool. In assistant turns only. */
export interface ToolCallPart extends Marked {
  readonly type: "tool-call";
  readonly id: string;
  readonly name: string;
  /** The text as the model wrote it: JSON, unless it was cut. No arguments are "{}"; "" only where the answer was cut before their first character. */
  readonly arguments: string;
  /** Opaque state that must come back with the call unchanged. */
  readonly signature: string | null;
}

/** What a tool gave. In user turns only. */
export interface ToolResultPart extends Marked {
  readonly type: "tool-result";
  readonly id: string;
  /** "" where the dialect does not tell. */
  readonly name: string;
  readonly parts: readonly (TextPart | ImagePart | FilePart)[];
  readonly failed: boolean;
}

/** What the model thought, to be replayed unchanged, in place, within a tool loop. In assistant turns only. */
export interface ReasoningPart {
  readonly type: "reasoning";
  /** May be empty where the signature is not. */
  readonly text: string;
  readonly signature: string | null;
  /** The provider's own encrypted thought, instead of a text. */
  readonly redacted: string | null;
}

/** The model declined. In assistant turns only. */
export interface RefusalPart {
  readonly type: "refusal";
  readonly text: string;
}

/** What only one dialect can say (such as the result of a tool that the provider itself ran): goes to its providers unchanged, and is refused towards any other. */
export interface NativePart {
  readonly type: "native";
  readonly dialect: string;
  readonly value: JsonObject;
}

export type Part =
  | NativePart
  | TextPart
  | ImagePart
  | AudioPart
  | FilePart
  | ToolCallPart
  | ToolResultPart
  | ReasoningPart
  | RefusalPart;

export interface Tool extends Marked {
  readonly name: string;
  readonly description: string | null;
  /** JSON Schema of an object. */
  readonly parameters: JsonObject;
  readonly strict: boolean | null;
}

export type ToolChoice =
  | { readonly kind: "auto" }
  | { readonly kind: "none" }
  | { readonly kind: "any" }
  | { readonly kind: "tool"; readonly name: string };

export type OutputFormat =
  | { readonly kind: "text" }
  | { readonly kind: "json" }
  | {
      readonly kind: "schema";
      readonly name: string;
      readonly description: string | null;
      readonly schema: JsonObject;
      readonly strict: boolean | null;
    };

/** How much the model thinks first. One of both may be null. */
export interface Reasoning {
  readonly effort: "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max" | null;
  /** In tokens; 0: none. */
  readonly budget: number | null;
  /** Whether the client wants to see thoughts; null: it said nothing. */
  readonly visible: boolean | null;
}
