/** What a budget needs of the models it is for: a price, a cap of the output, one currency. Without them nobody could say what a call may cost. */
import { spanOf } from "../1-syntax/index.ts";
import type { CheckedModel, CheckedProgram } from "../3-types/checked.ts";
import { modelBudget, modelPrice } from "../3-types/model-price.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";

export function analyseBudgets(program: CheckedProgram): Diagnostic[] {
  return program.models.flatMap((owner) => {
    const budget = modelBudget(owner);
    const written = owner.node.settings.find(({ key }) => key.text === "budget");
    if (budget === null || !written) return [];
    const members = owner.choice === null ? [owner] : [...new Set([...owner.choice.models, ...owner.choice.fallback])];
    const limit = owner.choice === null ? null : owner.settings.limit;
    const related = [{ span: spanOf(owner.module.tree, written.id), text: "counts in this budget" }];
    return members.flatMap((model) => {
      if (model.provider === null) return [];
      const found: Diagnostic[] = [];
      const at = { span: spanOf(model.module.tree, model.node.name.id), text: "" };
      const price = modelPrice(model, budget.currency === "" ? undefined : budget.currency);
      const { name } = model;
      if (price === null)
        found.push(
          diagnose(
            "VGW7012",
            { model: name },
            { ...at, text: "its price is not known" },
            {
              related,
              help: "add what the provider asks: price: { in: $0.40/Mtok, out: $1.60/Mtok }, or price: free",
            },
          ),
        );
      else if (budget.unit === "money" && price.currency !== budget.currency)
        found.push(
          diagnose(
            "VGW7014",
            { model: name, price: price.currency, budget: budget.currency },
            { ...at, text: `costs ${price.currency}` },
            { related, help: "write the budget in the currency of the prices" },
          ),
        );
      if (!capped(model) && typeof limit !== "number")
        found.push(
          diagnose(
            "VGW7013",
            { model: name },
            { ...at, text: "an answer may be of any length" },
            {
              related,
              help:
                owner.choice === null
                  ? "add max_output: 4000tok"
                  : `add max_output: 4000tok to ${name}, or limit: 4000tok to ${owner.name}`,
            },
          ),
        );
      return found;
    });
  });
}

function capped({ settings }: CheckedModel): boolean {
  return typeof settings.max_output === "number";
}
