/** Constants: the program's top-level `let`s, worked out once, each after those that it needs. */
import type { CheckedConstant } from "../3-types/checked.ts";
import { type Body, type Context, originOf, type Program } from "./context.ts";
import { lowerPure } from "./expression.ts";
import { Names } from "./names.ts";
import type { ConstantPlan } from "./plan.ts";
import { visitExpr } from "./walk.ts";

export function lowerConstants(program: Program): ConstantPlan[] {
  const plans = program.checked.constants.map((constant) => lowerConstant(program, constant));
  const byName = new Map(plans.map((plan) => [plan.name, plan]));
  const ordered = new Set<ConstantPlan>();
  const add = (plan: ConstantPlan): void => {
    if (ordered.has(plan)) return;
    visitExpr(plan.value, (expr) => {
      const needed = expr.expr === "global" ? byName.get(expr.name) : undefined;
      if (needed !== undefined && needed !== plan) add(needed);
    });
    ordered.add(plan);
  };
  for (const plan of plans) add(plan);
  return [...ordered];
}

function lowerConstant(program: Program, constant: CheckedConstant): ConstantPlan {
  const body: Body = {
    program,
    names: new Names(),
    limits: new Names(),
    bindings: new Map(),
    rests: new Set(),
    faults: null,
  };
  const out = { mode: "pure", pending: [] } as const;
  const context: Context = {
    body,
    module: constant.module,
    out: { ...out, pending: [] },
    hint: constant.name,
    prefix: "",
    failure: null,
  };
  return {
    name: program.constants.get(constant) ?? constant.name,
    origin: originOf(context, constant.node),
    type: constant.type,
    value: lowerPure(context, constant.node.value),
  };
}
