/** The budgets that one request's calls count in, and what happens where one of them is used up: with `then`, another model is asked without it. */
import type { RouteBudget, Spending } from "../../http/spending.ts";
import type { Charge } from "../money/accounts.ts";
import { type Budget, budgetKey } from "../money/budget.ts";
import type { Choice } from "./choose.ts";
import type { Target } from "./target.ts";

/** A budget with what a program says beside its amount. */
export class HeldBudget implements RouteBudget {
  readonly budget: Budget;
  /** Number of what it counts by; null: of a route, which tells its key, or one count for all. */
  readonly by: number | null;
  /** Who is asked where it is used up; null: nobody. */
  readonly instead: Choice | null;

  constructor(budget: Budget, by: number | null, instead: Choice | null) {
    this.budget = budget;
    this.by = by;
    this.instead = instead;
  }

  get name(): string {
    return this.budget.definition.name;
  }
}

export interface HeldCharge extends Charge {
  readonly held: HeldBudget;
}

export class Purse {
  readonly #spending: Spending | null;
  /** Of the choice that the client asked, and of those that stood in for it. */
  #ofChoices: readonly HeldBudget[];
  /** Those that were used up and let another model be asked. */
  readonly #gaveWay: HeldBudget[] = [];

  constructor(choice: Choice, spending: Spending | null) {
    this.#spending = spending;
    this.#ofChoices = choice.budgets;
  }

  /** What a call to this model counts in. */
  charges({ budgets }: Pick<Target, "budgets">): readonly HeldCharge[] {
    const charges: HeldCharge[] = [];
    if (this.#spending !== null) {
      for (const { budget, key } of this.#spending.budgets) {
        // Threads without accounts have none.
        if (budget instanceof HeldBudget) this.#charge(charges, budget, key);
      }
    }
    for (const held of this.#ofChoices) this.#charge(charges, held, this.#keyOf(held));
    for (const held of budgets) this.#charge(charges, held, this.#keyOf(held));
    return charges;
  }

  #charge(charges: HeldCharge[], held: HeldBudget, key: string): void {
    if (this.#gaveWay.length > 0 && this.#gaveWay.includes(held)) return;
    const charge: HeldCharge = { budget: held.budget, key: key === "" ? key : budgetKey(key), held };
    const same = charges.length === 0 ? -1 : charges.findIndex((other) => isSame(other, charge));
    if (same === -1) charges.push(charge);
    // Several of one name count together, so a call counts once: in the smallest.
    else if (held.budget.definition.limit < charges[same]!.budget.definition.limit) charges[same] = charge;
  }

  #keyOf({ by }: HeldBudget): string {
    return by === null ? "" : (this.#spending?.keys[by] ?? "");
  }

  /** It is used up: who is asked instead, under all the others and its own; null: nobody. */
  giveWay(held: HeldBudget): Choice | null {
    const { instead } = held;
    if (instead === null) return null;
    this.#gaveWay.push(held);
    if (instead.budgets.length > 0) this.#ofChoices = [...this.#ofChoices, ...instead.budgets];
    return instead;
  }

  /** The budget that gave way last, for the client; null: none did. */
  get degradedBy(): string | null {
    return this.#gaveWay.at(-1)?.name ?? null;
  }
}

/** They count the same: another limit is no other count. */
function isSame(one: Charge, other: Charge): boolean {
  const [{ name, unit, period }, theirs] = [one.budget.definition, other.budget.definition];
  return name === theirs.name && unit === theirs.unit && period === theirs.period && one.key === other.key;
}
