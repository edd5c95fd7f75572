/** The models of one generation: each has a service of its own for its connections, which outlives the generation as any service does. */
import { randomBytes } from "node:crypto";
import type { Configuration, Model, Service, ServiceConfiguration } from "../abi.ts";
import type { ModelConfiguration, PoolConfiguration } from "../model/configuration.ts";
import type { BudgetDefinition } from "../model/money/budget.ts";
import { type BudgetConfiguration, definitionOf } from "../model/money/configuration.ts";
import type { ProviderDialect } from "../model/dialect/dialect.ts";
import {
  asksForSpeed,
  type Choice,
  createModel,
  type EngineParts,
  HeldBudget,
  type KeyRing,
  keyRing,
  type ModelConnections,
  only,
  pool,
  Shadowing,
  type Speed,
  Target,
} from "../model/engine/index.ts";
import type { RouteBudget } from "../http/spending.ts";

/** All services of a program, those behind its models included. */
export function allServices({
  services,
  models = [],
}: Pick<Configuration, "services" | "models">): readonly ServiceConfiguration[] {
  return models.length === 0 ? services : [...services, ...models.map(connectionsOf)];
}

/** A service knows a model's origin and time limits, never its key. */
function connectionsOf(model: ModelConfiguration): ServiceConfiguration {
  return {
    name: model.name,
    endpoints: [new URL(model.base).origin],
    balance: "least_requests",
    ...(model.breaker && { breaker: model.breaker }),
    timeout: model.timeout,
    connectTimeout: model.connectTimeout,
    idle: model.idle,
    silence: model.silence,
    connections: model.connections,
    answerLimit: model.answerLimit,
    preserveHost: false,
  };
}

/** What models are made of. */
export interface ModelSource {
  readonly configuration: Pick<Configuration, "models" | "pools">;
  readonly connections: (name: string) => ModelConnections;
  readonly parts: EngineParts;
}

/** What a program gets that asks for the model or choice `name`. */
export function modelOf(name: string, providers: readonly ProviderDialect[], source: ModelSource): Model {
  return createModel(new Choices(providers, source).named(name), source.parts);
}

/** Of all models and choices of a program. */
export function budgetsOf({
  models = [],
  pools = [],
  budgets: own = [],
}: Pick<Configuration, "models" | "pools" | "budgets">): BudgetDefinition[] {
  return [...[...models, ...pools].flatMap(({ budgets = [] }) => budgets), ...own].map(definitionOf);
}

/** A budget of a program's routes. */
export function routeBudget(
  configuration: BudgetConfiguration,
  providers: readonly ProviderDialect[],
  source: ModelSource,
): RouteBudget {
  // Threads without accounts count nothing.
  return new Choices(providers, source).budgets([configuration])[0] ?? { name: configuration.name };
}

/** Whatever may be asked where a program asks for one model or choice, each made once. */
class Choices {
  readonly #providers: readonly ProviderDialect[];
  readonly #source: ModelSource;
  readonly #targets = new Map<string, Target>();
  readonly #choices = new Map<string, Choice>();

  constructor(providers: readonly ProviderDialect[], source: ModelSource) {
    this.#providers = providers;
    this.#source = source;
  }

  named(name: string): Choice {
    let choice = this.#choices.get(name);
    if (choice === undefined) {
      choice = this.#choice(name);
      this.#choices.set(name, choice);
    }
    return choice;
  }

  #choice(name: string): Choice {
    const found = this.#source.configuration.pools?.find((one) => one.name === name);
    if (found === undefined) return only(this.#target(name));
    const members = [...found.models, ...found.fallback];
    const targets = new Map(members.map((member) => [member, this.#target(member)]));
    return pool(found, targets, this.budgets(found.budgets), this.#shadowing(found));
  }

  #shadowing({ shadow }: PoolConfiguration): Shadowing | null {
    const { parts } = this.#source;
    if (shadow === undefined || parts.shadows !== true) return null;
    return new Shadowing(this.#target(shadow.model).named(`shadow ${shadow.model}`), shadow, parts);
  }

  #target(name: string): Target {
    const known = this.#targets.get(name);
    if (known !== undefined) return known;
    const { configuration, connections } = this.#source;
    const model = configuration.models?.find((one) => one.name === name);
    if (model === undefined) throw new Error(`the program asks for the model "${name}" without configuring it`);
    const dialect = this.#providers.find((one) => one.name === model.dialect);
    if (dialect === undefined)
      throw new Error(`the program brings no dialect "${model.dialect}" for the model "${model.name}"`);
    const target = new Target(
      model,
      dialect,
      connections(name),
      this.budgets(model.budgets),
      this.#speed(model),
      this.#keys(model),
      this.#source.parts.tokens?.(model) ?? null,
    );
    this.#targets.set(name, target);
    return target;
  }

  #keys({ name, keys }: ModelConfiguration): KeyRing | null {
    const { parts } = this.#source;
    if (keys === undefined) return null;
    if (parts.keys === undefined) throw new Error(`the model "${name}" has several keys, and nobody keeps them apart`);
    return keyRing(name, keys, parts.keys);
  }

  /** Nobody measures what no choice asks for. */
  #speed(model: ModelConfiguration): Speed | null {
    const { configuration, parts } = this.#source;
    const asked = configuration.pools?.some(
      ({ models, prefer }) => models.includes(model.name) && asksForSpeed(prefer),
    );
    if (!asked || parts.speeds === undefined) return null;
    return parts.speeds.of(`${model.name} ${model.dialect} ${model.base} ${model.model}`);
  }

  budgets(configurations: readonly BudgetConfiguration[] = []): readonly HeldBudget[] {
    const { accounts } = this.#source.parts;
    if (accounts === undefined) return [];
    return configurations.map((configuration) => {
      const { by, instead } = configuration;
      const budget = accounts.budget(definitionOf(configuration));
      return new HeldBudget(budget, by, instead === null ? null : this.named(instead));
    });
  }
}

/** Whether it is one that a model can be asked over. */
export function isConnections(service: Service): service is Service & ModelConnections {
  return "stream" in service;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Letters and digits by chance. */
export function identifier(length: number): string {
  let text = "";
  for (const byte of randomBytes(length)) text += ALPHABET[byte % ALPHABET.length];
  return text;
}
