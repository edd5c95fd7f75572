/** Steps, in the order in which they are written; neighbouring calls that may start together are put together. */
import type * as tree from "../1-syntax/tree.ts";
import { bind, type Context, newSlot, originOf, readSlot, toSteps, typeOf } from "./context.ts";
import { lowerBudget } from "./budget.ts";
import { attemptInto, lowerOtherwise } from "./else.ts";
import { lower, lowerInto } from "./expression.ts";
import { lowerConcurrency } from "./concurrency.ts";
import { lowerForward } from "./forward.ts";
import { lowerIdentify } from "./identify.ts";
import { lowerLimit } from "./limit.ts";
import { lowerListModels } from "./list-models.ts";
import { needsSteps } from "./needs.ts";
import type { Step } from "./plan.ts";
import { lowerRead } from "./read.ts";
import { lowerDeny, lowerReply } from "./reply.ts";
import { lowerRemove, lowerSet } from "./set.ts";
import { lowerTarget } from "./target.ts";
import { Together } from "./together.ts";

export function lowerSteps(context: Context, steps: readonly tree.Step[]): Step[] {
  const together = new Together();
  for (const step of steps) {
    const lowered: Step[] = [];
    lowerStep(toSteps(context, lowered), step);
    if (step.kind === "let") together.add(lowered, originOf(context, step));
    else together.barrier(lowered);
  }
  return together.end();
}

/** `… when condition`. */
function guarded(
  context: Context,
  node: tree.Step & { readonly guard: tree.Expression | null },
  lowerInner: (inner: Context) => void,
): void {
  if (node.guard === null) {
    lowerInner(context);
    return;
  }
  if (context.out.mode !== "steps") return;
  const condition = lower(context, node.guard);
  const then: Step[] = [];
  lowerInner(toSteps(context, then));
  context.out.steps.push({ step: "if", origin: originOf(context, node), condition, then, otherwise: [] });
}

function lowerStep(context: Context, node: tree.Step): void {
  if (context.out.mode !== "steps") throw new Error("steps stand among steps");
  const { steps } = context.out;
  const origin = originOf(context, node);
  switch (node.kind) {
    case "let": {
      // The name belongs to what follows, so the value may not see it; but its slot's name is taken first.
      const slot = newSlot(context, localName(context, node.name.text), typeOf(context, node.name));
      lowerInto({ ...context, hint: slot.name }, node.value, slot);
      bind(context, node.name.id, readSlot(slot));
      return;
    }
    case "read":
      lowerRead(context, node);
      return;
    case "require":
      guarded(context, node, (inner) => lowerRequire(inner, node));
      return;
    case "limit":
      guarded(context, node, (inner) => lowerLimit(inner, node));
      return;
    case "budget":
      guarded(context, node, (inner) => lowerBudget(inner, node));
      return;
    case "concurrency":
      guarded(context, node, (inner) => lowerConcurrency(inner, node));
      return;
    case "identify":
      lowerIdentify(context, node);
      return;
    case "forward":
      guarded(context, node, (inner) => lowerForward(inner, node));
      return;
    case "reply":
      guarded(context, node, (inner) => lowerReply(inner, node));
      return;
    case "list-models":
      guarded(context, node, (inner) => lowerListModels(inner, node));
      return;
    case "deny":
      guarded(context, node, (inner) => lowerDeny(inner, node));
      return;
    case "set":
      guarded(context, node, (inner) => lowerSet(inner, node));
      return;
    case "remove":
      guarded(context, node, (inner) => lowerRemove(inner, node));
      return;
    case "rewrite":
      guarded(context, node, (inner) => {
        if (inner.out.mode !== "steps") return;
        const value = lowerTarget(inner, node.path);
        inner.out.steps.push({ step: "set", origin, place: "request.path", name: "", value, cookie: null });
      });
      return;
    case "log":
      guarded(context, node, (inner) => {
        if (inner.out.mode !== "steps") return;
        inner.out.steps.push({ step: "log", origin, level: node.level, value: lower(inner, node.value) });
      });
      return;
    case "if": {
      const condition = lower(context, node.condition);
      const then = lowerSteps(context, node.steps);
      const otherwise = node.otherwise === null ? [] : lowerSteps(context, node.otherwise);
      steps.push({ step: "if", origin, condition, then, otherwise });
      return;
    }
    case "expression-step":
      guarded(context, node, (inner) => lowerEffect(inner, node.value));
      return;
    case "reserved-step":
    case "broken":
      throw new Error(`a step of kind ${node.kind} cannot be planned`);
  }
}

/** Values of policies are named after their policy, so that a route's own names stay as they are. */
function localName(context: Context, name: string): string {
  return context.prefix === "" ? name : `${context.prefix}_${name}`;
}

function lowerRequire(context: Context, node: tree.RequireStep): void {
  if (context.out.mode !== "steps") return;
  const origin = originOf(context, node);
  const steps: Step[] = [];
  const inner = node.otherwise === null ? context : toSteps(context, steps);
  const condition = lower({ ...inner, hint: "required" }, node.condition);
  const require = { step: "require", origin, condition } as const;
  if (node.otherwise === null) {
    context.out.steps.push(require);
    return;
  }
  const otherwise: Step[] = [];
  lowerOtherwise(toSteps(context, otherwise), node.otherwise, null);
  context.out.steps.push({ step: "attempt", origin, steps: [...steps, require], otherwise });
}

/** A call for its effect. */
function lowerEffect(context: Context, node: tree.Expression): void {
  if (context.out.mode !== "steps") return;
  const inner = { ...context, hint: "effect" };
  if (node.kind === "else" && (needsSteps(context.module, node) || context.module.canFail.has(node.value.id))) {
    context.out.steps.push(attemptInto(inner, node, null));
  } else lower(inner, node);
}

export function lowerOtherwiseStep(context: Context, node: tree.OtherwiseStep): void {
  if (node.step.kind === "broken") throw new Error("a broken step cannot be planned");
  lowerStep(context, node.step);
}
