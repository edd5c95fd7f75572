/** `read`: the door for input. */
import type * as tree from "../1-syntax/tree.ts";
import { bind, type Context, newSlot, originOf, readSlot, toSteps, typeOf } from "./context.ts";
import { lowerOtherwise } from "./else.ts";
import { lower } from "./expression.ts";
import type { Step } from "./plan.ts";

export function lowerRead(context: Context, node: tree.ReadStep): void {
  if (context.out.mode !== "steps") return;
  const name = context.prefix === "" ? node.name.text : `${context.prefix}_${node.name.text}`;
  const slot = newSlot(context, name, typeOf(context, node.name));
  const step: Step = {
    step: "read",
    origin: originOf(context, node),
    source: node.source,
    wireName: wireName(node),
    codec: node.codec,
    slot,
    default: node.default === null ? null : lower(context, node.default),
  };
  if (node.otherwise === null) context.out.steps.push(step);
  else {
    const otherwise: Step[] = [];
    lowerOtherwise(toSteps(context, otherwise), node.otherwise, slot);
    context.out.steps.push({ step: "attempt", origin: step.origin, steps: [step], otherwise });
  }
  bind(context, node.name.id, readSlot(slot));
}

/** Names of header fields have no case; an underscore of the program stands for their hyphen. */
function wireName(node: tree.ReadStep): string {
  if (node.source === "body") return "";
  const name = node.from?.value ?? node.name.text;
  if (node.source !== "header") return name;
  return (node.from === null ? name.replaceAll("_", "-") : name).toLowerCase();
}
