/** `reply` and `deny`: what leaves the gateway, with its status. */
import type * as tree from "../1-syntax/tree.ts";
import { type Body, report, sourceOf } from "./context.ts";
import { STRING } from "./construct.ts";
import { check, expect, value } from "./expression.ts";
import { base } from "./join.ts";
import { wholeNumber } from "./match.ts";
import { describe, show } from "./show.ts";
import { sinkResponse } from "./sink.ts";
import { withoutJson } from "./text.ts";
import type { Type } from "./type.ts";

export function checkReply(body: Body, step: tree.ReplyStep): void {
  if (step.status) sinkResponse(body, step.status, checkStatus(body, step.status, 200, step.value === null));
  if (!step.value) return;
  body.replied = step.value;
  const type = check(body, step.value);
  body.replied = null;
  if (type.kind !== "content") {
    const part = withoutJson(type);
    if (part) {
      report(body, step.value, "VGW3033", { type: show(part) }, `this is ${describe(type)}`, {
        help: part.kind === "answer" ? "say what of it: … as T, or .status; to pass it on as it is, forward" : null,
      });
      return;
    }
  }
  sinkResponse(body, step.value, type);
}

export function checkDeny(body: Body, step: tree.DenyStep): void {
  if (step.status) sinkResponse(body, step.status, checkStatus(body, step.status, 400));
  if (step.detail) sinkResponse(body, step.detail, expect(body, step.detail, STRING));
}

/** A whole number in the range of statuses; a literal is judged while compiling, anything else by its type. */
export function checkStatus(body: Body, node: tree.Expression, min: number, alone = false): Type {
  const type = value(body, node);
  if (type.kind === "unknown") return type;
  const open = base(type);
  const literal = wholeNumber(node);
  if (open.kind !== "int") {
    report(body, node, "VGW3001", { expected: "a status", found: describe(type) }, "a whole number is expected here");
  } else if (open.min < min || open.max > 599) {
    if (literal !== null || open.max < min || open.min > 599)
      report(body, node, "VGW3026", { status: literal ?? show(type) }, `${min} to 599 can stand here`, {
        help: alone ? `to answer with the number itself: reply 200 ${sourceOf(body.module, node)}` : `such as ${min}`,
      });
    else
      report(body, node, "VGW3037", { value: "this status", range: `int(${min}..599)` }, `this is ${describe(type)}`, {
        help: `narrow it first: … as int(${min}..599) else …`,
      });
  }
  return type;
}
