/** The concurrency limits of one thread: what programs ask (`abi.ts`), answered from the table that all threads share, and the queues. */
import type { ConcurrencyLimiter } from "../abi.ts";
import type { Exchange } from "../http/exchange.ts";
import { type Held, hold, OVER } from "../http/held.ts";
import { FULL, type PermitTable } from "./permits.ts";
import { sipHash128, TextMessage } from "./siphash.ts";

/** What one limit did on this thread since the start, and has now. */
export interface ConcurrencyCounts {
  admitted: number;
  /** No room inside, nor among those who wait. */
  refused: number;
  /** Waited for too long. */
  expired: number;
  /** Waited, and the exchange was over before: the client went away, or its deadline passed. */
  left: number;
  /** The table had no place for the key. */
  full: number;
  inside: number;
  waiting: number;
}

export class Concurrency {
  readonly #table: PermitTable;
  readonly #message = new TextMessage();
  /** Of this thread, in order of arrival, by slot. */
  readonly #queues = new Map<number, Set<Permit>>();
  #listening = false;
  /** By identity. Generations share them, so that counts go on. */
  readonly counts = new Map<string, ConcurrencyCounts>();

  constructor(table: PermitTable) {
    this.#table = table;
  }

  limiter(identity: string, whenFull: "allow" | "deny"): ConcurrencyLimiter {
    let counts = this.counts.get(identity);
    if (counts === undefined) {
      counts = { admitted: 0, refused: 0, expired: 0, left: 0, full: 0, inside: 0, waiting: 0 };
      this.counts.set(identity, counts);
    }
    return new TableConcurrency(this, this.#table, this.#message, identity, whenFull === "allow", counts);
  }

  /** Puts the permit, which has a place in the table's queue, behind the others. True: it is inside already. */
  wait(permit: Permit): boolean {
    const queue = this.#queues.get(permit.slot);
    if (queue === undefined) this.#queues.set(permit.slot, new Set([permit]));
    else queue.add(permit);
    // First the bell, then a look: who makes room in between is heard or seen.
    this.#listen();
    this.#serve(permit.slot, false);
    return permit.state === "inside";
  }

  /** The permit waits no more, for whatever reason but its turn. */
  leave(permit: Permit): void {
    const { slot } = permit;
    const queue = this.#queues.get(slot);
    if (queue?.delete(permit) !== true) return;
    const [first] = queue;
    if (first === undefined) this.#queues.delete(slot);
    this.#table.leave(slot, first?.ticket ?? 0);
    this.#serve(slot, true);
  }

  giveBack(slot: number): void {
    this.#table.giveBack(slot);
    this.#serve(slot, true);
  }

  /** Lets in whose turn it is. `changed`: something happened that may be news to another thread. */
  #serve(slot: number, changed: boolean): void {
    let told = changed;
    const queue = this.#queues.get(slot);
    while (queue !== undefined) {
      const [first, second] = queue;
      if (first === undefined) {
        this.#queues.delete(slot);
        break;
      }
      if (!this.#table.promote(slot, first.most, second?.ticket ?? 0)) break;
      queue.delete(first);
      first.admit();
      told = true;
    }
    if (!told || this.#table.threads === 1) return;
    const turn = this.#table.turn(slot);
    if (turn >= 0 && turn !== this.#table.thread) this.#table.ring(turn);
  }

  #listen(): void {
    if (this.#listening || this.#table.threads === 1) return;
    this.#listening = true;
    void this.#table.rung().then(() => {
      this.#listening = false;
      if (this.#queues.size === 0) return;
      this.#listen();
      for (const slot of [...this.#queues.keys()]) this.#serve(slot, false);
    });
  }
}

/** One request of one key: it waits, then it is inside, then it is over; or it leaves out any of these but the last. */
class Permit implements Held {
  next: Held | null = null;
  state: "waiting" | "inside" | "over" = "waiting";
  readonly key: string;
  readonly identity: string;
  readonly slot: number;
  readonly most: number;
  readonly ticket: number;
  readonly #owner: Concurrency;
  readonly #counts: ConcurrencyCounts;
  #settle: ((admitted: boolean) => void) | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    owner: Concurrency,
    counts: ConcurrencyCounts,
    identity: string,
    key: string,
    slot: number,
    most: number,
    ticket: number,
  ) {
    this.#owner = owner;
    this.#counts = counts;
    this.identity = identity;
    this.key = key;
    this.slot = slot;
    this.most = most;
    this.ticket = ticket;
  }

  admit(): void {
    this.#counts.admitted++;
    this.#counts.inside++;
    this.state = "inside";
    this.#settled(true);
  }

  /** Until its turn, at most so many milliseconds. */
  wait(milliseconds: number): boolean | Promise<boolean> {
    this.#counts.waiting++;
    if (this.#owner.wait(this)) {
      this.#counts.waiting--;
      return true;
    }
    return new Promise((resolve) => {
      this.#timer = setTimeout(() => {
        this.#counts.expired++;
        this.#giveUp();
      }, milliseconds);
      this.#settle = resolve;
    });
  }

  giveBack(): void {
    if (this.state === "inside") {
      this.state = "over";
      this.#counts.inside--;
      this.#owner.giveBack(this.slot);
    } else if (this.state === "waiting") {
      this.#counts.left++;
      this.#giveUp();
    }
  }

  #giveUp(): void {
    this.state = "over";
    this.#owner.leave(this);
    this.#settled(false);
  }

