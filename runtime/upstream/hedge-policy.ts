/** When a second attempt is made beside one that has no answer yet, and the budget that keeps hedges from becoming the load. */
import type { ServiceConfiguration } from "../abi.ts";
import { isIdempotent, isSafe } from "../http/method.ts";
import { Quantile } from "./quantile.ts";
import type { RetryBudget } from "./retry.ts";

type Settings = NonNullable<ServiceConfiguration["hedge"]>;

export class HedgePolicy {
  readonly most: number;
  readonly #budget: RetryBudget;
  /** Of the service's retries: both together stay within it. */
  readonly #retries: RetryBudget | null;
  readonly #fixed: number | null;
  readonly #measured: Quantile | null;
  readonly #mayRepeat: (method: string) => boolean;

  constructor({ after, most, methods }: Settings, budget: RetryBudget, retries: RetryBudget | null) {
    this.most = most;
    this.#budget = budget;
    this.#retries = retries;
    this.#fixed = typeof after === "number" ? after : null;
    this.#measured = typeof after === "number" ? null : new Quantile(Number(after.slice(1)) / 100);
    this.#mayRepeat = methods === "safe" ? isSafe : isIdempotent;
  }

  covers(method: string): boolean {
    return this.#mayRepeat(method);
  }

  /** A request that may be hedged. */
  deposit(): void {
    this.#budget.deposit();
  }

  /** Milliseconds to wait for an answer; null: not known yet. */
  get delay(): number | null {
    return this.#fixed ?? this.#measured?.value ?? null;
  }

  /** How long a first attempt took, or that it took so long and was overtaken. */
  observe(milliseconds: number): void {
    this.#measured?.observe(milliseconds);
  }

  /** Whether one more is paid for; then it is counted. */
  withdraw(): boolean {
    return (this.#retries === null || this.#retries.withdraw()) && this.#budget.withdraw();
  }

  release(): void {
    this.#budget.release();
  }
}
