/** What `prefer: cheapest` needs of the models of a choice: prices, in one currency. */
import { spanOf } from "../1-syntax/index.ts";
import type { CheckedModel, CheckedProgram, StaticValue } from "../3-types/checked.ts";
import { modelPrice } from "../3-types/model-price.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";

export function analysePreferences(program: CheckedProgram): Diagnostic[] {
  return program.models.flatMap((owner) => {
    const written = owner.node.settings.find(({ key }) => key.text === "prefer");
    if (owner.choice === null || !written || !asksForPrice(owner.settings.prefer)) return [];
    const related = [{ span: spanOf(owner.module.tree, written.id), text: "compares prices" }];
    const known = owner.choice.models.flatMap((model) => {
      const price = model.provider === null ? null : modelPrice(model);
      return price === null ? [] : [{ model, price }];
    });
    const unpriced = owner.choice.models.filter(
      (model) => model.provider !== null && !known.some((one) => one.model === model),
    );
    const found = unpriced.map((model) =>
      diagnose(
        "VGW7031",
        { model: model.name },
        { span: nameSpan(model), text: "its price is not known" },
        { related, help: "add what the provider asks: price: { in: $0.40/Mtok, out: $1.60/Mtok }, or price: free" },
      ),
    );
    // What is free costs nothing in any currency.
    const paid = known.filter(({ price }) => price.rates.input > 0 || price.rates.output > 0);
    const [first] = paid;
    const other = paid.find(({ price }) => price.currency !== first?.price.currency);
    if (first && other)
      found.push(
        diagnose(
          "VGW7032",
          { one: first.price.currency, other: other.price.currency },
          { span: nameSpan(other.model), text: `costs ${other.price.currency}` },
          {
            related: [...related, { span: nameSpan(first.model), text: `costs ${first.price.currency}` }],
            help: "write both prices in one currency",
          },
        ),
      );
    return found;
  });
}

function nameSpan({ module, node }: CheckedModel): ReturnType<typeof spanOf> {
  return spanOf(module.tree, node.name.id);
}

function asksForPrice(prefer: StaticValue | undefined): boolean {
  return (
    Array.isArray(prefer) &&
    prefer.some(
      (rule: StaticValue) => typeof rule === "object" && rule !== null && "by" in rule && rule.by === "cheapest",
    )
  );
}
