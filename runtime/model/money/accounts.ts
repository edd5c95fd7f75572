/**
 * The accounts of one thread: every call to a model is opened here before it is sent and settled when it is over, whatever became of it. Opening reserves
 * the most that the call can cost in each of its budgets and writes down that it is about to be sent; settling replaces both by what was used.
 */
import { completionTokens, promptTokens, type Usage } from "../canonical/usage.ts";
import { Budget, type BudgetDefinition } from "./budget.ts";
import type { BudgetTable } from "./budget-table.ts";
import { costOf } from "./cost.ts";
import { type Cut, estimateOf } from "./estimate.ts";
import type { CallJournal, SettledHow, Unwritten } from "./ledger/record.ts";
import type { Price } from "./price.ts";
import type { Claim, SharedBudgets } from "./store.ts";
import type { CallBound } from "./worst-case.ts";

export interface Charge {
  readonly budget: Budget;
  /** The value of `by`, through `budgetKey`; "" without one. */
  readonly key: string;
}

/** A call that is about to be made. */
export interface Call {
  readonly charges: readonly Charge[];
  readonly price: Price;
  /** The request holds audio: a provider that does not tell such tokens apart has not told what it used. */
  readonly audio?: boolean;
  /** Pico-units, and tokens in and out together. */
  readonly worst: bigint;
  readonly worstTokens: number;
  /** Of what the worst case is made; left out: a call that is cut off counts at it. */
  readonly bound?: CallBound;
  readonly route: string;
  /** As the program names it, and as the provider does. */
  readonly model: string;
  readonly upstream: string;
  /** Who is billed, as the program tells, through `budgetKey`; "" where it does not. */
  readonly caller: string;
}

/** Why a call may not be made; nothing is reserved. */
export interface Refused {
  /**
   * "exhausted": the budget has not enough left for the worst case; "full": no place to count by this key; "away": budgets are counted elsewhere, where
   * nobody answers; "ledger": the call cannot be written down.
   */
  readonly reason: "exhausted" | "full" | "away" | "ledger";
  /** Index of the charge that did not fit; -1 for "ledger". */
  readonly charge: number;
  /** "" for "ledger". */
  readonly budget: string;
  /** In the budget's unit. */
  readonly left: bigint;
  /** Milliseconds since the epoch at which the budget's period ends; 0 for "ledger". */
  readonly resets: number;
}

/**
 * How a call ended. "usage": the provider told all of it. "nothing": no byte left the gateway, or the provider answered with an error, which costs nothing.
 * "cut": it was sent, and what it used is known in part. "unknown": it was sent, and nobody knows anything: the reservation stands.
 */
export type Outcome =
  | { readonly kind: "usage"; readonly usage: Usage }
  | { readonly kind: "nothing" }
  | (Cut & { readonly kind: "cut" })
  | { readonly kind: "unknown" };

export interface Alert {
  readonly budget: BudgetDefinition;
  readonly key: string;
  /** The threshold that was reached. */
  readonly percent: number;
  readonly spent: bigint;
  /** Of the period; milliseconds since the epoch. */
  readonly start: number;
}

export interface AccountsParts {
  readonly table: BudgetTable;
  /** Where budgets are counted that other machines count in too; left out: in the table alone. */
  readonly shared?: SharedBudgets | undefined;
  /** null: nothing is kept. */
  readonly journal: CallJournal | null;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly alert: (alert: Alert) => void;
}

/** What this thread settled since the start, by how it was known. */
export interface AccountCounts {
  readonly settled: { [How in SettledHow]: number };
  /** Calls that used more than was reserved: a provider counted what no bound foresaw. */
  overruns: number;
  /** Refused because they could not be written down. */
  unwritten: number;
}

export class Accounts {
  readonly #parts: AccountsParts;
  /** By identity. Generations share those that are as they were, so that counts go on. */
  readonly budgets = new Map<string, Budget>();
  readonly counts: AccountCounts = {
    settled: { usage: 0, estimated: 0, nothing: 0, unknown: 0, lost: 0 },
    overruns: 0,
    unwritten: 0,
  };
  /** Pico-units by model and currency, for metrics. */
  readonly spent = new Map<string, Spent>();
  /** Of the call that was settled last: the next one is often alike. */
  #latest: Spent | null = null;

  /** How often which part of which budget was reached. */
  readonly alerts = new Map<string, { readonly budget: string; readonly percent: number; count: number }>();

  /** Of calls that nobody writes down. */
  #number = 0;

  constructor(parts: AccountsParts) {
    this.#parts = parts;
  }

