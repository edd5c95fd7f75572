/**
 * Whether a route's function has to be async: where it waits for something itself. A `forward` that ends the request is not waited
 * for, nor is an `identify` that a route is split at (`continuation.ts`).
 */
import type { IdentifyStep, Step } from "../5-plan/plan.ts";
import { replaysBody } from "./replay.ts";
import { attemptShape } from "./shape.ts";
import { innerSteps, waits } from "./walk.ts";

export function mustBeAsync(steps: readonly Step[]): boolean {
  const split = splitAt(steps);
  return replaysBody(steps) || steps.some((step, index) => index !== split && isAwaited(step, false));
}

/**
 * The index of the `identify` that the whole route passes through; -1: there is none. What its `else` does must not be waited for
 * either.
 */
export function splitAt(steps: readonly Step[]): number {
  return steps.findIndex((step) => {
    if (step.step !== "attempt") return step.step === "identify";
    return identifyOf(step) !== null && !step.otherwise.some((inner) => isAwaited(inner, false));
  });
}

/** The `identify` that a step is, with or without `else`. */
export function identifyOf(step: Step): IdentifyStep | null {
  if (step.step === "identify") return step;
  if (step.step !== "attempt" || step.steps.length !== 1 || attemptShape(step) !== "early") return null;
  const [only] = step.steps;
  return only?.step === "identify" ? only : null;
}

/** `tried`: within an attempt, whose result decides what comes next. */
function isAwaited(step: Step, tried: boolean): boolean {
  switch (step.step) {
    case "forward":
    case "model":
      return tried;
    case "attempt":
      return (
        step.steps.some((inner) => isAwaited(inner, true)) || step.otherwise.some((inner) => isAwaited(inner, tried))
      );
    case "if":
      return innerSteps(step).some((inner) => inner.some((one) => isAwaited(one, tried)));
    default:
      return waits([step]);
  }
}
