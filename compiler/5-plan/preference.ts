/** By what a choice ranks its models: the rules that the checker read, and for `cheapest` what the prices decide before there is a request. */
import type { PreferenceRule } from "../../runtime/model/configuration.ts";
import { type Price, type Rates, ratesFor } from "../../runtime/model/money/price.ts";
import type { CheckedModel, StaticValue } from "../3-types/checked.ts";
import { modelPrice } from "../3-types/model-price.ts";

/** `names`: of the choice's models in the plan, in the order of `models`. Empty: the order as written. */
export function lowerPreference(
  checked: CheckedModel,
  models: readonly CheckedModel[],
  names: readonly string[],
): readonly PreferenceRule[] {
  const { prefer } = checked.settings;
  const rules = Array.isArray(prefer) ? writtenRules(prefer).map((rule) => lowerRule(rule, models, names)) : [];
  const [only, more] = rules;
  return only !== undefined && more === undefined && only.by === "order" && only.when.length === 0 ? [] : rules;
}

/** Whether prices are needed when a request comes. */
export function ranksByPrice(checked: CheckedModel, models: readonly CheckedModel[]): boolean {
  return lowerPreference(checked, models, []).some(({ by, ranked }) => by === "cheapest" && ranked === undefined);
}

function lowerRule(
  { by, weights, when }: Written,
  models: readonly CheckedModel[],
  names: readonly string[],
): PreferenceRule {
  switch (by) {
    case "weights":
      return { by, weights: models.map(({ name }) => weights?.[name] ?? 1), when };
    case "cheapest": {
      const ranked = rankedByPrice(models, names);
      return ranked === null ? { by, when } : { by, ranked, when };
    }
    default:
      return { by, when };
  }
}

interface Written {
  readonly by: PreferenceRule["by"];
  readonly weights?: { readonly [name: string]: number };
  readonly when: PreferenceRule["when"];
}

/** As `3-types/preference.ts` made them. */
function writtenRules(prefer: readonly StaticValue[]): readonly Written[] {
  return JSON.parse(JSON.stringify(prefer)) as readonly Written[];
}

/** From the cheapest on, where that is the same for every request; null: it depends on the request. */
function rankedByPrice(models: readonly CheckedModel[], names: readonly string[]): readonly string[] | null {
  const priced = models.flatMap((model, index) => {
    const price = modelPrice(model);
    return price === null ? [] : [{ name: names[index] ?? "", price }];
  });
  if (priced.length < models.length) return null;
  const sorted = priced.toSorted((a, b) => sizeOf(a.price) - sizeOf(b.price));
  for (let index = 1; index < sorted.length; index++) {
    const [cheaper, dearer] = [sorted[index - 1], sorted[index]];
    if (cheaper && dearer && !isNeverDearer(cheaper.price, dearer.price)) return null;
  }
  return sorted.map(({ name }) => name);
}

/** Of whatever sorts what can be sorted. */
function sizeOf({ rates, request }: Price): number {
  return rates.input + rates.output + request;
}

/** Of no request, however long: its prompt's tokens and the answer's are counted at the rates of the band that the prompt is in. */
function isNeverDearer(one: Price, other: Price): boolean {
  if (one.request > other.request) return false;
  const prompts = [0, ...[...one.bands, ...other.bands].map(({ above }) => above + 1)];
  return prompts.every((prompt) => isAtMost(ratesFor(one, prompt), ratesFor(other, prompt)));
}

function isAtMost(one: Rates, other: Rates): boolean {
  return one.input <= other.input && one.output <= other.output;
}
