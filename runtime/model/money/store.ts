/**
 * Where budgets are counted. One process counts in shared memory (`budget-table.ts`), which answers at once; several machines count in a store that they
 * share, which is asked and answers later. Both keep the same promise: a call reserves its worst case in all of its budgets or in none, so what is
 * spent and reserved together passes no budget.
 */
import type { Words } from "../../limit/siphash.ts";
import type { Budget } from "./budget.ts";

/** One budget that a call counts in, in the period in which the call began. A call may have any number of them, of different periods and units. */
export interface Claim {
  readonly budget: Budget;
  /** Through `budgetKey`. */
  readonly key: string;
  /** Of budget, key and period, in the table of this process. */
  readonly fingerprint: Words;
  /** The worst case, in the budget's unit. */
  readonly amount: bigint;
  /** Of the period. */
  readonly limit: bigint;
  /** Milliseconds since the epoch; `end` is not part of the period. */
  readonly start: number;
  readonly end: number;
  /** Where it stands in the table of this process; -1: nowhere. */
  slot: number;
  /** What is spent and reserved in a shared store, as far as this call knows it; left out: it was not told. */
  committed?: bigint;
}

/** Why nothing was reserved. */
export interface NotReserved {
  /** "exhausted": not enough left; "full": no place to count by this key; "away": the store that is shared cannot be asked. */
  readonly reason: "exhausted" | "full" | "away";
  /** Index of the claim that did not fit. */
  readonly failed: number;
  /** What its budget had left, in its unit. */
  readonly left: bigint;
}

/** A store that several machines share. */
export interface SharedBudgets {
  /** `call`: a number of this thread's that is used once. null: reserved. Never rejects. */
  reserve(call: number, claims: readonly Claim[], now: number): Promise<NotReserved | null>;
  /**
   * Replaces what was reserved by what was used, claim by claim; it cannot be refused. The store hears of it behind the end of the loop's turn, when the journal has
   * written it down. `crossed` is told of each claim when it is known what had been spent before it.
   */
  settle(
    call: number,
    claims: readonly Claim[],
    used: readonly bigint[],
    crossed: (claim: Claim, used: bigint, before: bigint) => void,
  ): void;
}
