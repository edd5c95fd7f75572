/** How an attempt is written: as plainly as its failures allow. */
import type { AttemptStep, CallStep, DecodeStep, Expr, Step } from "../5-plan/plan.ts";
import { alwaysEnds, failingPlaces, someExpression } from "./walk.ts";

/**
 * - "value": the last step may fail and `otherwise` only computes a spare value for its slot: `x instanceof Failure ? spare : x`.
 * - "early": one place can fail, and `otherwise` ends the request: `if (x instanceof Failure) return …`.
 * - "blocks": anything else: labelled blocks that a failure leaves with `break`.
 */
export type AttemptShape = "value" | "early" | "blocks";

const SHAPES = new WeakMap<AttemptStep, AttemptShape>();

export function attemptShape(step: AttemptStep): AttemptShape {
  let shape = SHAPES.get(step);
  if (shape === undefined) {
    shape = decide(step);
    SHAPES.set(step, shape);
  }
  return shape;
}

function decide(step: AttemptStep): AttemptShape {
  if (failingUnits(step.steps) !== 1) return "blocks";
  const last = step.steps.at(-1);
  const spare = step.otherwise[0];
  if (
    step.otherwise.length === 1 &&
    spare?.step === "compute" &&
    last !== undefined &&
    (last.step === "decode" ||
      last.step === "divide" ||
      last.step === "convert" ||
      last.step === "call" ||
      last.step === "gather" ||
      last.step === "read") &&
    last.slot.name === spare.slot.name &&
    !someExpression([spare], (expr) => expr.expr === "failure")
  ) {
    return "value";
  }
  return alwaysEnds(step.otherwise) ? "early" : "blocks";
}

/** A call whose answer only the decode right after it reads counts as one: the decode passes the call's failure on. */
function failingUnits(steps: readonly Step[]): number {
  let units = failingPlaces(steps);
  for (const [index, step] of steps.entries()) if (isFused(step, steps[index + 1])) units--;
  return units;
}

/** Whether `next` decodes the answer that `step` gives. */
export function isFused(step: Step, next: Step | undefined): next is DecodeStep {
  return step.step === "call" && next?.step === "decode" && next.source === "answer" && readsSlot(next.from, step);
}

function readsSlot(from: Expr, call: CallStep): boolean {
  return from.expr === "slot" && from.name === call.slot.name;
}
