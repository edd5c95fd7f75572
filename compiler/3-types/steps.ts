/** A block of steps from top to bottom: which of them run, and whether the request is over after the last. */
import type * as tree from "../1-syntax/tree.ts";
import { type Body, report } from "./context.ts";
import { checkStep } from "./step.ts";

/** True: every way through the block ends the request. */
export function checkSteps(body: Body, steps: readonly tree.Step[]): boolean {
  let ended: tree.Step | null = null;
  // What could not be read may end the request, or not: neither is held against the steps around it.
  let undecided = false;
  let told = false;
  for (const step of steps) {
    if (step.kind === "broken" || step.kind === "reserved-step") {
      undecided = true;
      body.hasBroken = true;
      continue;
    }
    if (ended && !told) {
      report(body, step, "VGW6102", {}, "the request is over before it", {
        related: [{ node: ended, text: "this always ends it" }],
        tags: ["unused"],
      });
      told = true;
    }
    if (checkStep(body, step)) ended ??= step;
  }
  return ended !== null || undecided;
}
