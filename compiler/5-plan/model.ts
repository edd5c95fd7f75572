/** Models and choices: what the checker knows of them, in the members that the host asks for. */
import type { CheckedChoice, CheckedModel, ModelProvider, StaticValue } from "../3-types/checked.ts";
import { modelPrice } from "../3-types/model-price.ts";
import { modelBudgets } from "./budget.ts";
import type { Program } from "./context.ts";
import type { ModelPlan, PoolPlan } from "./plan.ts";
import { fitOf } from "./model-fit.ts";
import { lowerPreference, ranksByPrice } from "./preference.ts";
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
  Object.assign(configuration, keysOf(settings.key), fitOf(program.checked, checked), moneyOf(program, checked, name));
  return { name, origin: originOf(program, checked), dialect, configuration };
}

/** Several keys, each by the name of its variable; nothing where there is one. */
function keysOf(key: StaticValue | undefined): { readonly [key: string]: StaticValue } {
  if (!Array.isArray(key)) return {};
  const keys = key.flatMap((one: StaticValue) => {
    if (typeof one !== "object" || one === null || !("limit" in one) || !("tokens" in one)) return [];
    const { secret = null, limit = null, tokens = null } = one;
    if (typeof secret !== "object" || secret === null || !("variable" in secret)) return [];
    return [{ name: secret.variable, key: secret, limit, tokens }];
  });
  return { key: null, keys };
}

/** Nothing where the program counts nothing and compares no prices. */
function moneyOf(program: Program, checked: CheckedModel, name: string): { readonly [key: string]: StaticValue } {
  if (!counts(program) && !isCompared(program, checked)) return {};
  const price = modelPrice(checked);
  return { ...(price !== null && { price: plain(price) }), ...budgetsOf(program, checked, name) };
}

function tellsCost({ settings }: CheckedModel): boolean {
  return settings.cost_headers === true;
}

/** Whether calls to models are written down. */
function counts({ checked, budgets }: Program): boolean {
  return checked.budgets.size > 0 || budgets.steps.size > 0 || checked.models.some(tellsCost);
}

/** Whether a choice asks for its price with each request. */
function isCompared({ checked }: Program, model: CheckedModel): boolean {
  return checked.models.some((pool) => pool.choice?.models.includes(model) && ranksByPrice(pool, pool.choice.models));
}

function budgetsOf(program: Program, checked: CheckedModel, name: string): { readonly [key: string]: StaticValue } {
  const budgets = modelBudgets(program, checked, name);
  return {
    ...(budgets.length > 0 && { budgets: plain(budgets) }),
    ...(tellsCost(checked) && { costHeaders: true }),
  };
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

function lowerPool(program: Program, checked: CheckedModel, choice: CheckedChoice): PoolPlan {
  const { on, limit } = checked.settings;
  const models = choice.models.map((model) => nameOf(program, model));
  return {
    name: nameOf(program, checked),
    origin: originOf(program, checked),
    models,
    fallback: choice.fallback.map((model) => nameOf(program, model)),
    prefer: lowerPreference(checked, choice.models, models),
    on: (Array.isArray(on) ? on : []).map((word: StaticValue) => String(word).replaceAll("_", "-")),
    limit: typeof limit === "number" ? limit : null,
    ...aliasesOf(program, checked, choice),
    ...brokenOf(checked),
    ...shadowOf(program, checked, choice),
    ...budgetsOf(program, checked, nameOf(program, checked)),
  };
}

/** Nothing where clients may ask by any name. */
function aliasesOf(
  program: Program,
  { settings }: CheckedModel,
  { aliases }: CheckedChoice,
): Pick<PoolPlan, "aliases" | "strict"> {
  if (aliases.length === 0) return {};
  const names = aliases.map(({ name, model }) => ({ name, model: nameOf(program, model) }));
  return { aliases: names, ...(settings.unknown !== "choose" && { strict: true }) };
}

function brokenOf({ settings }: CheckedModel): Pick<PoolPlan, "broken" | "hedge"> {
  const { broken, saying } = settings;
  const hedged = settings.hedge ? { hedge: settings.hedge } : {};
  return broken === "continue" ? { ...hedged, broken: { saying: typeof saying === "string" ? saying : null } } : hedged;
}

function shadowOf(program: Program, { settings }: CheckedModel, choice: CheckedChoice): Pick<PoolPlan, "shadow"> {
  const { shadow } = settings;
  if (choice.shadow === null || typeof shadow !== "object" || shadow === null || !("share" in shadow)) return {};
  const { share, at_once: atOnce } = shadow as { readonly [key: string]: StaticValue };
  if (typeof share !== "number" || typeof atOnce !== "number") return {};
  return { shadow: { model: nameOf(program, choice.shadow), share, atOnce } };
}
