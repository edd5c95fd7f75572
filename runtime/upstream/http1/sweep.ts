/** One timer that looks over all connections of a client, so that none needs its own, and the account of those that are open. */

/** Milliseconds between two looks at what stands still: a quarter of the shortest time that is watched, within these bounds. */
const SHORTEST_SWEEP = 10;
const LONGEST_SWEEP = 1000;

export interface Swept {
  /** Called every `interval` milliseconds. */
  swept(interval: number): void;
}

/** Connections whose sockets are not closed, and the watch over them, which runs while there are any. */
export class OpenConnections<Connection extends Swept> {
  readonly #all = new Set<Connection>();
  #interval: number;
  #timer: NodeJS.Timeout | null = null;
  #whenNone: (() => void)[] = [];

  /** `shortest`: what is watched, in milliseconds. */
  constructor(shortest: number) {
    this.#interval = intervalFor(shortest);
  }

  get size(): number {
    return this.#all.size;
  }

  add(connection: Connection): void {
    this.#all.add(connection);
    if (this.#timer === null) this.#start();
  }

  delete(connection: Connection): void {
    this.#all.delete(connection);
    if (this.#all.size > 0) return;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    for (const resolve of this.#whenNone.splice(0)) resolve();
  }

  /** Something that must not take longer than so many milliseconds is begun. */
  watch(shortest: number): void {
    if (shortest >= 4 * this.#interval) return;
    const interval = intervalFor(shortest);
    if (interval >= this.#interval) return;
    this.#interval = interval;
    if (this.#timer !== null) this.#start();
  }

  async none(): Promise<void> {
    if (this.#all.size > 0) await new Promise<void>((resolve) => this.#whenNone.push(resolve));
  }

  #start(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    const interval = this.#interval;
    this.#timer = setInterval(() => {
      for (const connection of this.#all) connection.swept(interval);
    }, interval);
    // Open sockets keep the process alive, not the watch over them.
    this.#timer.unref();
  }
}

function intervalFor(shortest: number): number {
  return Math.min(Math.max(Math.floor(shortest / 4), SHORTEST_SWEEP), LONGEST_SWEEP);
}
