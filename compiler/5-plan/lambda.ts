/** Lambdas: always pure. */
import type * as tree from "../1-syntax/tree.ts";
import { bind, type Context, newSlot, readSlot, typeOf } from "./context.ts";
import { lowerPure } from "./expression.ts";
import type { Expr, Slot } from "./plan.ts";

export function lowerLambda(context: Context, node: tree.Lambda): Expr {
  const parameters = bindParameters(context, node);
  return { expr: "lambda", type: typeOf(context, node), parameters, body: lowerPure(context, node.body) };
}

export function bindParameters(context: Context, node: tree.Lambda): Slot[] {
  return node.parameters.map((parameter) => {
    const slot = newSlot(context, parameter.name.text, typeOf(context, parameter.name));
    bind(context, parameter.name.id, readSlot(slot));
    return slot;
  });
}
