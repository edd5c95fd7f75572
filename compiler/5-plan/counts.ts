/** Whether calls to models are counted and written down: where budgets say how much they may cost, or answers what they did. */
import type { Plan } from "./plan.ts";
import { someStep } from "./walk.ts";

export function countsCalls({ models, pools, budgets }: Pick<Plan, "models" | "pools" | "budgets">): boolean {
  if (budgets.length > 0) return true;
  return [...models.map(({ configuration }) => configuration), ...pools].some(
    (one) => one.budgets !== undefined || one.costHeaders === true,
  );
}

/** Whether there is a limit that gateways count together. */
export function sharesLimits({ routes }: Pick<Plan, "routes">): boolean {
  return routes.some(({ steps }) => {
    return someStep(steps, (step) => (step.step === "limit" || step.step === "concurrency") && step.shared !== null);
  });
}
