/**
 * Expressions. What can wait or fail becomes steps (or, in pure expressions, intermediate values) in front; what is given
 * back is pure. Every kind with more to it has its own file.
 */
import type * as tree from "../1-syntax/tree.ts";
import { BOOL } from "../3-types/construct.ts";
import { lowerBinary } from "./binary.ts";
import { encode, NOTHING } from "./build.ts";
import { lowerCall, lowerPipe } from "./call.ts";
import { type Context, originOf, toPure, typeOf } from "./context.ts";
import { lowerAs } from "./decode.ts";
import { attemptInto, lowerElse } from "./else.ts";
import { closed, unwrap } from "./failure.ts";
import { lowerLambda } from "./lambda.ts";
import { lowerAddress, lowerNumber, lowerString, lowerTime } from "./literal.ts";
import { lowerMatch, matchInto } from "./match.ts";
import { lowerMember, lowerReference } from "./member.ts";
import { isStepwise } from "./needs.ts";
import type { Expr, RecordEntry, Slot } from "./plan.ts";
import { sameType } from "./type.ts";

/** The expression's value, its absence already made a failure where the checker says so. */
export function lower(context: Context, node: tree.Expression): Expr {
  const value = lowerKind(context, node);
  return context.module.unwraps.has(node.id) && value.type.kind === "optional" ? unwrap(context, node, value) : value;
}

function lowerKind(context: Context, node: tree.Expression): Expr {
  const type = typeOf(context, node);
  switch (node.kind) {
    case "string":
      return lowerString(context, node);
    case "template":
      return lowerTemplate(context, node);
    case "number":
      return lowerNumber(context, node);
    case "time":
      return lowerTime(context, node);
    case "address":
      return lowerAddress(context, node);
    case "boolean":
      return { expr: "constant", type, value: node.value };
    case "none":
      return NOTHING;
    case "list":
      return { expr: "list", type, items: node.items.map((item) => lower(context, item)) };
    case "record":
      return { expr: "record", type, entries: node.entries.map((entry) => lowerEntry(context, entry)) };
    case "reference":
      return lowerReference(context, node);
    case "member":
      return lowerMember(context, node);
    case "index":
      return { expr: "index", type, of: lower(context, node.object), index: lower(context, node.index) };
    case "call":
      return lowerCall(context, node);
    case "lambda":
      return lowerLambda(context, node);
    case "unary":
      return lowerUnary(context, node);
    case "binary":
      return lowerBinary(context, node);
    case "as":
      return lowerAs(context, node);
    case "pipe":
      return lowerPipe(context, node);
    case "else":
      return lowerElse(context, node);
    case "match":
      return lowerMatch(context, node);
    case "range":
    case "budget-amount":
    case "broken":
      throw new Error(`an expression of kind ${node.kind} has no value`);
  }
}

function lowerEntry(context: Context, entry: tree.RecordEntry | tree.Spread): RecordEntry {
  const value = lower(context, entry.value);
  return entry.kind === "spread" ? { kind: "spread", value } : { kind: "entry", name: entry.key.text, value };
}

function lowerUnary(context: Context, node: tree.Unary): Expr {
  const of = lower(context, node.operand);
  if (node.operator === "-" && of.expr === "constant" && typeof of.value === "number") {
    return { expr: "constant", type: typeOf(context, node), value: 0 - of.value };
  }
  const type = node.operator === "not" ? BOOL : typeOf(context, node);
  return { expr: "unary", type, operator: node.operator, of };
}

/** Where each hole is plain text. Places with an encoding of their own are lowered in `target.ts`. */
function lowerTemplate(context: Context, node: tree.Template): Expr {
  const holes = node.holes.map((hole) => encode(lower(context, hole), "text"));
  return { expr: "template", type: typeOf(context, node), texts: node.texts, holes };
}

/** The value in a slot of its own: what waits or fails writes it there itself. */
export function lowerInto(context: Context, node: tree.Expression, slot: Slot): void {
  if (context.out.mode !== "steps") throw new Error("slots are written by steps");
  const { steps } = context.out;
  const stepwise = isStepwise(context.module, node);
  // What can fail is more readable as steps, even where an expression would do.
  const tries = node.kind === "else" && (stepwise || context.module.canFail.has(node.value.id));
  if (node.kind === "else" && tries && !context.module.unwraps.has(node.id)) {
    steps.push(attemptInto(context, node, slot));
    return;
  }
  if (node.kind === "match" && stepwise && !context.module.unwraps.has(node.id)) {
    matchInto(context, node, slot);
    return;
  }
  const before = steps.length;
  const value = lower(context, node);
  const last = steps.at(-1);
  // The step that has just been made for the value can write it to its place at once.
  const fresh = steps.length > before && last !== undefined && "slot" in last && value.expr === "slot";
  if (fresh && last.slot.name === value.name && sameType(last.slot.type, slot.type)) {
    steps[steps.length - 1] = { ...last, slot };
  } else steps.push({ step: "compute", origin: originOf(context, node), slot, value });
}

/** A pure expression that stands alone: a guard, a constant, the body of a function. */
export function lowerPure(context: Context, node: tree.Expression): Expr {
  const pure = toPure(context);
  const value = lower(pure, node);
  return closed(pure.out.pending, value);
}
