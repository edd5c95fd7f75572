/**
 * Operations that can fail. Where steps can stand each becomes one, and its failure leaves the enclosing attempt; in pure
 * expressions it becomes an intermediate value whose absence is the failure, judged by the `else` around it.
 */
import type * as tree from "../1-syntax/tree.ts";
import { optional, present } from "../3-types/construct.ts";
import type { Type } from "../3-types/type.ts";
import type { FailureKind } from "../../runtime/failure.ts";
import { builtins } from "../vocabulary/index.ts";
import { asPresent, conditional, isAbsent, isSimple, NOTHING } from "./build.ts";
import { type Context, newSlot, originOf, type Pending, readSlot } from "./context.ts";
import type { Expr } from "./plan.ts";

type Node = { readonly id: tree.NodeId };

export function convert(context: Context, node: Node, key: string, given: readonly Expr[], type: Type): Expr {
  if (context.out.mode === "steps") {
    const slot = newSlot(context, context.hint, type);
    context.out.steps.push({ step: "convert", origin: originOf(context, node), slot, builtin: key, arguments: given });
    return readSlot(slot);
  }
  return attempt(context, key, given, type, builtins.get(key)?.fails ?? "invalid");
}

export function divide(context: Context, node: Node, left: Expr, right: Expr, type: Type): Expr {
  if (context.out.mode === "steps") {
    const slot = newSlot(context, context.hint, type);
    context.out.steps.push({ step: "divide", origin: originOf(context, node), slot, left, right });
    return readSlot(slot);
  }
  return attempt(context, "divide", [left, right], type, "division");
}

export interface Decoding {
  readonly from: Expr;
  readonly source: "answer" | "string" | "json";
  readonly absentOn404: boolean;
}
export function decode(context: Context, node: Node, decoding: Decoding, type: Type): Expr {
  if (context.out.mode === "steps") {
    const slot = newSlot(context, context.hint, type);
    context.out.steps.push({ step: "decode", origin: originOf(context, node), slot, ...decoding });
    return readSlot(slot);
  }
  return attempt(context, "decode", [decoding.from], type, "invalid");
}

/** A value that may be absent, where its absence is a failure. */
export function unwrap(context: Context, node: Node, value: Expr): Expr {
  if (context.out.mode === "steps") {
    const named = name(context, node, value);
    const origin = originOf(context, node);
    const fail = { step: "fail", origin, kind: "absent" } as const;
    context.out.steps.push({ step: "if", origin, condition: isAbsent(named), then: [fail], otherwise: [] });
    return asPresent(named);
  }
  return push(context, value, "absent");
}

/** A value that is read more than once. */
export function name(context: Context, node: Node, value: Expr): Expr {
  if (isSimple(value)) return value;
  const slot = newSlot(context, context.hint, value.type);
  if (context.out.mode === "steps") {
    context.out.steps.push({ step: "compute", origin: originOf(context, node), slot, value });
  } else context.out.pending.push({ slot, value, kind: null });
  return readSlot(slot);
}

function attempt(context: Context, key: string, given: readonly Expr[], type: Type, kind: FailureKind): Expr {
  const value: Expr = { expr: "attempt", type: optional(type), name: key, arguments: given, otherwise: NOTHING };
  return push(context, value, kind);
}

/** An optional value of a pure expression, whose absence is a failure of this kind. */
export function push(context: Context, value: Expr, kind: FailureKind): Expr {
  if (context.out.mode === "steps") throw new Error("only pure expressions have pending values");
  const slot = newSlot(context, context.hint, value.type);
  context.out.pending.push({ slot, value, kind });
  return asPresent(readSlot(slot));
}

/** The body inside its intermediate values; `spare` is what a failure gives. */
export function wrap(pending: readonly Pending[], body: Expr, spare: (kind: FailureKind) => Expr): Expr {
  let result = body;
  for (const { slot, value, kind } of [...pending].reverse()) {
    if (kind === null) {
      result = { expr: "let", type: result.type, slot, value, body: result };
      continue;
    }
    const other = spare(kind);
    const type = other.expr === "none" ? optional(result.type) : result.type;
    if (result.expr === "slot" && result.name === slot.name) {
      result = orElse(value, other, type);
      continue;
    }
    const judged = conditional(type, isAbsent(readSlot(slot)), other, result);
    result = { expr: "let", type, slot, value, body: judged };
  }
  return result;
}

/** The value, or the other where it is absent or fails. */
export function orElse(value: Expr, other: Expr, type: Type): Expr {
  if (value.expr === "attempt" && value.otherwise.expr === "none") {
    // A decode's type is its target, whatever the other value is.
    const target = value.name === "decode" ? present(value.type) : type;
    return { ...value, type: other.expr === "none" ? optional(target) : target, otherwise: other };
  }
  return other.expr === "none" ? value : { expr: "or-else", type, of: value, otherwise: other };
}

/** The whole of a pure expression in which nothing can fail any more. */
export function closed(pending: readonly Pending[], body: Expr): Expr {
  return wrap(pending, body, (kind) => {
    throw new Error(`a failure of kind ${kind} is not handled, though the checker has shown that it is`);
  });
}
