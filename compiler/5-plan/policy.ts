/** Policies, written out where they are used: parameters bound, then their steps. */
import type * as tree from "../1-syntax/tree.ts";
import { NOTHING } from "./build.ts";
import { bind, type Context, meaningOf, newSlot, originOf, readSlot } from "./context.ts";
import { lower } from "./expression.ts";
import { lowerSteps } from "./step.ts";

export function lowerPolicy(context: Context, use: tree.PolicyUse): void {
  if (context.out.mode !== "steps") return;
  const meaning = meaningOf(context, use);
  if (meaning?.kind !== "policy") throw new Error("`with` names policies");
  const { policy } = meaning;
  const inner: Context = { ...context, module: policy.module, prefix: policy.name, hint: policy.name };
  for (const [index, parameter] of policy.node.parameters.entries()) {
    const named = use.arguments.find((argument) => argument.name?.text === parameter.name.text);
    const given = named ?? use.arguments.filter((argument) => argument.name === null)[index];
    const value = given === undefined ? NOTHING : lower(context, given.value);
    if (value.expr === "constant") {
      bind(inner, parameter.name.id, value);
      continue;
    }
    const type = policy.parameters[index] ?? value.type;
    const slot = newSlot(context, `${policy.name}_${parameter.name.text}`, type);
    context.out.steps.push({ step: "compute", origin: originOf(context, use), slot, value });
    bind(inner, parameter.name.id, readSlot(slot));
  }
  context.out.steps.push(...lowerSteps(inner, policy.node.steps));
}
