/** The parts of steps and expressions, for passes that look at all of them. */
import type { Content, Expr, Slot, Step } from "../5-plan/plan.ts";

/** The expressions that a step evaluates itself (not those of steps inside it). */
export function stepExpressions(step: Step): readonly Expr[] {
  switch (step.step) {
    case "compute":
      return [step.value];
    case "read":
      return step.default === null ? [] : [step.default];
    case "call":
      return [
        step.path,
        ...step.headers.map((header) => header.value),
        ...step.query.map((part) => part.value),
        ...(step.body === null ? [] : [step.body.value]),
      ];
    case "decode":
      return [step.from];
    case "divide":
      return [step.left, step.right];
    case "convert":
      return step.arguments;
    case "limit": {
      const amounts = [step.rate, step.burst, step.cost];
      return step.key === null ? amounts : [step.key, ...amounts];
    }
    case "concurrency":
      return step.key === null ? [step.most] : [step.key, step.most];
    case "budget":
      return step.key === null ? [] : [step.key];
    case "require":
    case "if":
      return [step.condition];
    case "gather":
      return [step.list];
    case "set":
      return step.value === null ? [] : [step.value];
    case "log":
      return [step.value];
    case "reply":
      return [step.status, ...contentExpressions(step.content)];
    case "deny":
      return step.detail === null ? [step.status] : [step.status, step.detail];
    case "forward":
      return step.body === null ? [] : [step.body.value];
    case "together":
    case "attempt":
    case "identify":
    case "fail":
      return [];
    case "model":
      return [step.prompt?.system ?? null, step.sticky, ...step.keys].filter((part) => part !== null);
  }
}

function contentExpressions(content: Content): readonly Expr[] {
  switch (content.kind) {
    case "json":
    case "text":
    case "bytes":
      return [content.value];
    case "redirect":
      return [content.location];
    case "empty":
    case "file":
      return [];
  }
}

/** The steps directly inside a step, list by list. */
export function innerSteps(step: Step): readonly (readonly Step[])[] {
  switch (step.step) {
    case "if":
      return [step.then, step.otherwise];
    case "attempt":
      return [step.steps, step.otherwise];
    case "together":
      return step.branches;
    case "gather":
      return [step.steps];
    case "forward":
      return [step.answer];
    default:
      return [];
  }
}

/** The slot that a step writes. */
export function stepSlot(step: Step): Slot | null {
  switch (step.step) {
    case "compute":
    case "read":
    case "call":
    case "decode":
    case "divide":
    case "convert":
    case "identify":
    case "gather":
      return step.slot;
    default:
      return null;
  }
}

export function childExpressions(expr: Expr): readonly Expr[] {
  switch (expr.expr) {
    case "list":
      return expr.items;
    case "record":
      return expr.entries.map((entry) => entry.value);
    case "field":
    case "json-member":
    case "encode":
    case "unary":
    case "is-absent":
      return [expr.of];
    case "index":
      return [expr.of, expr.index];
    case "template":
      return expr.holes;
    case "binary":
      return [expr.left, expr.right];
    case "within":
      return [expr.of, expr.from, expr.to].filter((part) => part !== null);
    case "conditional":
      return [expr.condition, expr.then, expr.otherwise];
    case "or-else":
      return [expr.of, expr.otherwise];
    case "match":
      return expr.arms.flatMap((arm) => (arm.test === null ? [arm.value] : [arm.test, arm.value]));
    case "builtin":
    case "call":
      return expr.arguments;
    case "attempt":
      return [...expr.arguments, expr.otherwise];
    case "let":
      return [expr.value, expr.body];
    case "lambda":
      return [expr.body];
    case "request-value":
    case "response-header":
      return [expr.name];
    default:
      return [];
  }
}

/** Whether running the steps waits for something: then the function around them is async. */
export function waits(steps: readonly Step[]): boolean {
  return steps.some((step) => {
    if (step.step === "call" || step.step === "together" || step.step === "forward" || step.step === "gather")
      return true;
    if (step.step === "model") return true;
    if (step.step === "identify" || (step.step === "read" && step.source === "body")) return true;
    if (step.step === "concurrency" && (step.queue > 0 || step.shared !== null)) return true;
    if (step.step === "limit" && step.shared !== null) return true;
    return innerSteps(step).some(waits);
  });
}

/** Whether every way through the steps ends the request. */
export function alwaysEnds(steps: readonly Step[]): boolean {
  return steps.some((step) => {
    switch (step.step) {
      case "reply":
      case "deny":
      case "forward":
      case "model":
        return true;
      case "if":
        return alwaysEnds(step.then) && alwaysEnds(step.otherwise);
      case "attempt":
        return alwaysEnds(step.otherwise) && alwaysEnds(step.steps);
      case "together":
        return step.branches.some(alwaysEnds);
      default:
        return false;
    }
  });
}

/** Whether any of the steps may end the request. */
export function mayEnd(steps: readonly Step[]): boolean {
  return steps.some((step) => {
    if (step.step === "reply" || step.step === "deny" || step.step === "forward" || step.step === "model") return true;
    return innerSteps(step).some(mayEnd);
  });
}

/** Whether the expression or one inside it fits. */
export function someIn(expr: Expr, fits: (expr: Expr) => boolean): boolean {
  return fits(expr) || childExpressions(expr).some((child) => someIn(child, fits));
}

/** Whether an expression of the steps (at any depth) fits. */
export function someExpression(steps: readonly Step[], fits: (expr: Expr) => boolean): boolean {
  const inExpression = (expr: Expr): boolean => someIn(expr, fits);
  return steps.some((step) => {
    if (stepExpressions(step).some(inExpression)) return true;
    if (step.step === "gather" && inExpression(step.result)) return true;
    return innerSteps(step).some((list) => someExpression(list, fits));
  });
}

/** How many places among the steps can fail with nothing inside catching it. */
export function failingPlaces(steps: readonly Step[]): number {
  let count = 0;
  for (const step of steps) {
    switch (step.step) {
      case "read":
      case "call":
      case "decode":
      case "divide":
      case "convert":
      case "fail":
      case "identify":
      case "require":
      case "limit":
      case "concurrency":
      case "gather":
      case "forward":
      case "model":
        count++;
        break;
      case "if":
        count += failingPlaces(step.then) + failingPlaces(step.otherwise);
        break;
      case "attempt":
        count += failingPlaces(step.otherwise);
        break;
      case "together":
        for (const branch of step.branches) count += failingPlaces(branch);
        break;
    }
  }
  return count;
}
