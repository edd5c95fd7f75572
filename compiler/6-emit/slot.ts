/** Slots as variables: a `const` where it is written, or a `let` in front of the blocks that write it. */
import type { Expr, Slot, Step } from "../5-plan/plan.ts";
import type { Body } from "./body.ts";
import { typeText } from "./type.ts";

export function declareHoisted(body: Body, step: Step): void {
  for (const slot of body.usage.hoistedBefore(step)) {
    const name = body.scope.bind(slot);
    body.writer.line(`let ${name}: ${typeText(body.emission, slot.type)};`);
  }
}

/** `slot = text`; `value` is the expression that the text was made from, where there is one. */
export function assign(body: Body, slot: Slot, text: string, value: Expr | null = null): void {
  if (body.usage.isHoisted(slot.name)) {
    body.writer.line(`${body.scope.binding(slot.name).text} = ${text};`);
    return;
  }
  const name = body.scope.bind(slot);
  body.writer.line(`const ${name}${annotation(body, slot, value)} = ${text};`);
}

/** The type is written where TypeScript would otherwise take the value for something narrower. */
function annotation(body: Body, slot: Slot, value: Expr | null): string {
  if (value === null) return "";
  switch (value.expr) {
    case "template":
    case "encode":
    case "call":
    case "request":
    case "request-value":
      return "";
    default:
      return `: ${typeText(body.emission, slot.type)}`;
  }
}
