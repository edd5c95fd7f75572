/**
 * Redis may lose what it knew: it was restarted without its data, flushed, or a replica took over that had not heard everything. Then each gateway tells again what it has spent in
 * the periods that are not over, by its ledger.
 *
 * Nothing counts twice: Redis keeps of each budget what each gateway has told, and only what is missing there of the gateway's own share is added, in one step. A gateway counts as its
 * share only calls that Redis has confirmed once; those that it has not confirmed are settled one by one, as ever (`budgets.ts`, `keeper.ts`). What was told just before may not have
 * come to the ledger yet, so it looks again a little later.
 */
import { randomUUID } from "node:crypto";
import type { LedgerBook } from "../ledger/book.ts";
import type { BudgetRow } from "../ledger/usage.ts";
import type { RedisLink } from "../../../redis/link.ts";
import { expiryOf, type RedisKeys } from "./keys.ts";
import { epochScript, refillScript } from "./scripts.ts";

/** Budgets that are told of at once. */
const PAGE = 200;
/** When, after something may have been lost; milliseconds. The ledger is a second or two behind. */
const PASSES = [0, 3000, 15_000];

export interface RefillOptions {
  readonly keys: RedisKeys;
  readonly book: Pick<LedgerBook, "identity" | "shares">;
  readonly now: () => number;
  readonly passes?: readonly number[];
  /** Budgets of which something was missing. */
  readonly refilled: (budgets: number) => void;
}

export class Refill {
  readonly #options: RefillOptions;
  readonly #link: Pick<RedisLink, "run">;
  #epoch = "";
  /** When it is told again; of a monotonic clock. */
  #due: number[] = [];

  constructor(link: Pick<RedisLink, "run">, options: RefillOptions) {
    this.#link = link;
    this.#options = options;
  }

  /** There is another connection: behind it may stand a Redis that knows less. */
  connected(): void {
    const { passes = PASSES } = this.#options;
    const now = performance.now();
    this.#due = passes.map((after) => now + after);
  }

  /** Now and then, one at a time, where nothing of earlier processes is left to tell. */
  async look(): Promise<void> {
    const { keys } = this.#options;
    const [epoch] = (await this.#link.run(epochScript, [keys.epoch], [randomUUID()])) ?? [];
    if (epoch === undefined) return;
    if (epoch !== this.#epoch) this.connected();
    this.#epoch = epoch;
    const [due] = this.#due;
    if (due !== undefined && performance.now() >= due && (await this.#tell())) this.#due.shift();
  }

  /** False: not all was told. */
  async #tell(): Promise<boolean> {
    const { keys, book, now, refilled } = this.#options;
    let after: BudgetRow | null = null;
    let missing = 0;
    for (;;) {
      const rows: BudgetRow[] | null = book.shares(now(), after, PAGE);
      if (rows === null) return false;
      if (rows.length === 0) break;
      const places = rows.map((row) => keys.budget(row));
      const about = rows.flatMap((row) => [`${row.spent}`, expiryOf(row)]);
      const reply = await this.#link.run(refillScript, places, [book.identity, ...about]);
      if (reply === null) return false;
      missing += Number(reply[0]);
      after = rows.at(-1) ?? null;
    }
    if (missing > 0) refilled(missing);
    return true;
  }
}
