/** `reply models(assistant, mini when caller.plan == "paid") as openai.models`: which models are listed, for whom, in whose form, and whether one is asked for or all. */
import type * as tree from "../1-syntax/tree.ts";
import { nearest } from "../2-names/index.ts";
import { isListingForm, listingForms } from "../vocabulary/listing.ts";
import type { CheckedModel } from "./checked.ts";
import { type Body, report, span } from "./context.ts";
import { checkGuard } from "./guard.ts";
import { base } from "./join.ts";
import { modelNamed } from "./model.ts";

export function checkListModels(body: Body, step: tree.ListModelsStep): void {
  const models: { readonly model: CheckedModel; readonly condition: tree.Expression | null }[] = [];
  for (const { model: name, condition } of step.models) {
    if (condition !== null) checkGuard(body, condition);
    const model = modelNamed(body, name);
    if (model === null) continue;
    if (models.some((listed) => listed.model === model)) report(body, name, "VGW3006", { name: name.text }, "again");
    else models.push({ model, condition });
  }
  const { dialect } = step;
  if (!isListingForm(dialect.text)) {
    const likely = nearest(dialect.text, listingForms);
    report(body, dialect, "VGW3021", { name: "as", wanted: `one of ${listingForms.join(", ")}` }, "not this", {
      help: likely && `did you mean ${likely}?`,
      fixes: likely
        ? [{ title: `Write ${likely}`, kind: "maybe", edits: [{ span: span(body.module, dialect), text: likely }] }]
        : [],
    });
    return;
  }
  body.module.meanings.set(step.id, {
    kind: "list-models",
    models,
    form: dialect.text,
    parameter: asked(body),
  });
}

/** The parameter at the end of the path, where it is a text: another one is no model's name. */
function asked(body: Body): tree.Name | null {
  const last = body.pattern?.parts.at(-1);
  if (last?.kind !== "path-parameter") return null;
  const type = body.module.types.get(last.id);
  return type === undefined || base(type).kind !== "string" ? null : last.name;
}
