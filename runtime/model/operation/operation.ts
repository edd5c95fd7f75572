/**
 * What can be asked of a model beside an answer to a conversation: vectors of texts, whether a text is harmful, how many tokens a request has. One question,
 * one answer, never a stream. As with dialects, codecs hold no state, touch no socket and never throw.
 */
import type { Headers } from "../../http/exchange.ts";
import type { ModelError } from "../canonical/error.ts";
import type { Json, ModelRequest } from "../canonical/request.ts";
import type { Usage } from "../canonical/usage.ts";
import type {
  ClientDialectName,
  ProviderDialectName,
  ProviderRequest,
  ProviderTarget,
  Refusal,
} from "../dialect/dialect.ts";

export type OperationName = "embeddings" | "moderations" | "count-tokens";

/** As clients of one dialect ask for it, together with the providers that a program may ask. */
export interface Operation {
  readonly name: OperationName;
  /** Whether providers are paid for it. */
  readonly priced: boolean;
  /** `body`: parsed from `bytes`. `instruct`: puts the program's instructions into a request; left out: it gives none. */
  read(bytes: Uint8Array, body: Json, path: string, instruct?: Instruct): Job | readonly Refusal[] | ModelError;
  writeError(error: ModelError): {
    readonly status: number;
    readonly headers: readonly string[];
    readonly body: string;
  };
}

/** The request as a model would be asked; the same object where nothing of it is other than the client said. */
export type Instruct = (request: ModelRequest, dialect: ClientDialectName) => ModelRequest | ModelError;

/** One client's question, understood. */
export interface Job {
  /** How a provider is asked, or why it cannot be. */
  ask(dialect: ProviderDialectName, target: ProviderTarget): Asking | readonly Refusal[];
}

export interface Asking {
  /** Several where the provider takes less at a time than the client asked for. Never empty. */
  readonly requests: readonly ProviderRequest<string | Uint8Array>[];
  /** The client's answer, of one provider's answer to each request, in their order. `model`: the name by which clients know it. */
  answer(answers: readonly ProviderAnswer[], model: string): Result | ModelError;
}

/** With a status of 200 to 299. */
export interface ProviderAnswer {
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export interface Result {
  /** JSON. */
  readonly body: string | Uint8Array;
  /** Of all requests together; null: the provider did not tell. */
  readonly usage: Usage | null;
}

export function isJob(read: Job | readonly Refusal[] | ModelError): read is Job {
  return "ask" in read;
}

export function isAsking(asked: Asking | readonly Refusal[]): asked is Asking {
  return "requests" in asked;
}
