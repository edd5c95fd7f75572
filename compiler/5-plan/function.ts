/** Functions that only calculate and cannot fail: lowered once, called by name. */
import type { CheckedFunction } from "../3-types/checked.ts";
import { bind, type Body, type Context, newSlot, originOf, type Program, readSlot } from "./context.ts";
import { lowerPure } from "./expression.ts";
import { Names } from "./names.ts";
import type { FunctionPlan } from "./plan.ts";

export function functionPlan(program: Program, called: CheckedFunction): FunctionPlan {
  const known = program.called.get(called);
  if (known !== undefined) return known;
  const body: Body = {
    program,
    names: new Names(),
    limits: new Names(),
    bindings: new Map(),
    rests: new Set(),
    faults: null,
  };
  const context: Context = {
    body,
    module: called.module,
    out: { mode: "pure", pending: [] },
    hint: "value",
    prefix: "",
    failure: null,
  };
  const parameters = called.node.parameters.map((parameter, index) => {
    const slot = newSlot(context, parameter.name.text, called.parameters[index] ?? called.result);
    bind(context, parameter.name.id, readSlot(slot));
    return slot;
  });
  const plan: FunctionPlan = {
    name: program.functions.get(called) ?? called.name,
    origin: originOf(context, called.node),
    parameters,
    result: called.result,
    body: lowerPure(context, called.node.body),
  };
  // Functions that it calls have been added before it.
  program.called.set(called, plan);
  return plan;
}
