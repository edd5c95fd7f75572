/**
 * Budgets that machines share, as one thread counts in them: a call is reserved in Redis before it is sent and settled there afterwards, in one step each. What this process counts
 * itself stands in its own table beside it, which decides while Redis is away and the program allows calls then.
 *
 * Why it stays exact, whatever breaks: a call has one name, under which Redis knows whether it is open or settled, so what may have been carried out is asked
 * again. A settlement that Redis has not confirmed is sent again with the next connection; until then the journal does not say that it was told, so that the next process
 * tells it if this one is killed (`recovery.ts`).
 */
import { MOST } from "../amount.ts";
import type { BudgetTable } from "../budget-table.ts";
import type { Claim, NotReserved, SharedBudgets } from "../store.ts";
import { type BudgetPlace, expiryOf, type RedisKeys } from "./keys.ts";
import type { RedisLink } from "../../../redis/link.ts";
import { reserveScript, settleScript } from "./scripts.ts";

/** Settlements that wait for Redis; what comes on top is told by the next process. */
const MOST_WAITING = 100_000;
/** Settlements that are sent at once when Redis is back. */
const BATCH = 500;

export interface RedisBudgetsOptions {
  readonly keys: RedisKeys;
  /** The ledger that this process writes, as Redis knows it. */
  readonly gateway: string;
  /** `BOOT-THREAD`: in front of a call's number it is the call's name. */
  readonly journal: string;
  readonly table: BudgetTable;
  readonly whenAway: "refuse" | "allow";
  /** Redis has this call's settlement. */
  readonly told: (call: number) => void;
}

type Crossed = Parameters<SharedBudgets["settle"]>[3];

interface Settlement {
  readonly call: number;
  readonly claims: readonly Claim[];
  readonly used: readonly bigint[];
  /** null: nobody asks. */
  readonly crossed: Crossed | null;
}

export class RedisBudgets implements SharedBudgets {
  readonly #options: RedisBudgetsOptions;
  #link: RedisLink | null = null;
  /** Settled in this turn of the loop. */
  #leaving: Settlement[] = [];
  readonly #waiting: Settlement[] = [];
  /** Calls that Redis has settled and the journal says so: their names may go. Those of before the latest cleaning go first. */
  #done: string[] = [];
  #older: string[] = [];
  #sending = false;
  /** Settlements that are being told. */
  readonly #telling = new Set<Promise<void>>();

  constructor(options: RedisBudgetsOptions) {
    this.#options = options;
  }

  /** The connection that is asked; it tells `connected`. */
  use(link: RedisLink): void {
    this.#link = link;
  }

  /** Settlements that wait for Redis. */
  get waiting(): number {
    return this.#waiting.length;
  }

