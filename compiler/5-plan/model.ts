/** Models and choices: what the checker knows of them, in the members that the host asks for. */
import type { CheckedModel, ModelProvider, StaticValue } from "../3-types/checked.ts";
import { modelBudget, modelPrice } from "../3-types/model-price.ts";
import type { Program } from "./context.ts";
import type { ModelPlan, PoolPlan } from "./plan.ts";
import { noteVariables } from "./service.ts";

export function lowerModels(program: Program): { readonly models: ModelPlan[]; readonly pools: PoolPlan[] } {
  const models: ModelPlan[] = [];
  const pools: PoolPlan[] = [];
  for (const model of program.checked.models) {
    if (model.choice !== null) pools.push(lowerPool(program, model, model.choice));
    else if (model.provider !== null) models.push(lowerModel(program, model, model.provider));
  }
  return { models, pools };
}

function nameOf(program: Program, model: CheckedModel): string {
  return program.models.get(model) ?? model.name;
}

function originOf(program: Program, { module, node }: CheckedModel): ModelPlan["origin"] {
  return { file: program.modules.get(module) ?? 0, node: node.id };
}

function lowerModel(program: Program, checked: CheckedModel, provider: ModelProvider): ModelPlan {
  noteVariables(program, checked.settings);
  const name = nameOf(program, checked);
  const { dialect, variant, model, base, settings: extra } = provider;
  const { settings } = checked;
  const configuration: { [key: string]: StaticValue } = { name, dialect, variant, model, base, settings: extra };
  for (const [member, key] of MEMBERS) configuration[member] = settings[key] ?? null;
  Object.assign(configuration, moneyOf(program, checked, name));
  return { name, origin: originOf(program, checked), dialect, configuration };
}

/** In percent of a budget. */
const ALERTS = [50, 80, 100];

/** Nothing where the program has no budgets: then nobody counts. */
function moneyOf(program: Program, checked: CheckedModel, name: string): { readonly [key: string]: StaticValue } {
  if (!program.checked.models.some((model) => modelBudget(model) !== null)) return {};
  const price = modelPrice(checked);
  return { ...(price !== null && { price: plain(price) }), ...budgetsOf(checked, name) };
}

function budgetsOf(checked: CheckedModel, name: string): { readonly [key: string]: StaticValue } {
  const budget = modelBudget(checked);
  return budget === null ? {} : { budgets: [plain({ name, ...budget, alerts: ALERTS })] };
}

/** Data, as values of settings are. */
function plain(value: object): StaticValue {
  return JSON.parse(JSON.stringify(value)) as StaticValue;
}

/** As the host calls a setting. */
const MEMBERS = [
  ["key", "key"],
  ["maxOutput", "max_output"],
  ["timeout", "timeout"],
  ["firstToken", "first_token"],
  ["silence", "silence"],
  ["total", "total"],
  ["connectTimeout", "connect_timeout"],
  ["idle", "idle"],
  ["breaker", "breaker"],
  ["connections", "connections"],
  ["answerLimit", "answer_limit"],
] as const;

function lowerPool(program: Program, checked: CheckedModel, choice: NonNullable<CheckedModel["choice"]>): PoolPlan {
  const { prefer, on, limit } = checked.settings;
  const weights = weightsOf(prefer);
  return {
    name: nameOf(program, checked),
    origin: originOf(program, checked),
    models: choice.models.map((model) => nameOf(program, model)),
    fallback: choice.fallback.map((model) => nameOf(program, model)),
    prefer: weights === null ? "order" : "weights",
    weights: weights === null ? [] : choice.models.map(({ name }) => weights[name] ?? 1),
    on: (Array.isArray(on) ? on : []).map((word: StaticValue) => String(word).replaceAll("_", "-")),
    limit: typeof limit === "number" ? limit : null,
    ...budgetsOf(checked, nameOf(program, checked)),
  };
}

function weightsOf(prefer: StaticValue | undefined): { readonly [name: string]: number } | null {
  if (typeof prefer !== "object" || prefer === null || !("weights" in prefer)) return null;
  const found: { [name: string]: number } = {};
  for (const [name, weight] of Object.entries(prefer.weights ?? {}))
    if (typeof weight === "number") found[name] = weight;
  return found;
}
