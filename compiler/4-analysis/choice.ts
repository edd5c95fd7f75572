/** Settings of a choice that can never act, because what they need is not there. */
import { spanOf } from "../1-syntax/index.ts";
import type { CheckedModel, CheckedProgram } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";

export function analyseChoices({ models }: CheckedProgram): Diagnostic[] {
  return models.flatMap((owner) => {
    const { choice, node, settings } = owner;
    if (choice === null) return [];
    const found: Diagnostic[] = [];
    const alone = choice.fallback.length === 0;
    if (settings.broken === "continue" && alone)
      found.push(...idle(owner, "broken", "no other model could go on", "add the models that may: fallback: [large]"));
    if (settings.hedge && choice.models.length === 1 && alone)
      found.push(...idle(owner, "hedge", "there is no other model", "add models: choose(mini, large), or fallback"));
    if (typeof settings.saying === "string" && settings.broken !== "continue")
      found.push(...idle(owner, "saying", "nothing is continued", "add broken: continue, or take it out"));
    if (node.settings.some(({ key }) => key.text === "unknown") && choice.aliases.length === 0)
      found.push(...idle(owner, "unknown", "every name means this choice", 'add names: aliases: { "gpt-4o": mini }'));
    return found;
  });
}

function idle({ module, node, name }: CheckedModel, setting: string, text: string, help: string): Diagnostic[] {
  const written = node.settings.find(({ key }) => key.text === setting);
  if (!written) return [];
  return [diagnose("VGW7020", { setting, choice: name }, { span: spanOf(module.tree, written.id), text }, { help })];
}
