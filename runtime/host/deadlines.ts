/** The timers behind `Host.deadline`: they belong to the host, so a discarded generation leaves none behind. */
import type { Exchange } from "../http/exchange.ts";

export class Deadlines {
  readonly #timers = new Map<Exchange, NodeJS.Timeout>();
  readonly #expire: (exchange: Exchange) => void;

  /** `expire` is called once for an exchange whose deadline passed before `clear`. */
  constructor(expire: (exchange: Exchange) => void) {
    this.#expire = (exchange) => {
      this.#timers.delete(exchange);
      expire(exchange);
    };
  }

  arm(exchange: Exchange, milliseconds: number): void {
    this.clear(exchange);
    const left = Math.max(0, exchange.startedAt + milliseconds - performance.now());
    // Node fires timers of more than 2³¹−1 ms at once.
    this.#timers.set(exchange, setTimeout(this.#expire, Math.min(left, 2 ** 31 - 1), exchange));
  }

  clear(exchange: Exchange): void {
    // Most exchanges have no deadline: one look at an empty map.
    if (this.#timers.size === 0) return;
    const timer = this.#timers.get(exchange);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#timers.delete(exchange);
  }

  get size(): number {
    return this.#timers.size;
  }
}
