/**
 * The way of a request into a generation on one thread. An exchange ends on the generation that began it, whatever is
 * switched meanwhile (test: `swap.test.ts`).
 */
import type { Exchange } from "../http/exchange.ts";
import type { Generation } from "./generation.ts";

export class Dispatcher {
  readonly #idle: (generation: Generation) => void;
  /**
   * Those that no longer serve and still have exchanges, by number. An exchange holds its generation's number: a map from exchanges would
   * be rebuilt all the time, and each table that V8 has left behind keeps the exchanges of its day, with all that hangs on them, until a
   * full garbage collection.
   */
  readonly #draining = new Map<number, Generation>();
  #current: Generation;
  #inFlight = 0;

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
    return this.#inFlight;
  }

  /** The generation that answers this exchange; undefined once it has ended. */
  ownerOf(exchange: Exchange): Generation | undefined {
    const { generation } = exchange;
    return generation === this.#current.id ? this.#current : this.#draining.get(generation);
  }

  /** New exchanges go to `next` from now on. Gives the generation that served until now. */
  switchTo(next: Generation): Generation {
    const old = this.#current;
    this.#current = next;
    if (old.inFlight === 0) this.#idle(old);
    else this.#draining.set(old.id, old);
    return old;
  }

  readonly begin = (exchange: Exchange): void | Promise<void> => this.enter(exchange).program.handle(exchange);

  /** Counts an exchange that the host answers itself; gives the generation that it counts under. */
  enter(exchange: Exchange): Generation {
    const generation = this.#current;
    generation.inFlight++;
    this.#inFlight++;
    exchange.generation = generation.id;
    return generation;
  }

  readonly end = (exchange: Exchange): void => {
    const generation = this.ownerOf(exchange);
    if (generation === undefined) return;
    exchange.generation = 0;
    this.#inFlight--;
    generation.inFlight--;
    if (generation.inFlight > 0 || generation === this.#current) return;
    this.#draining.delete(generation.id);
    this.#idle(generation);
  };
}
