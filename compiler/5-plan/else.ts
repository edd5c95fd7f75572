/** Postfix `else`: what takes the place of a value that fails or is absent. */
import type * as tree from "../1-syntax/tree.ts";
import { optional, present } from "../3-types/construct.ts";
import type { Type } from "../3-types/type.ts";
import type { FailureKind } from "../../runtime/failure.ts";
import { isAbsent, NOTHING } from "./build.ts";
import { type Context, newSlot, originOf, readSlot, toPure, toSteps, typeOf } from "./context.ts";
import { lower, lowerInto } from "./expression.ts";
import { closed, name, orElse, push, wrap } from "./failure.ts";
import { isStepwise, needsSteps } from "./needs.ts";
import type { Expr, Slot, Step } from "./plan.ts";
import { lowerOtherwiseStep } from "./step.ts";

export function lowerElse(context: Context, node: tree.Else): Expr {
  if (context.out.mode === "steps" && isStepwise(context.module, node)) {
    const slot = newSlot(context, context.hint, typeOf(context, node));
    context.out.steps.push(attemptInto(context, node, slot));
    return readSlot(slot);
  }
  return pureElse(context, node);
}

/** Tries the value, writes it or the other one to the slot. */
export function attemptInto(context: Context, node: tree.Else, slot: Slot | null): Step {
  const steps: Step[] = [];
  const inner = { ...toSteps(context, steps), hint: slot?.name ?? context.hint };
  if (slot === null) lower(inner, node.value);
  else writePresent(inner, node.value, slot);
  const otherwise: Step[] = [];
  lowerOtherwise(toSteps(context, otherwise), node.otherwise, slot);
  return { step: "attempt", origin: originOf(context, node), steps, otherwise };
}

/** Absence counts as a failure here. */
function writePresent(context: Context, node: tree.Expression, slot: Slot): void {
  const type = typeOf(context, node);
  if (type.kind !== "optional" || context.module.unwraps.has(node.id)) {
    lowerInto(context, node, slot);
    return;
  }
  if (context.out.mode !== "steps") return;
  const value = name(
    { ...context, hint: `${slot.name}_given` },
    node,
    lower({ ...context, hint: `${slot.name}_given` }, node),
  );
  const origin = originOf(context, node);
  const fail = { step: "fail", origin, kind: "absent" } as const;
  context.out.steps.push({ step: "if", origin, condition: isAbsent(value), then: [fail], otherwise: [] });
  context.out.steps.push({ step: "compute", origin, slot, value: { ...value, type: present(value.type) } });
}

export function lowerOtherwise(context: Context, otherwise: tree.Otherwise, slot: Slot | null): void {
  if (otherwise.kind === "otherwise-step") lowerOtherwiseStep(context, otherwise);
  if (otherwise.kind !== "otherwise-value" || slot === null) return;
  lowerInto(context, otherwise.value, slot);
}

function pureElse(context: Context, node: tree.Else): Expr {
  if (needsSteps(context.module, node)) throw new Error("an `else` with steps stands in a pure expression");
  const type = typeOf(context, node);
  const pure = toPure(context);
  const value = lower(pure, node.value);
  const { pending } = pure.out;
  const others = new Map<FailureKind, Spare>();
  const spare = (kind: FailureKind): Spare => {
    let other = others.get(kind);
    if (other === undefined) {
      other = spareValue({ ...context, failure: kind }, node.otherwise, type);
      others.set(kind, other);
    }
    return other;
  };
  const body =
    value.type.kind === "optional" && typeOf(context, node.value).kind === "optional"
      ? orElse(value, spare("absent").value, type)
      : value;
  const result = wrap(pending, body, (kind) => spare(kind).value);
  const fails = [...others.values()].find((other) => other.fails !== null)?.fails ?? null;
  return fails === null ? result : push(context, { ...result, type: optional(type) }, fails);
}

interface Spare {
  readonly value: Expr;
  readonly fails: FailureKind | null;
}

function spareValue(context: Context, otherwise: tree.Otherwise, type: Type): Spare {
  if (otherwise.kind !== "otherwise-value") return { value: { ...NOTHING, type: optional(type) }, fails: null };
  const pure = toPure(context);
  const value = lower(pure, otherwise.value);
  const { pending } = pure.out;
  const fails = pending.find((one) => one.kind !== null)?.kind ?? null;
  return { value: fails === null ? closed(pending, value) : wrap(pending, value, () => NOTHING), fails };
}
