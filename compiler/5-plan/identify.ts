/** `identify`: the caller goes to a slot, which `caller` reads from there on. */
import type * as tree from "../1-syntax/tree.ts";
import { bindingOfCaller, type Context, meaningOf, newSlot, originOf, readSlot, toSteps } from "./context.ts";
import { lowerOtherwise } from "./else.ts";
import type { Step } from "./plan.ts";

export function lowerIdentify(context: Context, node: tree.IdentifyStep): void {
  if (context.out.mode !== "steps") return;
  const meaning = meaningOf(context, node.identity);
  if (meaning?.kind !== "identity") throw new Error("`identify` names an identity");
  const { body, out } = context;
  const origin = originOf(context, node);
  const name = body.program.identities.get(meaning.identity) ?? meaning.identity.name;
  const slot = newSlot(context, "caller", meaning.identity.caller);
  const identify = { step: "identify", origin, identity: name, slot } as const;
  if (node.otherwise === null) out.steps.push(identify);
  else {
    const otherwise: Step[] = [];
    lowerOtherwise(toSteps(context, otherwise), node.otherwise, null);
    out.steps.push({ step: "attempt", origin, steps: [identify], otherwise });
  }
  body.bindings.set(bindingOfCaller, readSlot(slot));
}