  async reserve(call: number, claims: readonly Claim[], now: number): Promise<NotReserved | null> {
    const { keys, gateway, table, whenAway } = this.#options;
    const link = this.#link;
    if (link?.ready === true) {
      const names = claims.map((claim) => keys.budget(placeOf(claim)));
      const entry = `o${claims.map((claim, index) => `\n${claim.amount} ${expiryOf(claim)} ${names[index]}`).join("")}`;
      const about = claims.flatMap((claim) => [`${claim.amount}`, `${claim.limit}`, expiryOf(claim)]);
      const reply = await link.run(reserveScript, [keys.open(gateway), ...names], [this.#name(call), entry, ...about]);
      const [verdict, failed, committed] = reply ?? [];
      if (verdict === "ok") {
        reply?.slice(1).forEach((amount, index) => {
          claims[index]!.committed = BigInt(amount);
        });
        if (whenAway === "allow") this.#mirror(claims, now);
        return null;
      }
      if (failed !== undefined && committed !== undefined) {
        const index = Number(failed);
        return { reason: "exhausted", failed: index, left: claims[index]!.limit - BigInt(committed) };
      }
      // It may have been reserved all the same.
      if (whenAway === "refuse") this.#send({ call, claims, used: claims.map(() => 0n), crossed: null });
    }
    if (whenAway === "allow") {
      const verdict = table.reserve(claims, now);
      return verdict === "reserved" ? null : { reason: verdict, failed: table.failed, left: table.left };
    }
    return { reason: "away", failed: 0, left: 0n };
  }

  settle(call: number, claims: readonly Claim[], used: readonly bigint[], crossed: Crossed): void {
    const { table } = this.#options;
    claims.forEach((claim, index) => {
      const { slot, amount, committed } = claim;
      if (slot >= 0) table.settle(slot, amount, used[index]!);
      if (committed !== undefined) claim.committed = committed - amount + used[index]!;
    });
    // Behind the journal, which writes at the end of the turn too: else a kill in between would leave Redis and the ledger with different costs.
    if (this.#leaving.length === 0) setImmediate(this.#leave);
    this.#leaving.push({ call, claims, used, crossed });
  }

  readonly #leave = (): void => {
    const leaving = this.#leaving;
    this.#leaving = [];
    for (const settlement of leaving) this.#send(settlement);
  };

  /** The connection stands: what waits goes first. */
  connected(): void {
    void this.#resend();
  }

  /** Now and then: sends again what waits, and forgets the names of calls that are through. */
  clean(): void {
    const { keys, gateway } = this.#options;
    if (this.#waiting.length > 0) void this.#resend();
    const names = this.#older;
    this.#older = this.#done;
    this.#done = [];
    if (names.length > 0) void this.#link?.ask(["HDEL", keys.open(gateway), ...names]);
  }

  #name(call: number): string {
    return `${this.#options.journal}-${call}`;
  }

  /** What this process counts itself never refuses what Redis has granted. */
  #mirror(claims: readonly Claim[], now: number): void {
    const { table } = this.#options;
    const own = claims.map((claim) => ({ ...claim, limit: MOST / 2n }));
    if (table.reserve(own, now) !== "reserved") return;
    claims.forEach((claim, index) => {
      claim.slot = own[index]!.slot;
    });
  }

  #send(settlement: Settlement): void {
    if (this.#link?.ready !== true) {
      this.#wait(settlement);
      return;
    }
    const telling = this.#tell(settlement).finally(() => this.#telling.delete(telling));
    this.#telling.add(telling);
  }

  /** Settlements that are being told have been, or will not be. */
  async finish(): Promise<void> {
    this.#leave();
    await Promise.all(this.#telling);
  }

  #wait(settlement: Settlement): void {
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(settlement);
  }

  async #tell(settlement: Settlement): Promise<void> {
    const { keys, gateway, told } = this.#options;
    const { call, claims, used, crossed } = settlement;
    const link = this.#link;
    if (link === null) return;
    const names = claims.map((claim) => keys.budget(placeOf(claim)));
    const about = claims.flatMap((claim, index) => [`${claim.amount}`, `${used[index]}`, expiryOf(claim)]);
    const reply = await link.run(settleScript, [keys.open(gateway), ...names], [this.#name(call), ...about]);
    if (reply === null) {
      this.#wait(settlement);
      return;
    }
    told(call);
    this.#done.push(this.#name(call));
    if (crossed === null) return;
    reply.forEach((before, index) => {
      crossed(claims[index]!, used[index]!, BigInt(before));
    });
  }

  async #resend(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    // What comes back, since Redis does not take it, waits for the next time.
    let left = this.#waiting.length;
    while (this.#link?.ready === true && left > 0) {
      const batch = this.#waiting.splice(0, Math.min(left, BATCH));
      left -= batch.length;
      await Promise.all(batch.map((settlement) => this.#tell(settlement)));
    }
    this.#sending = false;
  }
}

function placeOf({ budget, key, start, end }: Claim): BudgetPlace {
  const { name, unit, currency, period } = budget.definition;
  return { name, unit, currency, period, start, end, key };
}
