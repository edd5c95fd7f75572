/** What a model does not take, and names of models that clients use, in the members that the host asks for. */
import { REQUIRED_FEATURES } from "../../runtime/model/engine/fits.ts";
import type { CheckedModel, CheckedProgram, StaticValue } from "../3-types/checked.ts";
import { textsOf } from "../3-types/service.ts";
import { needs } from "../vocabulary/needs.ts";
import { supportOf } from "../vocabulary/support.ts";

/** Nothing where every request may be tried: then none is looked at. */
export function fitOf({ models }: CheckedProgram, model: CheckedModel): { readonly [key: string]: StaticValue } {
  const { context, supports } = model.settings;
  const pooled = models.some(({ choice }) => choice?.models.includes(model) || choice?.fallback.includes(model));
  const lacks = lackedBy(model, pooled || Array.isArray(supports));
  return { ...(typeof context === "number" && { context }), ...(lacks.length > 0 && { lacks }) };
}

/** `all`: what the provider cannot be told too; alone, a model's codec says it better, by the very place. */
function lackedBy({ provider, settings }: CheckedModel, all: boolean): readonly string[] {
  const table = provider === null ? undefined : supportOf(provider);
  const { supports } = settings;
  const named = Array.isArray(supports) ? textsOf(supports).map((word) => needs.get(word)) : null;
  return REQUIRED_FEATURES.filter((feature) => {
    if (named !== null && !named.includes(feature)) return true;
    return all && table?.[feature].support === "refused";
  });
}
