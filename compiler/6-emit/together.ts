/** Calls that start together: all are started in order, then awaited in written order. */
import type { CallStep, Step, TogetherStep } from "../5-plan/plan.ts";
import type { Body } from "./body.ts";
import { callText } from "./call.ts";
import { emitSteps } from "./step.ts";
import { failingPlaces, mayEnd } from "./walk.ts";

export function emitTogether(body: Body, step: TogetherStep): boolean {
  const { writer, scope, emission } = body;
  const started = new Map(body.started);
  /** The signal of each branch's call, where an earlier branch may end the request. */
  const signals: (string | null)[] = [];
  let endsBefore = false;
  for (const branch of step.branches) {
    const call = firstCall(branch);
    if (call !== null) {
      const promise = scope.names.take(`${baseName(call)}Call`);
      const signal = endsBefore ? scope.names.take(`${baseName(call)}Signal`) : null;
      signals.push(signal);
      if (signal !== null) writer.line(`const ${signal} = new ${emission.use("Signal")}();`);
      writer.line(`const ${promise} = ${callText(body, call, signal)};`);
      started.set(call, promise);
    } else {
      signals.push(null);
    }
    // Waiting for an answer may find the client gone, which ends the request as well.
    endsBefore ||= call !== null || mayEnd(branch) || failingPlaces(branch) > 0;
  }
  for (const [index, branch] of step.branches.entries()) {
    const pending = [...body.pending, ...signals.slice(index + 1).filter((signal) => signal !== null)];
    if (!emitSteps({ ...body, pending, started }, branch)) return false;
  }
  return true;
}

/** The lowering names a call's own result after what is decoded from it. */
function baseName(call: CallStep): string {
  return call.slot.name.replace(/(?:Answer|_answer)$/, "");
}

/** The call that a branch starts with, perhaps inside attempts. */
function firstCall(steps: readonly Step[]): CallStep | null {
  const [first] = steps;
  if (first?.step === "call") return first;
  return first?.step === "attempt" ? firstCall(first.steps) : null;
}
