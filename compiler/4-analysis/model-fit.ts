/** What a model is said to take against what its provider can be told; and models that will be gone. */
import { spanOf } from "../1-syntax/index.ts";
import type { CheckedModel, CheckedProgram } from "../3-types/checked.ts";
import { textsOf } from "../3-types/service.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";
import { needs } from "../vocabulary/needs.ts";
import { retirementOf } from "../vocabulary/retirements.ts";
import { isUnknownFamily, supportOf } from "../vocabulary/support.ts";

export function analyseModelFit({ models }: CheckedProgram): Diagnostic[] {
  return models.flatMap((model) => [...impossible(model), ...unknownFamily(model), ...deprecated(model)]);
}

function impossible({ module, node, provider, settings }: CheckedModel): Diagnostic[] {
  const written = node.settings.find(({ key }) => key.text === "supports");
  const table = provider === null ? undefined : supportOf(provider);
  if (!written || !provider || !table) return [];
  return textsOf(settings.supports).flatMap((word) => {
    const feature = needs.get(word);
    if (feature === undefined || table[feature].support !== "refused") return [];
    const items = written.value.kind === "list" ? written.value.items : [written.value];
    const at = items.find((item) => item.kind === "reference" && item.name.text === word) ?? written.value;
    return [
      diagnose(
        "VGW7036",
        { provider: provider.word, feature: word },
        { span: spanOf(module.tree, at.id), text: table[feature].note || "cannot be said" },
        { help: "leave it out" },
      ),
    ];
  });
}

/** Read with caution, which the author can do without by saying whose model it is. */
function unknownFamily({ module, node, name, provider }: CheckedModel): Diagnostic[] {
  const written = node.settings.find(({ key }) => key.text === "provider");
  if (!written || !provider || !isUnknownFamily(provider)) return [];
  return [
    diagnose(
      "VGW8011",
      { model: name },
      { span: spanOf(module.tree, written.value.id), text: "of which family is this?" },
      {
        help: 'where it is made of a model that is known, say so: bedrock(…, foundation_model: "anthropic.claude-sonnet-4-5"); else name what clients may use: supports: [tools]',
      },
    ),
  ];
}

function deprecated(model: CheckedModel): Diagnostic[] {
  const { module, node, name, settings } = model;
  const { deprecated: day, successor } = settings;
  const written = node.settings.find(({ key }) => key.text === "deprecated");
  if (!written) return announced(model);
  if (typeof day !== "string" || day === "never") return [];
  const next = typeof successor === "string" ? successor : null;
  return [
    diagnose(
      "VGW8010",
      { model: name, day },
      { span: spanOf(module.tree, written.id), text: "from then on it is gone" },
      { help: helpFor(next, 'ask another model instead; successor: "…" says which one') },
    ),
  ];
}

/** What the built-in list knows. */
function announced({ module, node, provider, settings }: CheckedModel): Diagnostic[] {
  const written = node.settings.find(({ key }) => key.text === "provider");
  // Somebody else's server may have a model of the same name for ever.
  const elsewhere = settings.url !== undefined && settings.url !== null;
  const retirement = provider === null || elsewhere ? null : retirementOf(provider.word, provider.model);
  if (!written || provider === null || retirement === null) return [];
  const { day, successor, source, checked } = retirement;
  const other = "ask another model instead";
  return [
    diagnose(
      "VGW8012",
      { model: provider.model, day },
      { span: spanOf(module.tree, written.value.id), text: "from then on requests to it fail" },
      { help: `${helpFor(successor, other)} (${source}, as of ${checked}; deprecated: says another day, or never)` },
    ),
  ];
}

function helpFor(successor: string | null, otherwise: string): string {
  return successor === null
    ? otherwise
    : `its successor is ${successor}: try it beside this one, then put it in its place`;
}
