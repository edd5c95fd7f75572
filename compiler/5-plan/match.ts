/** `match`: the arms in order, the first whose pattern fits. */
import type * as tree from "../1-syntax/tree.ts";
import type { FailureKind } from "../../runtime/failure.ts";
import { optional } from "../3-types/construct.ts";
import { asPresent, binary, isAbsent, NOTHING, not } from "./build.ts";
import { within } from "./binary.ts";
import { type Context, newSlot, originOf, readSlot, toPure, toSteps, typeOf } from "./context.ts";
import { lower, lowerInto } from "./expression.ts";
import { closed, name, push, wrap } from "./failure.ts";
import { identityTest, isCallerMatch } from "./identify.ts";
import { isStepwise } from "./needs.ts";
import type { Expr, Slot, Step } from "./plan.ts";

export function lowerMatch(context: Context, node: tree.Match): Expr {
  const stepwise = node.arms.some((arm) => isStepwise(context.module, arm.value));
  if (context.out.mode === "steps" && stepwise) {
    const slot = newSlot(context, context.hint, typeOf(context, node));
    matchInto(context, node, slot);
    return readSlot(slot);
  }
  const arms = lowerArms(context, node);
  const type = typeOf(context, node);
  let fails: FailureKind | null = null;
  const values = arms.map(({ test, value }) => {
    const pure = toPure(context);
    const lowered = lower(pure, value);
    const kind = pure.out.pending.find((one) => one.kind !== null)?.kind ?? null;
    fails ??= kind;
    const { pending } = pure.out;
    return { test, value: kind === null ? closed(pending, lowered) : wrap(pending, lowered, () => NOTHING) };
  });
  if (values.length === 1) return values[0]!.value;
  const expr: Expr = { expr: "match", type: fails === null ? type : optional(type), arms: values };
  return fails === null ? expr : push(context, expr, fails);
}

/** Where some arm waits or fails: `if` steps, of which one writes the slot. */
export function matchInto(context: Context, node: tree.Match, slot: Slot): void {
  if (context.out.mode !== "steps") throw new Error("slots are written by steps");
  context.out.steps.push(...armSteps(context, node, lowerArms(context, node), slot));
}

function lowerArms(context: Context, node: tree.Match): Arm[] {
  // The checker has shown that the last arm takes all that remains.
  const isLast = (index: number): boolean => index === node.arms.length - 1;
  if (isCallerMatch(context, node)) {
    const callerTest = (pattern: tree.Expression): Expr => identityTest(context, pattern);
    return node.arms.map((arm, index) => ({ test: isLast(index) ? null : armTest(arm, callerTest), value: arm.value }));
  }
  const inner = { ...context, hint: `${context.hint}_subject` };
  const subject = name(inner, node.subject, lower(inner, node.subject));
  const valueTest = (pattern: tree.Expression): Expr => patternTest(context, subject, pattern);
  return node.arms.map((arm, index) => ({ test: isLast(index) ? null : armTest(arm, valueTest), value: arm.value }));
}

function armTest(arm: tree.MatchArm, testOf: (pattern: tree.Expression) => Expr): Expr | null {
  if (arm.patterns === null) return null;
  const tests = arm.patterns.map(testOf);
  return tests.reduce((all, test) => binary("or", all, test));
}

function patternTest(context: Context, subject: Expr, pattern: tree.Expression): Expr {
  if (pattern.kind === "none") return isAbsent(subject);
  const given = asPresent(subject);
  if (pattern.kind !== "range") return binary("==", given, lower(context, pattern));
  const inside = within(context, given, pattern);
  return subject.type.kind === "optional" ? binary("and", not(isAbsent(subject)), inside) : inside;
}

interface Arm {
  readonly test: Expr | null;
  readonly value: tree.Expression;
}

function armSteps(context: Context, node: tree.Match, arms: readonly Arm[], slot: Slot): Step[] {
  const [arm, ...others] = arms;
  if (arm === undefined) return [];
  const then: Step[] = [];
  lowerInto(toSteps(context, then), arm.value, slot);
  if (arm.test === null) return then;
  const otherwise = armSteps(context, node, others, slot);
  return [{ step: "if", origin: originOf(context, node), condition: arm.test, then, otherwise }];
}
