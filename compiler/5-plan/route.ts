/** Routes: the head as what is matched, then policies and steps in one run. */
import type * as tree from "../1-syntax/tree.ts";
import type { CheckedRoute } from "../3-types/checked.ts";
import { deepLabels, judged } from "../3-types/labels.ts";
import { type Body, bind, type Context, newSlot, originOf, type Program, readSlot, typeOf } from "./context.ts";
import { lowerPure } from "./expression.ts";
import { Names } from "./names.ts";
import { lowerPattern } from "./pattern.ts";
import type { RoutePlan, Step } from "./plan.ts";
import { lowerPolicy } from "./policy.ts";
import { lowerSteps } from "./step.ts";

const DEFAULT_BODY = 1_000_000;

export function lowerRoute(program: Program, route: CheckedRoute, gatewayBody: number): RoutePlan {
  const body: Body = {
    program,
    names: new Names(),
    limits: new Names(),
    bindings: new Map(),
    rests: new Set(),
    faults: null,
  };
  const steps: Step[] = [];
  const context: Context = {
    body,
    module: route.module,
    out: { mode: "steps", steps },
    hint: "value",
    prefix: "",
    failure: null,
  };
  const { node, settings } = route;
  const pattern = lowerPattern(node.pattern, (parameter) => {
    const slot = newSlot(context, parameter.name.text, typeOf(context, parameter.name));
    bind(context, parameter.name.id, readSlot(slot));
    if (parameter.rest) body.rests.add(slot.name);
    return slot;
  });
  const guard = node.guard === null ? null : lowerPure(context, node.guard);
  for (const use of node.policies) lowerPolicy(context, use);
  steps.push(...lowerSteps(context, node.steps));
  return {
    name: route.name,
    origin: originOf(context, node),
    methods: methodsOf(node),
    host: hostOf(node.host),
    ...pattern,
    guard,
    deadline: numberOf(settings.deadline),
    bodyLimit: numberOf(settings.body) ?? gatewayBody,
    access: node.open ? ["open"] : node.policies.map((use) => use.name.text),
    shownPath: shownPath(context, node.pattern),
    faults: body.faults,
    steps,
  };
}

/** A path with something labelled in it is no text for logs and traces. */
function shownPath({ module }: Context, pattern: tree.Route["pattern"]): string | null {
  if (pattern.kind === "broken") return null;
  const isLabelled = pattern.parts.some((part) => {
    const type = part.kind === "path-parameter" ? module.types.get(part.id) : undefined;
    return type !== undefined && judged(deepLabels(type)).length > 0;
  });
  if (!isLabelled) return null;
  return pattern.parts.map((part) => (part.kind === "path-literal" ? part.text : `{${part.name.text}}`)).join("");
}

function methodsOf(node: tree.Route): string[] | null {
  const methods = node.methods.map((method) => method.text);
  return methods.includes("any") ? null : [...new Set(methods)].sort();
}

function hostOf(node: tree.Expression | null): RoutePlan["host"] {
  if (node?.kind !== "string") return null;
  const value = node.value.toLowerCase();
  return value.startsWith("*.") ? { kind: "suffix", value: value.slice(2) } : { kind: "exact", value };
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** The gateway's own limit, where a route has none. */
export function bodyLimitOf(settings: { readonly [key: string]: unknown }): number {
  const { limits } = settings;
  if (typeof limits !== "object" || limits === null || !("body" in limits)) return DEFAULT_BODY;
  return numberOf(limits.body) ?? DEFAULT_BODY;
}
