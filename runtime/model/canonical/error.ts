/** What goes wrong at a provider, by what it means for whoever asks again: dialects and providers name these in a hundred ways. */

export type ModelErrorClass =
  /** The request itself is wrong: asking again is of no use. */
  | "client"
  /** The provider does not take this gateway's key. */
  | "auth"
  /** The account's hard limit (credit, monthly cap): waiting does not help soon. */
  | "quota"
  /** Too many requests or tokens just now. */
  | "rate"
  | "overloaded"
  | "timeout"
  /** The provider failed. */
  | "upstream"
  /** Refused for what it says. */
  | "policy"
  /** The model is not there. */
  | "not-found"
  /** The input is longer than the model's context. */
  | "context";

export interface ModelError {
  readonly class: ModelErrorClass;
  /** HTTP status as the provider gave it, or the one that fits. */
  readonly status: number;
  /** The provider's own code, such as "rate_limit_exceeded"; "" where it gives none. */
  readonly code: string;
  /** For the client; holds nothing about this gateway's account. */
  readonly message: string;
  /** The request's field that is wrong, where the provider tells. */
  readonly parameter: string | null;
  /** Milliseconds after which to ask again, as the provider says; null: it does not. */
  readonly retryAfter: number | null;
}
