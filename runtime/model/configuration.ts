/** What a bundle's `configure` says about models and choices of them: plain data, checked by the host. Durations in milliseconds, sizes in bytes. */
import type { ServiceConfiguration } from "../abi.ts";
import type { ProviderDialectName } from "./dialect/dialect.ts";
import type { RequiredFeature } from "./engine/fits.ts";
import type { BudgetConfiguration, PriceConfiguration } from "./money/configuration.ts";

export interface KeyConfiguration {
  /** The variable of the environment that holds it: what logs and metrics call it. */
  readonly name: string;
  readonly key: string;
  /** Requests with it; null: any number. `per` in milliseconds. */
  readonly limit: { readonly count: number; readonly per: number } | null;
  /** Tokens of requests with it, as estimated before each; null: any number. */
  readonly tokens: { readonly count: number; readonly per: number } | null;
}

export interface ModelConfiguration {
  readonly name: string;
  readonly dialect: ProviderDialectName;
  /** How the provider differs from others of its dialect, such as "azure"; "": it does not. */
  readonly variant: string;
  /** As the provider names it. */
  readonly model: string;
  /** Where the provider stands, without a slash at its end, such as "https://api.openai.com/v1". */
  readonly base: string;
  /** Settings of the variant, such as Azure's API version. */
  readonly settings: { readonly [name: string]: string };
  /** What the provider knows this gateway by; null: it asks for nothing. Goes nowhere but to the provider. */
  readonly key: string | null;
  /** Several, instead of `key`; left out: none. */
  readonly keys?: readonly KeyConfiguration[] | undefined;
  /** Most tokens of one answer: requests that allow more, or say nothing, are sent with this; null: as the client says. */
  readonly maxOutput: number | null;
  /** Until the head of an answer has arrived. */
  readonly timeout: number;
  /** Until a streamed answer's first content has arrived. */
  readonly firstToken: number;
  /** For which a streamed answer may stand still between two pieces of content. */
  readonly silence: number;
  /** Of the whole answer. */
  readonly total: number;
  readonly connectTimeout: number;
  /** Idle time of a kept-alive connection. */
  readonly idle: number;
  /** As of a service; null: the model is asked whatever happens. */
  readonly breaker: ServiceConfiguration["breaker"] | null;
  /** Per thread. */
  readonly connections: number;
  /** Largest whole answer. */
  readonly answerLimit: number;
  /** Most tokens of a prompt, as estimated; left out: the provider decides. */
  readonly context?: number | undefined;
  /** What of a request it does not take; left out: nothing that its provider can be told. */
  readonly lacks?: readonly RequiredFeature[] | undefined;
  /** Left out: not known, so calls are in no ledger and no budget. */
  readonly price?: PriceConfiguration | undefined;
  /** Left out: none. */
  readonly budgets?: readonly BudgetConfiguration[] | undefined;
  /** Answers say what they cost; left out: they do not. */
  readonly costHeaders?: boolean | undefined;
}

/** "context": estimated tokens of the prompt; "p50", "p95": milliseconds to the first token, as measured; "in_flight": calls, over all threads. */
export type Measure = "context" | "p50" | "p95" | "in_flight";

export interface Comparison {
  readonly of: Measure;
  readonly operator: "<" | "<=" | ">" | ">=";
  readonly value: number;
}

export interface PreferenceRule {
  readonly by: "order" | "weights" | "cheapest" | "fastest" | "least_loaded";
  /** By "weights": of each of the pool's models. */
  readonly weights?: readonly number[] | undefined;
  /** By "cheapest", where the prices decide it for every request: the names of the models, the cheapest at the head. */
  readonly ranked?: readonly string[] | undefined;
  /** All of them must hold for a model; what is not measured holds. */
  readonly when: readonly Comparison[];
}

export interface PoolConfiguration {
  readonly name: string;
  /** Names of models, the one that is asked first at the head. */
  readonly models: readonly string[];
  /** By which `models` are ranked: each rule those for which its conditions hold, in their turn; what is left over stays in order. */
  readonly prefer: readonly PreferenceRule[];
  /** Names of models that are asked when one has failed before its first content, in this order, none twice. */
  readonly fallback: readonly string[];
  /** Classes of errors after which another model is asked. */
  readonly on: readonly string[];
  /** Names that clients use, by which a model is asked first: whole, or beginnings with "*" behind them; left out: none. */
  readonly aliases?: readonly { readonly name: string; readonly model: string }[] | undefined;
  /** Whether a request for a model of another name than `aliases` and the pool's own is refused; left out: it is not. */
  readonly strict?: boolean | undefined;
  /** Most tokens of one answer, whichever model gives it; null: as the model and the client say. */
  readonly limit: number | null;
  /** Where a stream breaks off behind its first content, the next model goes on. `saying`: text in between; null: none. Left out: the stream ends with an error. */
  readonly broken?: { readonly saying: string | null } | undefined;
  /** Other models are asked beside one whose stream has no content yet: after so many milliseconds, so many at most, for a part of the requests. Left out: none. */
  /** Copies of a part of the requests go to this model too, whose answers nobody gets; so many at once on a thread. Left out: none do. */
  readonly shadow?: { readonly model: string; readonly share: number; readonly atOnce: number } | undefined;
  readonly hedge?: { readonly after: number; readonly most: number; readonly budget: number } | undefined;
  /** Left out: none. */
  readonly budgets?: readonly BudgetConfiguration[] | undefined;
  /** Answers say what they cost; left out: they do not. */
  readonly costHeaders?: boolean | undefined;
}