  budget(definition: BudgetDefinition): Budget {
    const { name, unit, currency, limit, period, alerts } = definition;
    const identity = `${name}\n${unit} ${currency} ${limit} ${period} ${alerts.join()}`;
    let budget = this.budgets.get(identity);
    if (budget === undefined) {
      budget = new Budget(definition, this.#parts.table.key);
      this.budgets.set(identity, budget);
    }
    return budget;
  }

  /** Budgets are counted elsewhere: calls are opened with `openShared`. */
  get elsewhere(): boolean {
    return this.#parts.shared !== undefined;
  }

  /**
   * Before a call is sent: nothing may leave where this refuses. `later`: it is sent at the end of the loop's turn at the earliest, so it is written down together with
   * others of the turn, and its `sender` is told where that fails.
   */
  open(call: Call, later = false): OpenCall | Refused {
    const { table } = this.#parts;
    const now = this.#parts.now();
    const claims = claimsOf(call, now);
    if (claims.length > 0) {
      const verdict = table.reserve(claims, now);
      if (verdict !== "reserved") return this.#refused(claims[table.failed]!, table.failed, verdict, table.left);
    }
    return this.#opened(call, claims, this.#next(), now, later);
  }

  /** As `open`, where budgets are counted elsewhere. Never rejects. */
  async openShared(call: Call): Promise<OpenCall | Refused> {
    const { shared } = this.#parts;
    const now = this.#parts.now();
    const claims = claimsOf(call, now);
    const number = this.#next();
    if (shared !== undefined && claims.length > 0) {
      const refusal = await shared.reserve(number, claims, now);
      if (refusal !== null) return this.#refused(claims[refusal.failed]!, refusal.failed, refusal.reason, refusal.left);
    }
    return this.#opened(call, claims, number, now, false);
  }

  #next(): number {
    return this.#parts.journal?.next() ?? ++this.#number;
  }

  #refused({ budget, end }: Claim, charge: number, reason: "exhausted" | "full" | "away", left: bigint): Refused {
    budget.counts[reason]++;
    return { reason, charge, budget: budget.definition.name, left, resets: end };
  }

  /** Everything is reserved; what cannot be written down is not sent. */
  #opened(call: Call, claims: readonly Claim[], number: number, now: number, later: boolean): OpenCall | Refused {
    const { journal } = this.#parts;
    const open = new OpenCall(this, call, claims, number);
    if (journal !== null && !journal.opened(number, now, call, later ? open : null)) {
      this.#settleClaims(claims, number, 0n, 0);
      this.counts.unwritten++;
      return { reason: "ledger", charge: -1, budget: "", left: 0n, resets: 0 };
    }
    for (const { budget } of claims) budget.counts.reserved++;
    return open;
  }

  /** Part of `OpenCall.settle`. */
  settle(call: Call, claims: readonly Claim[], number: number, outcome: Outcome): Settled {
    const { journal, now } = this.#parts;
    const settled = settle(call, outcome);
    const { cost, tokens, how } = settled;
    // As nearly all do: a member that is named costs a small part of one that is looked up.
    if (how === "usage") this.counts.settled.usage++;
    else this.counts.settled[how]++;
    if (cost > call.worst || tokens > call.worstTokens) this.counts.overruns++;
    this.#add(call, cost);
    // First: nobody may know what is not written down.
    journal?.settled(number, now(), how, settled.usage, cost, tokens);
    this.#settleClaims(claims, number, cost, tokens);
    return settled;
  }

  /** Part of `OpenCall.remaining`. */
  remaining(claims: readonly Claim[]): readonly Remaining[] {
    const { table, shared } = this.#parts;
    return claims.flatMap(({ budget, fingerprint, limit, end, committed }) => {
      if (shared !== undefined && committed === undefined) return [];
      const left = limit - (committed ?? table.look(fingerprint).committed);
      return [{ budget: budget.definition, left: left > 0n ? left : 0n, resets: end }];
    });
  }

  #settleClaims(claims: readonly Claim[], number: number, cost: bigint, tokens: number): void {
    if (claims.length === 0) return;
    const { table, shared } = this.#parts;
    if (shared !== undefined) {
      const used = claims.map((claim) => usedOf(claim, cost, tokens));
      shared.settle(number, claims, used, this.#crossed);
      return;
    }
    for (const claim of claims) {
      const used = usedOf(claim, cost, tokens);
      const before = table.settle(claim.slot, claim.amount, used);
      if (claim.budget.thresholds.length > 0) this.#crossed(claim, used, before);
    }
  }

  /** Whoever adds the amount that crosses a threshold sees it, and nobody else. */
  readonly #crossed = ({ budget, key, start }: Claim, used: bigint, before: bigint): void => {
    for (const { percent, at } of budget.thresholds) {
      if (before >= at || before + used < at) continue;
      this.#alerted(budget.definition.name, percent);
      this.#parts.alert({ budget: budget.definition, key, percent, spent: before + used, start });
    }
  };

  #alerted(budget: string, percent: number): void {
    const key = `${budget}\n${percent}`;
    const known = this.alerts.get(key);
    if (known === undefined) this.alerts.set(key, { budget, percent, count: 1 });
    else known.count++;
  }

  #add({ model, price: { currency } }: Call, cost: bigint): void {
    let sum = this.#latest;
    if (sum === null || sum.model !== model || sum.currency !== currency) {
      const key = `${model}\n${currency}`;
      sum = this.spent.get(key) ?? { model, currency, cost: 0n };
      this.spent.set(key, sum);
      this.#latest = sum;
    }
    sum.cost += cost;
  }
}

