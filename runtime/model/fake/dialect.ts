/** One provider's way to speak, as the provider: reads requests, writes answers. */
import type { ModelAnswer, ModelEvent } from "../canonical/answer.ts";
import type { Json, ModelRequest } from "../canonical/request.ts";
import type { AnswerContext, ClientPath, ProviderDialectName, Refusal } from "../dialect/dialect.ts";
import type { FailureKind } from "./switches.ts";

/** The credentials that a request carries. */
export interface FakeCredentials {
  /** Header fields by their names in lower case. */
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  /** Whether this is a token that was given out and has not ended. */
  readonly isToken: (token: string) => boolean;
}

export interface FakeDialect {
  readonly name: ProviderDialectName;
  /** What the URL says; null: another dialect's. `path`: without the query, still encoded. */
  match(path: string, query: string): ClientPath | null;
  /** Paths at which it is asked for anything; left out: all that no other dialect has to itself. */
  readonly place?: RegExp;
  /** Whether a request at one of these may come in; a failure: why not. Left out: each may, whatever its key. */
  admits?(credentials: FakeCredentials, query: string): FakeFailure | null;
  readRequest(body: Json, path: ClientPath): ModelRequest | readonly Refusal[];
  writeAnswer(answer: ModelAnswer, context: AnswerContext): string;
  eventWriter(context: AnswerContext, query: string): FakeWriter;
  /** The provider's own words for what goes wrong. */
  failure(kind: FailureKind, retry: number | null): FakeFailure;
  /** A request that is wrong. */
  refusal(message: string): FakeFailure;
  readonly streamMediaType: string;
}

/** The bytes that an event makes; empty: none. */
export type FakeWriter = (event: ModelEvent) => string | Uint8Array;

export interface FakeFailure {
  readonly status: number;
  /** Flat, beside the media type. */
  readonly headers: readonly string[];
  /** JSON. */
  readonly body: unknown;
}
