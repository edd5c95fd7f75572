/** Services, the gateway and what they read from the environment. */
import type { CheckedService, StaticValue } from "../3-types/checked.ts";
import { type Body, needVariable, type Program } from "./context.ts";
import { lowerPure } from "./expression.ts";
import { Names } from "./names.ts";
import type { Expr, ServicePlan } from "./plan.ts";

export function lowerService(program: Program, service: CheckedService): ServicePlan {
  noteVariables(program, service.settings);
  const file = program.modules.get(service.module) ?? 0;
  const name = program.services.get(service) ?? service.name;
  return { name, origin: { file, node: service.node.id }, settings: service.settings, key: lowerKey(program, service) };
}

function lowerKey(program: Program, service: CheckedService): Expr | null {
  if (service.key === null) return null;
  const body: Body = {
    program,
    names: new Names(),
    limits: new Names(),
    bindings: new Map(),
    rests: new Set(),
    faults: null,
  };
  const out = { mode: "pure" as const, pending: [] };
  return lowerPure({ body, module: service.module, out, hint: "key", prefix: "", failure: null }, service.key);
}

/** Every variable that a setting reads, at any depth. */
export function noteVariables(program: Program, value: StaticValue | undefined): void {
  if (typeof value !== "object" || value === null) return;
  if (isList(value)) {
    for (const item of value) noteVariables(program, item);
    return;
  }
  if (isVariable(value)) {
    needVariable(program.environment, value);
    return;
  }
  for (const item of Object.values(value)) noteVariables(program, item);
}

function isList(value: StaticValue): value is readonly StaticValue[] {
  return Array.isArray(value);
}
function isVariable(value: object): value is Extract<StaticValue, { kind: "env" }> {
  return "kind" in value && value.kind === "env" && "variable" in value;
}
