/** What steps and expressions contain, for those who look for something in them. */
import type { Expr, Step } from "./plan.ts";

/** The expressions that a step itself has, not those of steps inside it. */
export function exprsOf(step: Step): Expr[] {
  const found: Expr[] = [];
  collect(step, found);
  return found;
}

function collect(value: unknown, found: Expr[]): void {
  if (typeof value !== "object" || value === null) return;
  if (isExpr(value)) {
    found.push(value);
    return;
  }
  for (const [key, part] of Object.entries(value)) {
    if (key === "origin" || key === "type" || key === "slot") continue;
    if (Array.isArray(part)) for (const item of part) isStep(item) ? undefined : collect(item, found);
    else collect(part, found);
  }
}

function isExpr(value: object): value is Expr {
  return "expr" in value;
}
function isStep(value: unknown): value is Step {
  return typeof value === "object" && value !== null && "step" in value;
}

/** Every expression inside, itself first. */
export function visitExpr(expr: Expr, visit: (inner: Expr) => void): void {
  visit(expr);
  for (const [key, part] of Object.entries(expr)) {
    if (key !== "type") for (const inner of nested(part)) visitExpr(inner, visit);
  }
}

function nested(value: unknown): Expr[] {
  const found: Expr[] = [];
  collect({ value }, found);
  return found;
}

export function slotsRead(expr: Expr, into: Set<string>): void {
  visitExpr(expr, (inner) => {
    if (inner.expr === "slot") into.add(inner.name);
  });
}

/** Every slot that some step, at any depth, writes. */
export function slotsWritten(steps: readonly Step[], into: Set<string>): void {
  for (const step of steps) {
    if ("slot" in step) into.add(step.slot.name);
    for (const part of Object.values(step)) {
      if (!Array.isArray(part)) continue;
      const inner: unknown[] = part.flat();
      slotsWritten(inner.filter(isStep), into);
    }
  }
}

/** Whether a step, at any depth, fits. */
export function someStep(steps: readonly Step[], fits: (step: Step) => boolean): boolean {
  return steps.some((step) => {
    if (fits(step)) return true;
    return Object.values(step).some((part) => {
      if (!Array.isArray(part)) return false;
      const inner: unknown[] = part.flat();
      return someStep(inner.filter(isStep), fits);
    });
  });
}
