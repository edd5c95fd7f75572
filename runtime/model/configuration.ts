/** What a bundle's `configure` says about models and choices of them: plain data, checked by the host. Durations in milliseconds, sizes in bytes. */
import type { ServiceConfiguration } from "../abi.ts";
import type { ProviderDialectName } from "./dialect/dialect.ts";
import type { BudgetConfiguration, PriceConfiguration } from "./money/configuration.ts";

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
  /** Left out: not known, so calls are in no ledger and no budget. */
  readonly price?: PriceConfiguration | undefined;
  /** Left out: none. */
  readonly budgets?: readonly BudgetConfiguration[] | undefined;
}

export interface PoolConfiguration {
  readonly name: string;
  /** Names of models, the one that is asked first at the head. */
  readonly models: readonly string[];
  /** How the first one is chosen: as written, or by chance in proportion to `weights`. */
  readonly prefer: "order" | "weights";
  /** Of each of `models`; empty: all alike. */
  readonly weights: readonly number[];
  /** Names of models that are asked when one has failed before its first content, in this order, none twice. */
  readonly fallback: readonly string[];
  /** Classes of errors after which another model is asked. */
  readonly on: readonly string[];
  /** Most tokens of one answer, whichever model gives it; null: as the model and the client say. */
  readonly limit: number | null;
  /** Where a stream breaks off behind its first content, the next model goes on. `saying`: text in between; null: none. Left out: the stream ends with an error. */
  readonly broken?: { readonly saying: string | null } | undefined;
  /** Left out: none. */
  readonly budgets?: readonly BudgetConfiguration[] | undefined;
}
