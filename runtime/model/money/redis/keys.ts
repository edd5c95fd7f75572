/**
 * The names of what stands in Redis. All of a gateway's begin with the same tag in braces, so that a cluster keeps them on one node: a call's budgets are one step,
 * or none.
 */
import { tagOf } from "../../../redis/tag.ts";
import type { Period } from "../period.ts";

/** How long after the end of its period a budget can still be settled in. */
const GRACE = 2 * 86_400_000;

export interface BudgetPlace {
  readonly name: string;
  readonly unit: "money" | "tokens";
  readonly currency: string;
  readonly period: Period | string;
  readonly start: number;
  readonly end: number;
  /** Through `budgetKey`: one line. */
  readonly key: string;
}

export class RedisKeys {
  readonly #tag: string;

  /** `name`: what all gateways that count together have in common. */
  constructor(name: string) {
    this.#tag = tagOf(name);
  }

  /** Of all gateways, by when their leases end. */
  get gateways(): string {
    return `${this.#tag}gateways`;
  }

  /** Of a word that changes when Redis loses what it knew. */
  get epoch(): string {
    return `${this.#tag}epoch`;
  }

  /** Of what a gateway has open; `gateway` "": how all of them begin. */
  open(gateway: string): string {
    return `${this.#tag}open:${gateway}`;
  }

  budget({ name, unit, currency, period, start, key }: BudgetPlace): string {
    return `${this.#tag}budget:${unit}:${currency}:${period}:${start}:${name}:${key}`;
  }
}

/** When Redis may forget a budget's period; milliseconds since the epoch. */
export function expiryOf({ end }: Pick<BudgetPlace, "end">): string {
  return String(end + GRACE);
}
