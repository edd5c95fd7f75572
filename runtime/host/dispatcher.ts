/**
 * The way of a request into a generation on one thread. An exchange ends on the generation that began it, whatever is
 * switched meanwhile (test: `swap.test.ts`).
 */
import type { Exchange } from "../http/exchange.ts";
import type { Generation } from "./generation.ts";

export class Dispatcher {
  readonly #idle: (generation: Generation) => void;
  readonly #owners = new Map<Exchange, Generation>();
  #current: Generation;

  /** `idle` is told of every generation that no longer serves and has no exchange left, once. */
  constructor(first: Generation, idle: (generation: Generation) => void) {
    this.#current = first;
    this.#idle = idle;
  }

  get current(): Generation {
    return this.#current;
  }

  /** Exchanges that have begun and not ended. */
  get inFlight(): number {
    return this.#owners.size;
  }

  /** The generation that answers this exchange; undefined once it has ended. */
  ownerOf(exchange: Exchange): Generation | undefined {
    return this.#owners.get(exchange);
  }

  /** New exchanges go to `next` from now on. Gives the generation that served until now. */
  switchTo(next: Generation): Generation {
    const old = this.#current;
    this.#current = next;
    if (old.inFlight === 0) this.#idle(old);
    return old;
  }

  readonly begin = (exchange: Exchange): void | Promise<void> => {
    const generation = this.#current;
    generation.inFlight++;
    this.#owners.set(exchange, generation);
    return generation.program.handle(exchange);
  };

  readonly end = (exchange: Exchange): void => {
    const generation = this.#owners.get(exchange);
    if (generation === undefined) return;
    this.#owners.delete(exchange);
    generation.inFlight--;
    if (generation.inFlight === 0 && generation !== this.#current) this.#idle(generation);
  };
}
