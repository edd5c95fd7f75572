/** Idle connections, the latest on top. An array of its own length would be shrunk and grown again with nearly every request. */
import type { Connection } from "./connection.ts";

export class IdleStack {
  readonly #places: (Connection | null)[] = [];
  #count = 0;

  get oldest(): Connection | null {
    return this.#count === 0 ? null : this.#places[0]!;
  }

  push(connection: Connection): void {
    this.#places[this.#count++] = connection;
  }

  /** Null: there is none. */
  pop(): Connection | null {
    if (this.#count === 0) return null;
    const connection = this.#places[--this.#count]!;
    this.#places[this.#count] = null;
    return connection;
  }

  /** Nothing happens if it is not there. */
  remove(connection: Connection): void {
    const index = this.#places.indexOf(connection);
    if (index === -1) return;
    this.#places.splice(index, 1);
    this.#count--;
  }
}
