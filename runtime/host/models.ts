/** The models of one generation: each has a service of its own for its connections, which outlives the generation as any service does. */
import { randomBytes } from "node:crypto";
import type { Configuration, Model, Service, ServiceConfiguration } from "../abi.ts";
import type { ModelConfiguration } from "../model/configuration.ts";
import { type BudgetConfiguration, definitionOf } from "../model/money/configuration.ts";
import type { Budget } from "../model/money/budget.ts";
import type { ProviderDialect } from "../model/dialect/dialect.ts";
import { type EngineParts, createModel, only, pool, Target } from "../model/engine/index.ts";
import type { ModelConnections } from "../model/engine/index.ts";

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

/** What a program gets that asks for the model or choice `name`. */
export function modelOf(
  name: string,
  providers: readonly ProviderDialect[],
  configuration: Pick<Configuration, "models" | "pools">,
  connections: (name: string) => ModelConnections,
  parts: EngineParts,
): Model {
  const { models = [], pools = [] } = configuration;
  const targets = new Map<string, Target>();
  const wanted = pools.find((one) => one.name === name);
  const names = wanted === undefined ? [name] : [...wanted.models, ...wanted.fallback];
  for (const model of models) {
    if (!names.includes(model.name)) continue;
    const dialect = providers.find((one) => one.name === model.dialect);
    if (dialect === undefined)
      throw new Error(`the program brings no dialect "${model.dialect}" for the model "${model.name}"`);
    targets.set(model.name, new Target(model, dialect, connections(model.name), budgetsOf(model.budgets, parts)));
  }
  if (wanted !== undefined) return createModel(pool(wanted, targets, budgetsOf(wanted.budgets, parts)), parts);
  const target = targets.get(name);
  if (target === undefined) throw new Error(`the program asks for the model "${name}" without configuring it`);
  return createModel(only(target), parts);
}

/** Threads without accounts count nothing: the program has no budgets then. */
function budgetsOf(budgets: readonly BudgetConfiguration[] = [], { accounts }: EngineParts): readonly Budget[] {
  return accounts === undefined ? [] : budgets.map((budget) => accounts.budget(definitionOf(budget)));
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