  #settled(admitted: boolean): void {
    const settle = this.#settle;
    if (settle === null) return;
    this.#settle = null;
    this.#counts.waiting--;
    if (this.#timer !== null) clearTimeout(this.#timer);
    settle(admitted);
  }
}

class TableConcurrency implements ConcurrencyLimiter {
  readonly #owner: Concurrency;
  readonly #table: PermitTable;
  readonly #message: TextMessage;
  readonly #identity: string;
  readonly #allowWhenFull: boolean;
  readonly #counts: ConcurrencyCounts;
  /** The secret key of this limit: limits are counted apart. */
  readonly #secret = new Int32Array(4);
  readonly #fingerprint = new Int32Array(4);
  /** Whose fingerprint that is. */
  #known: string | null = null;

  constructor(
    owner: Concurrency,
    table: PermitTable,
    message: TextMessage,
    identity: string,
    allowWhenFull: boolean,
    counts: ConcurrencyCounts,
  ) {
    this.#owner = owner;
    this.#table = table;
    this.#message = message;
    this.#identity = identity;
    this.#allowWhenFull = allowWhenFull;
    this.#counts = counts;
    message.set(identity);
    sipHash128(table.key, message.words, message.length, this.#secret);
  }

  enter(exchange: Exchange, key: string, most: number): boolean {
    const known = this.#before(exchange, key);
    if (known !== null) return known;
    const slot = this.#table.enter(this.#fingerprint, most);
    return slot >= 0 ? this.#admitted(exchange, key, slot, most) : this.#refused(slot);
  }

  join(exchange: Exchange, key: string, most: number, queue: number, wait: number): boolean | Promise<boolean> {
    const known = this.#before(exchange, key);
    if (known !== null) return known;
    const table = this.#table;
    const free = table.enter(this.#fingerprint, most);
    if (free >= 0) return this.#admitted(exchange, key, free, most);
    const slot = free === FULL ? FULL : table.join(this.#fingerprint, queue);
    if (slot < 0) return this.#refused(slot);
    const permit = this.#permit(key, slot, most, table.ticket);
    hold(exchange, permit);
    return permit.wait(wait);
  }

  /** null: it has to be asked for. */
  #before(exchange: Exchange, key: string): boolean | null {
    if (exchange.held === OVER) return false;
    // A request is one request, however often it passes.
    for (let held = exchange.held; held !== null; held = held.next) {
      if (held instanceof Permit && held.state === "inside" && held.identity === this.#identity && held.key === key)
        return true;
    }
    if (this.#known !== key) {
      this.#known = key;
      this.#message.set(key);
      sipHash128(this.#secret, this.#message.words, this.#message.length, this.#fingerprint);
    }
    return null;
  }

  #admitted(exchange: Exchange, key: string, slot: number, most: number): true {
    const permit = this.#permit(key, slot, most, 0);
    permit.admit();
    hold(exchange, permit);
    return true;
  }

  #refused(slot: number): boolean {
    if (slot !== FULL) {
      this.#counts.refused++;
      return false;
    }
    this.#counts.full++;
    return this.#allowWhenFull;
  }

  #permit(key: string, slot: number, most: number, ticket: number): Permit {
    return new Permit(this.#owner, this.#counts, this.#identity, key, slot, most, ticket);
  }
}
