/** Slots by name. A function, lambda or item of a `gather` has a scope of its own inside the one it stands in. */
export class Scope {
  readonly #values = new Map<string, unknown>();
  readonly #outer: Scope | null;

  constructor(outer: Scope | null, values: Iterable<readonly [string, unknown]> = []) {
    this.#outer = outer;
    for (const [name, value] of values) this.#values.set(name, value);
  }

  get(name: string): unknown {
    if (this.#values.has(name)) return this.#values.get(name);
    if (this.#outer === null) throw new Error(`the plan reads the slot "${name}" before it is written`);
    return this.#outer.get(name);
  }

  set(name: string, value: unknown): void {
    this.#values.set(name, value);
  }
}
