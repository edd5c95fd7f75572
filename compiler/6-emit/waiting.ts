/** Whether a route's function has to be async: only where it waits itself; handing on a promise is not waiting. */
import type { Step } from "../5-plan/plan.ts";
import { replaysBody } from "./replay.ts";
import { innerSteps, waits } from "./walk.ts";

export interface Waiting {
  readonly async: boolean;
  /** How often a function that is not async returns a promise: that of a `forward`. */
  readonly promise: "always" | "sometimes" | "never";
}

export function mustBeAsync(steps: readonly Step[]): Waiting {
  const forwards = countForwards(steps, false);
  if (forwards === null || (forwards > 0 && replaysBody(steps))) return { async: true, promise: "always" };
  if (forwards === 0) return { async: false, promise: "never" };
  // A rewritten path may turn out malformed, which is answered at once.
  const rewrites = steps.some(
    (step) => step.step === "set" && (step.place === "request.path" || step.place === "request.query"),
  );
  const only =
    !rewrites &&
    steps.every(
      (step) => step.step === "forward" || step.step === "set" || step.step === "compute" || step.step === "log",
    );
  return { async: false, promise: only ? "always" : "sometimes" };
}

/** Forwards that end the request with the standard problem; null where anything is awaited. */
function countForwards(steps: readonly Step[], inAttempt: boolean): number | null {
  let count = 0;
  for (const step of steps) {
    if (step.step === "forward") {
      if (inAttempt) return null;
      count++;
      continue;
    }
    if (step.step === "attempt") {
      const tried = countForwards(step.steps, true);
      const otherwise = countForwards(step.otherwise, inAttempt);
      if (tried === null || otherwise === null) return null;
      count += tried + otherwise;
      continue;
    }
    if (step.step === "if") {
      for (const inner of innerSteps(step)) {
        const within = countForwards(inner, inAttempt);
        if (within === null) return null;
        count += within;
      }
      continue;
    }
    if (waits([step])) return null;
  }
  return count;
}
