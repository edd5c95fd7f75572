/** Which models a choice may ask at all, decided before there is a request: by region and clearance. And the names under which its clients know them. */
import type * as tree from "../1-syntax/tree.ts";
import { modelNamed, refuseChoice } from "./model.ts";
import type { CheckedAlias, CheckedModel, StaticValue } from "./checked.ts";
import { type Body, report } from "./context.ts";
import { textsOf } from "./service.ts";
import type { Settings } from "./setting.ts";

/** Those of the models that every demand of the choice lets it ask. A further demand is a further line here. */
export function fittingModels(settings: Settings, models: readonly CheckedModel[]): readonly CheckedModel[] {
  const regions = textsOf(settings.region);
  const labels = textsOf(settings.clearance);
  return models.filter(
    (model) =>
      (regions.length === 0 || isIn(model, regions)) && labels.every((label) => model.clearance.includes(label)),
  );
}

function isIn({ settings }: CheckedModel, regions: readonly string[]): boolean {
  return textsOf(settings.region).some((region) => regions.includes(region));
}

/** Nobody is left of those that it chooses from. */
export function refuseNobody(
  body: Body,
  node: tree.Model,
  settings: Settings,
  models: readonly CheckedModel[],
  fitting: readonly CheckedModel[],
): void {
  if (models.length === 0 || fitting.length > 0) return;
  const labels = textsOf(settings.clearance);
  const cleared = node.settings.find(({ key }) => key.text === "clearance");
  if (cleared && !models.some((model) => labels.every((label) => model.clearance.includes(label)))) {
    const wanted = labels.map((label) => `@${label}`).join(" and ");
    report(body, cleared.value, "VGW5008", { choice: node.name.text, labels: wanted }, "demanded here", {
      related: models.map((model) => ({
        node: model.node.name,
        text: "not cleared",
        module: model.module as Body["module"],
      })),
      help: `clear one of them: clearance: ${labels.length === 1 ? labels[0] : `[${labels.join(", ")}]`}`,
    });
    return;
  }
  const written = node.settings.find(({ key }) => key.text === "region");
  if (!written) return;
  const regions = textsOf(settings.region).join(" or ");
  report(body, written.value, "VGW7035", { choice: node.name.text, region: regions }, "demanded here", {
    related: models.map((model) => ({
      node: model.node.name,
      text:
        textsOf(model.settings.region).length === 0 ? "has no region" : `is in ${textsOf(model.settings.region)[0]}`,
      module: model.module as Body["module"],
    })),
    help: `say of those that are there: region: ${textsOf(settings.region)[0] ?? ""}`,
  });
}

/** `asked`: whatever the choice asks, first or as fallback. */
export function checkAliases(body: Body, node: tree.Model, asked: readonly CheckedModel[]): readonly CheckedAlias[] {
  const written = node.settings.find(({ key }) => key.text === "aliases")?.value;
  if (written?.kind !== "record") return [];
  return written.entries.flatMap((entry) => {
    if (entry.kind !== "record-entry" || entry.value.kind !== "reference") return [];
    const { key, value } = entry;
    const model = modelNamed(body, value.name);
    if (model === null) return [];
    if (asked.includes(model)) return [{ name: key.text, model }];
    if (model.node.choice !== null) {
      refuseChoice(body, value.name, model.node);
      return [];
    }
    report(
      body,
      value,
      "VGW7034",
      { alias: key.text, model: model.name, choice: node.name.text },
      "is not among its models",
      { help: `add it: choose(…, ${model.name})` },
    );
    return [];
  });
}

/** Texts of the setting `aliases`: none written is none given. */
export function hasAliases(value: StaticValue | undefined): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}
