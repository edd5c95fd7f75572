/**
 * What one process does for budgets in Redis beside its calls: shows now and then that it lives, gives back what gateways had reserved that no longer do, and tells what
 * earlier processes of this ledger were killed before telling.
 *
 * A call of a killed process that was settled counts as its ledger says; one that was open, at its worst case; one that had been reserved and was never written down was
 * never sent, and is given back.
 */
import type { LedgerBook } from "../ledger/book.ts";
import type { OpenCallState } from "../ledger/open-call.ts";
import { expiryOf, type RedisKeys } from "./keys.ts";
import { Refill } from "./refill.ts";
import type { RedisLink } from "../../../redis/link.ts";
import { beatScript, settleScript } from "./scripts.ts";

/** After so many milliseconds without a sign of life what a gateway has reserved is given back. */
export const LEASE = 60_000;
/** What a gateway had open is known for so long. */
const KEPT = 40 * 86_400_000;
const BATCH = 200;

/** Milliseconds between two looks whether Redis has lost what it knew. */
const REFILL = 1000;

export type KeeperEvent = "recovered" | "given-back" | "evicting" | "refilled";

export interface KeeperOptions {
  readonly keys: RedisKeys;
  readonly book: Pick<LedgerBook, "identity" | "untold" | "told" | "shares">;
  /** Whether a journal (`BOOT-THREAD`) is of a thread that lives. */
  readonly lives: (journal: string) => boolean;
  readonly now: () => number;
  readonly lease?: number;
  readonly log: (event: KeeperEvent, details: { readonly [name: string]: string | number }) => void;
}

export class RedisKeeper {
  readonly #options: KeeperOptions;
  readonly #link: RedisLink;
  readonly #timer: NodeJS.Timeout;
  readonly #refill: Refill;
  readonly #refilling: NodeJS.Timeout;
  #busy = false;
  #recovered = false;
  #checked = false;

  constructor(link: RedisLink, options: KeeperOptions) {
    this.#options = options;
    this.#link = link;
    this.#timer = setInterval(() => void this.look(), (options.lease ?? LEASE) / 6);
    this.#timer.unref();
    const { keys, book, now, log } = options;
    this.#refill = new Refill(link, { keys, book, now, refilled: (budgets) => log("refilled", { budgets }) });
    this.#refilling = setInterval(() => void this.refill(), REFILL);
    this.#refilling.unref();
  }

  close(): void {
    clearInterval(this.#timer);
    clearInterval(this.#refilling);
  }

  /** A connection stands. */
  async connected(): Promise<void> {
    this.#refill.connected();
    await this.look();
    await this.refill();
  }

  /** Tells again what Redis has lost. */
  async refill(): Promise<void> {
    // What is not told yet is told first: else it would count twice.
    if (this.#busy || !this.#recovered || !this.#link.ready) return;
    this.#busy = true;
    try {
      await this.#refill.look();
    } finally {
      this.#busy = false;
    }
  }

  /** A thread ended: what it had not told is told next time. */
  threadEnded(): void {
    this.#recovered = false;
    void this.look();
  }

  /** Whatever is due; once the connection stands and every now and then. */
  async look(): Promise<void> {
    if (this.#busy || !this.#link.ready) return;
    this.#busy = true;
    try {
      await this.#beat();
      if (!this.#checked) await this.#check();
      if (!this.#recovered) this.#recovered = await this.#recover();
    } finally {
      this.#busy = false;
    }
  }

  async #beat(): Promise<void> {
    const { keys, book, lease = LEASE, log } = this.#options;
    for (;;) {
      const places = [keys.gateways, keys.open(book.identity)];
      const gone = await this.#link.run(beatScript, places, [book.identity, `${lease}`, `${KEPT}`, keys.open("")]);
      if (gone === null || gone.length === 0) return;
      log("given-back", { gateway: gone[0] ?? "", calls: Number(gone[1]) });
    }
  }

  /** Budgets that Redis may drop whenever it likes are none. */
  async #check(): Promise<void> {
    const told = await this.#link.ask(["INFO", "memory"]);
    if (told === null) return;
    this.#checked = true;
    if (typeof told !== "string") return;
    const policy = /^maxmemory_policy:(\S+)/m.exec(told)?.[1] ?? "noeviction";
    const limited = !/^maxmemory:0\r?$/m.test(told);
    if (limited && policy !== "noeviction") this.#options.log("evicting", { policy });
  }

  /** True: nothing is left to tell. */
  async #recover(): Promise<boolean> {
    const { book, log } = this.#options;
    let calls = 0;
    for (;;) {
      const untold = book.untold(BATCH);
      if (untold.size === 0) break;
      const told = await Promise.all([...untold].map(([id, state]) => this.#tell(id, state)));
      const done = [...untold.keys()].filter((_, index) => told[index]);
      book.told(done);
      calls += done.length;
      if (done.length < untold.size) return false;
    }
    const given = await this.#giveBack();
    if (given === null) return false;
    if (calls + given > 0) log("recovered", { calls, neverSent: given });
    return true;
  }

  async #tell(
    id: string,
    { record, cost = record.worst, tokens = record.worstTokens }: OpenCallState,
  ): Promise<boolean> {
    const { keys, book } = this.#options;
    const places = record.charges.map((charge) => keys.budget(charge));
    const about = record.charges.flatMap((charge) => {
      const money = charge.unit === "money";
      return [`${money ? record.worst : record.worstTokens}`, `${money ? cost : tokens}`, expiryOf(charge)];
    });
    return (await this.#link.run(settleScript, [keys.open(book.identity), ...places], [id, ...about])) !== null;
  }

  /** What is left of journals that are no more was never sent, or is through. Gives how many were never sent; null: Redis is away. */
  async #giveBack(): Promise<number | null> {
    const { keys, book, lives } = this.#options;
    const open = keys.open(book.identity);
    let cursor = "0";
    let given = 0;
    do {
      const page = await this.#link.ask(["HSCAN", open, cursor, "COUNT", String(BATCH)]);
      if (!Array.isArray(page)) return null;
      const [next, entries] = page;
      cursor = String(next);
      const through: string[] = [];
      for (let index = 0; Array.isArray(entries) && index + 1 < entries.length; index += 2) {
        const [id, entry] = [String(entries[index]), String(entries[index + 1])];
        if (lives(id.slice(0, id.lastIndexOf("-")))) continue;
        if (entry.startsWith("o")) {
          const lines = [...entry.matchAll(/\n(\d+) (\d+) ([^\n]+)/g)];
          const places = lines.map((line) => line[3]!);
          const about = lines.flatMap((line) => [line[1]!, "0", line[2]!]);
          if ((await this.#link.run(settleScript, [open, ...places], [id, ...about])) === null) return null;
          given++;
        }
        through.push(id);
      }
      if (through.length > 0 && (await this.#link.ask(["HDEL", open, ...through])) === null) return null;
    } while (cursor !== "0");
    return given;
  }
}
