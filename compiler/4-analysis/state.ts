/** A state that machines share, in a program that counts nothing in it: it would be accepted and have no effect. */
import { spanOf } from "../1-syntax/index.ts";
import type { CheckedProgram } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";

export function analyseState({ gateway, budgets, modules }: CheckedProgram): Diagnostic[] {
  const written = gateway?.node.settings.find(({ key }) => key.text === "state");
  if (!gateway || !written) return [];
  const ofModels = [...budgets.values()].some((some) => some.length > 0);
  const ofRoutes = modules.some(({ meanings }) => [...meanings.values()].some(({ kind }) => kind === "budget"));
  if (ofModels || ofRoutes) return [];
  const at = { span: spanOf(gateway.module.tree, written.id), text: "nothing is counted there" };
  return [diagnose("VGW7019", {}, at, { help: "give a model or a route a `budget`, or take it out" })];
}