interface Spent {
  readonly model: string;
  readonly currency: string;
  cost: bigint;
}

const NO_CLAIMS: readonly Claim[] = [];

function claimsOf(call: Call, now: number): readonly Claim[] {
  const { charges } = call;
  if (charges.length === 0) return NO_CLAIMS;
  if (charges.length === 1) return [claimOf(charges[0]!, call, now)];
  return charges.map((charge) => claimOf(charge, call, now));
}

function claimOf({ budget, key }: Charge, { worst, worstTokens }: Call, now: number): Claim {
  const { start, end } = budget.span(now);
  const { unit, limit } = budget.definition;
  const amount = unit === "money" ? worst : BigInt(worstTokens);
  return { budget, key, fingerprint: budget.fingerprint(key), amount, limit, start, end, slot: -1 };
}

/** What a claim's budget counts of a call. */
function usedOf({ budget }: Claim, cost: bigint, tokens: number): bigint {
  return budget.definition.unit === "money" ? cost : BigInt(tokens);
}

/** What a budget has left for a key, in the period in which a call began. */
export interface Remaining {
  readonly budget: BudgetDefinition;
  /** In the budget's unit, with what is reserved just now taken off. */
  readonly left: bigint;
  /** Milliseconds since the epoch at which the period ends. */
  readonly resets: number;
}

export interface Settled {
  /** Pico-units. */
  readonly cost: bigint;
  /** Of the price, also where it cost nothing. */
  readonly currency: string;
  readonly tokens: number;
  readonly how: Exclude<SettledHow, "lost">;
  /** As it is charged; null: not known, or nothing was used. */
  readonly usage: Usage | null;
}

function settle(call: Call, outcome: Outcome): Settled {
  const { currency } = call.price;
  if (outcome.kind === "nothing") return { cost: 0n, currency, tokens: 0, how: "nothing", usage: null };
  if (outcome.kind === "cut" && call.bound !== undefined) {
    const estimate = estimateOf(call.price, call.bound, outcome);
    if (estimate !== null) return { ...estimate, currency, how: "estimated" };
  }
  const usage = outcome.kind === "usage" ? outcome.usage : null;
  const told = usage !== null && !(call.audio === true && usage.audioInput === undefined);
  const cost = told ? costOf(call.price, usage) : null;
  // Nonsense and what has no price are as unknown as silence.
  if (usage === null || cost === null)
    return { cost: call.worst, currency, tokens: call.worstTokens, how: "unknown", usage: null };
  const tokens = promptTokens(usage) + completionTokens(usage);
  return { cost, currency, tokens, how: "usage", usage };
}

/** A call that may be sent. It must be settled, once; more often changes nothing. */
export class OpenCall implements Unwritten {
  readonly #accounts: Accounts;
  readonly #call: Call;
  readonly #claims: readonly Claim[];
  readonly #number: number;
  #settled: Settled | null = null;
  /** Whoever sends it, where it was opened `later`. */
  sender: Unwritten | null = null;

  constructor(accounts: Accounts, call: Call, claims: readonly Claim[], number: number) {
    this.#accounts = accounts;
    this.#call = call;
    this.#claims = claims;
    this.#number = number;
  }

  settle(outcome: Outcome): Settled {
    this.#settled ??= this.#accounts.settle(this.#call, this.#claims, this.#number, outcome);
    return this.#settled;
  }

  /** All of the output that it pays for comes to the gateway. */
  get shows(): boolean {
    return this.#call.bound?.unseen === false;
  }

  unwritten(): void {
    this.#accounts.counts.unwritten++;
    this.sender?.unwritten();
  }

  /** What its budgets have left, where they are counted in this process. */
  get remaining(): readonly Remaining[] {
    return this.#accounts.remaining(this.#claims);
  }
}
