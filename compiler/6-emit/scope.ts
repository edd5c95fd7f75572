/** What expressions and steps of one route, function or constant see: its slots by name, and how to reach the request. */
import type { Slot } from "../5-plan/plan.ts";
import type { Type } from "../3-types/type.ts";
import type { Emission } from "./emission.ts";
import type { Names } from "./names.ts";

export interface Binding {
  readonly text: string;
  readonly type: Type;
}

export class Scope {
  readonly emission: Emission;
  readonly names: Names;
  /** The variable that holds what the running `else` catches. */
  failure: () => string = () => "failure";
  /** The upstream's head in the steps of a `forward`; "null" elsewhere. */
  head = "null";
  readonly #bindings: Map<string, Binding>;

  constructor(emission: Emission, names: Names, bindings: ReadonlyMap<string, Binding> = new Map()) {
    this.emission = emission;
    this.names = names;
    this.#bindings = new Map(bindings);
  }

  inner(): Scope {
    const scope = new Scope(this.emission, this.names, this.#bindings);
    scope.failure = this.failure;
    scope.head = this.head;
    return scope;
  }

  /** Gives the slot a name in the generated code. */
  bind(slot: Slot, text: string = this.names.take(slot.name)): string {
    this.emission.taken.add(text);
    this.#bindings.set(slot.name, { text, type: slot.type });
    return text;
  }

  /** null: no slot of this name is in reach. */
  known(name: string): Binding | null {
    return this.#bindings.get(name) ?? null;
  }

  binding(name: string): Binding {
    const binding = this.#bindings.get(name);
    if (binding === undefined) throw new Error(`the plan reads the slot "${name}" before it is written`);
    return binding;
  }
}
