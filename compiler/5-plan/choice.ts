/** One of two values, of which only the chosen one may be worked out: plain where both are pure, `if` steps where not. */
import type * as tree from "../1-syntax/tree.ts";
import { optional } from "../3-types/construct.ts";
import type { Type } from "../3-types/type.ts";
import type { FailureKind } from "../../runtime/failure.ts";
import { conditional, NOTHING } from "./build.ts";
import { type Context, newSlot, originOf, readSlot, toPure, toSteps } from "./context.ts";
import { lower, lowerInto } from "./expression.ts";
import { closed, push, wrap } from "./failure.ts";
import { isStepwise } from "./needs.ts";
import type { Expr, Slot, Step } from "./plan.ts";

/** A side is a node to lower, or an expression that is ready. */
type Side = tree.Expression | Expr;

function isReady(side: Side): side is Expr {
  return "expr" in side;
}

/** `plain` may write the pure case in a shorter form, given the one side that is a node. */
export function choice(
  context: Context,
  node: { readonly id: tree.NodeId },
  type: Type,
  condition: Expr,
  then: Side,
  otherwise: Side,
  plain: ((side: Expr) => Expr) | null = null,
): Expr {
  const stepwise = [then, otherwise].some((side) => !isReady(side) && isStepwise(context.module, side));
  if (context.out.mode === "steps" && stepwise) {
    const slot = newSlot(context, context.hint, type);
    const branch = (side: Side): Step[] => {
      const steps: Step[] = [];
      write(toSteps(context, steps), node, side, slot);
      return steps;
    };
    const step = { step: "if", origin: originOf(context, node), condition } as const;
    context.out.steps.push({ ...step, then: branch(then), otherwise: branch(otherwise) });
    return readSlot(slot);
  }
  const sides = [then, otherwise].map((side) => pureSide(context, side));
  const kind = sides[0]?.fails ?? sides[1]?.fails ?? null;
  const [first, second] = [sides[0]!.value, sides[1]!.value];
  if (kind !== null) return push(context, conditional(optional(type), condition, first, second), kind);
  if (plain !== null) return plain(isReady(then) ? second : first);
  return conditional(type, condition, first, second);
}

function write(context: Context, node: { readonly id: tree.NodeId }, side: Side, slot: Slot): void {
  if (!isReady(side)) lowerInto(context, side, slot);
  else if (context.out.mode === "steps") {
    context.out.steps.push({ step: "compute", origin: originOf(context, node), slot, value: side });
  }
}

/** A side of a pure choice; where it can fail its value is absent then. */
function pureSide(context: Context, side: Side): { readonly value: Expr; readonly fails: FailureKind | null } {
  if (isReady(side)) return { value: side, fails: null };
  const pure = toPure(context);
  const value = lower(pure, side);
  const fails = pure.out.pending.find((one) => one.kind !== null)?.kind ?? null;
  return {
    value: fails === null ? closed(pure.out.pending, value) : wrap(pure.out.pending, value, () => NOTHING),
    fails,
  };
}
