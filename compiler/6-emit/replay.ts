/** Whether a route needs the request's body more than once: a transport delivers it once, so that it has to be kept then. */
import type { Step } from "../5-plan/plan.ts";
import { innerSteps } from "./walk.ts";

/** Some step reads the body, or a `forward` may follow another one; then what `forward` sends is read whole before. */
export function replaysBody(steps: readonly Step[]): boolean {
  return anyStep(steps, (step) => {
    if (step.step === "read") return step.source === "body";
    return step.step === "attempt" && forwards(step.steps) && forwards(step.otherwise);
  });
}

/** Whether the client's own body may be sent. */
function forwards(steps: readonly Step[]): boolean {
  return anyStep(steps, (step) => step.step === "model" || (step.step === "forward" && step.body === null));
}

function anyStep(steps: readonly Step[], fits: (step: Step) => boolean): boolean {
  return steps.some((step) => fits(step) || innerSteps(step).some((inner) => anyStep(inner, fits)));
}
