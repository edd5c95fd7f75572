/** One step: whether it may stand where it stands, and what it does there. */
import type * as tree from "../1-syntax/tree.ts";
import { stepOf } from "../vocabulary/steps.ts";
import { checkDeny, checkReply } from "./answer.ts";
import { condition } from "./binary.ts";
import { checkBudgetStep } from "./budget.ts";
import { type Body, report, sourceOf } from "./context.ts";
import { UNKNOWN } from "./construct.ts";
import { checkElse } from "./else.ts";
import { check, expect } from "./expression.ts";
import { settle } from "./failure.ts";
import { checkForward } from "./forward.ts";
import { checkConcurrency } from "./concurrency.ts";
import { checkGuard } from "./guard.ts";
import { checkIdentify } from "./identify.ts";
import { checkLimit } from "./limit.ts";
import { checkListModels } from "./list-models.ts";
import { isOpenList } from "./list.ts";
import { checkEndingOtherwise } from "./otherwise.ts";
import { checkRead } from "./read.ts";
import { assume, declare, enter } from "./scopes.ts";
import { checkRemove, checkRewrite, checkSet } from "./set.ts";
import { sinkLog } from "./sink.ts";
import { checkSteps } from "./steps.ts";
import { labelledAs } from "./labels.ts";
import { withoutJson } from "./text.ts";
import { describe, show } from "./show.ts";
import { resolveType } from "./type-expression.ts";

const placeNames = { route: "in a route", policy: "in a policy", answer: "in the block of forward" } as const;

/** True: the request is over after it, whatever happens. */
export function checkStep(body: Body, step: tree.Step): boolean {
  if (step.kind === "broken" || step.kind === "reserved-step") return true;
  const entry = stepOf.get(step.kind);
  const { where } = body;
  if (entry && (where === "route" || where === "policy" || where === "answer") && !entry.places.includes(where)) {
    report(body, step, "VGW6103", { step: `\`${entry.word}\``, place: placeNames[where] }, "not here", {
      help: where === "policy" ? "routes that use the policy can do this" : "do it before forward",
    });
    if (step.kind === "read") declare(body, step.name, resolveType(body, step.type), step.type);
    return entry.ends;
  }
  const mark = body.failures.length;
  const guard = "guard" in step ? step.guard : null;
  if (guard) checkGuard(body, guard);
  const ends = guard
    ? enter(body, () => {
        assume(body, guard, true);
        perform(body, step);
        return false;
      })
    : perform(body, step);
  settle(body, mark);
  return ends;
}

function perform(body: Body, step: Exclude<tree.Step, tree.Broken | tree.ReservedStep>): boolean {
  switch (step.kind) {
    case "let":
      checkLet(body, step);
      return false;
    case "read":
      checkRead(body, step);
      return false;
    case "require":
      checkRequire(body, step);
      return false;
    case "limit":
      checkLimit(body, step);
      return false;
    case "concurrency":
      checkConcurrency(body, step);
      return false;
    case "budget":
      checkBudgetStep(body, step);
      return false;
    case "identify":
      checkIdentify(body, step);
      return false;
    case "forward":
      checkForward(body, step);
      return true;
    case "reply":
      checkReply(body, step);
      return true;
    case "list-models":
      checkListModels(body, step);
      return true;
    case "deny":
      checkDeny(body, step);
      return true;
    case "set":
      checkSet(body, step);
      return false;
    case "remove":
      checkRemove(body, step);
      return false;
    case "rewrite":
      checkRewrite(body, step);
      return false;
    case "log":
      checkLog(body, step);
      return false;
    case "if":
      return checkIf(body, step);
    case "expression-step":
      checkEffect(body, step);
      return false;
  }
}

function checkLet(body: Body, step: tree.LetStep): void {
  const mark = body.failures.length;
  const declared = step.type ? resolveType(body, step.type) : null;
  const found = declared ? expect(body, step.value, declared) : check(body, step.value);
  settle(body, mark);
  if (!declared && isOpenList(found))
    report(body, step.value, "VGW3029", { what: "this list" }, "it is empty", {
      help: `say it: let ${step.name.text}: [string] = []`,
    });
  const type = declared ? labelledAs(declared, found) : found.kind === "function" ? UNKNOWN : found;
  declare(body, step.name, type, step.value);
}

function checkRequire(body: Body, step: tree.RequireStep): void {
  const mark = body.failures.length;
  condition(body, step.condition);
  if (step.otherwise) body.failures.length = mark;
  checkEndingOtherwise(body, step.otherwise);
  assume(body, step.condition, true);
}

function checkIf(body: Body, step: tree.IfStep): boolean {
  const mark = body.failures.length;
  condition(body, step.condition);
  settle(body, mark);
  // In a branch an open route may ask who calls: whoever takes the other one stays a stranger.
  const { openRoute } = body;
  body.openRoute = false;
  const then = enter(body, () => {
    assume(body, step.condition, true);
    return checkSteps(body, step.steps);
  });
  const { otherwise } = step;
  const other =
    otherwise !== null &&
    enter(body, () => {
      assume(body, step.condition, false);
      return checkSteps(body, otherwise);
    });
  body.openRoute = openRoute;
  // Whoever comes here went the other way.
  if (then && !other) assume(body, step.condition, false);
  if (other && !then) assume(body, step.condition, true);
  return then && other;
}

function checkLog(body: Body, step: tree.LogStep): void {
  const type = check(body, step.value);
  const part = withoutJson(type);
  if (part) report(body, step.value, "VGW3033", { type: show(part) }, `this is ${describe(type)}`);
  sinkLog(body, step.value, type);
}

function checkEffect(body: Body, step: tree.ExpressionStep): void {
  const { value } = step;
  const inner = value.kind === "else" ? value.value : value;
  if (value.kind === "else") {
    body.module.types.set(value.id, checkElse(body, value, null, true));
  } else check(body, value);
  const meaning = body.module.meanings.get(inner.id)?.kind;
  const isCall =
    meaning === "service-call" ||
    (inner.kind === "call" && inner.callee.kind === "reference" && inner.callee.name.text === "gather");
  const type = body.module.types.get(inner.id);
  if (!isCall && type?.kind !== "unknown")
    report(body, value, "VGW6107", {}, "nothing happens to it", {
      help:
        inner.kind === "reference" || inner.kind === "member"
          ? null
          : `name it: let name = ${sourceOf(body.module, value).split("\n")[0]}`,
    });
}
