/**
 * What the parts of the emitter share while one file is written: what is imported, and the helpers (types, validators,
 * serialisers, patterns) that are declared once however many routes need them.
 */
import type { Plan } from "../5-plan/plan.ts";
import type { ConcurrencyStep, IdentifyStep, LimitStep, SharedCount, Slot } from "../5-plan/plan.ts";
import { capital, identifier, Names } from "./names.ts";

/** Something written into the helper section of the file. */
export interface Declaration {
  readonly name: string;
  readonly text: string;
}

/** A function of the serialisers' module: exported name, JSON schema, and the TypeScript type of what it takes. */
export interface CompiledSerialiser {
  readonly name: string;
  readonly schema: object;
  readonly parameter: string;
}

export class Emission {
  readonly plan: Plan;
  /** Module-level names. */
  readonly names: Names;
  readonly #values = new Map<string, string>();
  readonly #types = new Set<string>();
  readonly #declared = new Map<string, string>();
  readonly declarations: Declaration[] = [];
  /** Named interfaces, in the order in which they were first needed. */
  readonly interfaces: Declaration[] = [];
  /** The serialisers that fast-json-stringify compiles. */
  readonly serialisers: CompiledSerialiser[] = [];
  /** Names of constants, functions and services of the program in the generated file. */
  readonly constants = new Map<string, string>();
  readonly functions = new Map<string, string>();
  readonly services = new Map<string, string>();
  readonly identities = new Map<string, string>();

  constructor(plan: Plan, reserved: readonly string[]) {
    this.plan = plan;
    this.names = new Names(null, reserved);
  }

  /** Every name that was given to something of the program, in any scope. */
  readonly taken = new Set<string>();

  /** A module-level name. */
  take(wanted: string): string {
    const name = this.names.take(wanted);
    this.taken.add(name);
    return name;
  }

  /** Whether the code reaches the host and the environment, and which services; what is not reached is not declared. */
  hostUsed = false;
  environmentUsed = false;
  /** Whether the file has a function `warm`. */
  warmed = false;
  readonly usedServices = new Set<string>();
  readonly usedIdentities = new Set<string>();

  host(): string {
    this.hostUsed = true;
    return "host";
  }

  environment(): string {
    this.environmentUsed = true;
    return "environment";
  }

  service(name: string): string {
    this.usedServices.add(name);
    return this.services.get(name) ?? name;
  }

  /** Limits that are used, by identity and rule: the variable that holds the host's counters. */
  readonly limiters = new Map<string, Counter>();

  limiter({ identity, whenFull, name, shared }: LimitStep): string {
    const text =
      shared === null
        ? `limiter(${JSON.stringify(identity)}, "${whenFull}")`
        : `sharedLimiter(${JSON.stringify(identity)}, ${sharing(shared, whenFull, true)})`;
    let known = this.limiters.get(text);
    if (known === undefined) {
      known = { name: this.take(identifier(`${name} limit`)), text, shared: shared !== null };
      this.limiters.set(text, known);
    }
    return known.name;
  }

  /** The same for concurrency limits. */
  readonly concurrencies = new Map<string, Counter>();

  concurrency({ identity, whenFull, name, shared }: ConcurrencyStep): string {
    const text =
      shared === null
        ? `concurrency(${JSON.stringify(identity)}, "${whenFull}")`
        : `sharedConcurrency(${JSON.stringify(identity)}, ${sharing(shared, whenFull, false)})`;
    let known = this.concurrencies.get(text);
    if (known === undefined) {
      known = { name: this.take(identifier(`${name} places`)), text, shared: shared !== null };
      this.concurrencies.set(text, known);
    }
    return known.name;
  }

  /** Budgets of routes that are used, by their names in the plan: the variable that holds the host's. */
  readonly budgets = new Map<string, string>();

  budget(name: string): string {
    let known = this.budgets.get(name);
    if (known === undefined) {
      known = this.take(identifier(`${name.replace(/ by .*$/, "")} budget`));
      this.budgets.set(name, known);
    }
    return known;
  }

  readonly models = new Map<string, string>();
  readonly usedModels = new Set<string>();

  /** Those that are asked for conversations; of the others a bundle needs no more than how their providers tell of errors. */
  readonly conversing = new Set<string>();

  /** A model or choice. */
  model(name: string): string {
    this.usedModels.add(name);
    return this.models.get(name) ?? name;
  }

  identity(name: string): string {
    this.usedIdentities.add(name);
    return this.identities.get(name) ?? name;
  }

  /** Identities that are asked together, by what the host is asked for: the variable, and what it recognises. */
  readonly joined = new Map<string, { readonly name: string; readonly text: string; readonly slot: Slot }>();

  /** Whom an `identify` asks. */
  recogniser({ how, identities, slot }: IdentifyStep): string {
    const [only] = identities;
    if (how === "one" && only !== undefined) return this.identity(only.identity);
    const members = identities.map(({ name, identity }) => {
      return `{ name: ${JSON.stringify(name)}, identity: ${JSON.stringify(identity)} }`;
    });
    const text = `identities("${how}", [${members.join(", ")}])`;
    let known = this.joined.get(text);
    if (known === undefined) {
      const wanted = identities.map(({ identity }) => identity).join(how === "any" ? " or " : " and ");
      known = { name: this.take(identifier(wanted)), text, slot };
      this.joined.set(text, known);
    }
    return known.name;
  }

  /** Imports a function of the runtime and gives its name here. */
  use(name: string): string {
    this.#values.set(name, name);
    return name;
  }

  useType(name: string): string {
    this.#types.add(name);
    return name;
  }

  /** The interface for a named record; `text` is asked for once per key, and may need further ones. */
  declaredType(key: string, wanted: string, text: () => string): string {
    const known = this.#declared.get(`type ${key}`);
    if (known !== undefined) return known;
    const name = this.take(capital(identifier(wanted)));
    this.#declared.set(`type ${key}`, name);
    this.interfaces.push({ name, text: text() });
    return name;
  }

  /** A helper of the file, made once per key. `text` gets the helper's name. */
  declared(key: string, wanted: string, text: (name: string) => string): string {
    const known = this.#declared.get(key);
    if (known !== undefined) return known;
    const name = this.take(wanted);
    this.#declared.set(key, name);
    this.declarations.push({ name, text: text(name) });
    return name;
  }

  compiledSerialiser(key: string, wanted: string, schema: object, parameter: string): string {
    const known = this.#declared.get(`compiled ${key}`);
    if (known !== undefined) return known;
    const name = this.take(wanted);
    this.#declared.set(`compiled ${key}`, name);
    this.serialisers.push({ name, schema, parameter });
    return name;
  }

  get imports(): { readonly values: readonly string[]; readonly types: readonly string[] } {
    return { values: [...this.#values.keys()].sort(), types: [...this.#types].sort() };
  }
}

/** A variable that holds counters of the host, and what it is asked for by. */
interface Counter {
  readonly name: string;
  readonly text: string;
  /** With other gateways. */
  readonly shared: boolean;
}

function sharing({ how, whenAway }: SharedCount, whenFull: "deny" | "allow", isRate: boolean): string {
  const parts = [`whenAway: ${JSON.stringify(whenAway)}`, `whenFull: "${whenFull}"`];
  return `{ ${[...(isRate ? [`how: "${how}"`] : []), ...parts].join(", ")} }`;
}
