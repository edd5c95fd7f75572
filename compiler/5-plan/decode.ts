/** `as T`: decodes what came as JSON; or only says what is known already. */
import type * as tree from "../1-syntax/tree.ts";
import { lowerServiceCall } from "./call-service.ts";
import { BOOL, INT, optional, present } from "../3-types/construct.ts";
import { base } from "../3-types/join.ts";
import { NONE, type Type } from "../3-types/type.ts";
import { binary, conditional, NOTHING, not, number } from "./build.ts";
import { type Context, meaningOf, originOf, typeOf } from "./context.ts";
import { lower } from "./expression.ts";
import { decode, name, push } from "./failure.ts";
import type { Expr } from "./plan.ts";

export function lowerAs(context: Context, node: tree.As): Expr {
  const meaning = meaningOf(context, node);
  if (meaning?.kind !== "decode") return lower(context, node.value);
  const { absentOn404 } = meaning;
  const inner = { ...context, hint: `${context.hint}_answer` };
  const call = node.value.kind === "call" ? meaningOf(context, node.value) : undefined;
  const from =
    node.value.kind === "call" && call?.kind === "service-call"
      ? lowerServiceCall(inner, node.value, call, absentOn404)
      : lower(inner, node.value);
  const type = typeOf(context, node);
  const target = present(type);
  const source = sourceOf(from.type);
  if (source === null) return narrow(context, node, from, target);
  return decode(context, node, { from, source, absentOn404 }, type);
}

/** null: a value that is typed already, and is only asked whether it fits a narrower type. */
function sourceOf(type: Type): "answer" | "string" | "json" | null {
  const of = base(present(type));
  switch (of.kind) {
    case "answer":
    case "json":
    case "string":
      return of.kind;
    default:
      return null;
  }
}

function narrow(context: Context, node: tree.As, from: Expr, target: Type): Expr {
  const value = name(context, node, from);
  const fits = test(value, target);
  const narrowed = { ...value, type: target };
  if (context.out.mode === "steps") {
    const origin = originOf(context, node);
    const fail = { step: "fail", origin, kind: "invalid" } as const;
    context.out.steps.push({ step: "if", origin, condition: not(fits), then: [fail], otherwise: [] });
    return narrowed;
  }
  return push(context, conditional(optional(target), fits, narrowed, NOTHING), "invalid");
}

function test(value: Expr, target: Type): Expr {
  const end = (limit: number | null): Expr | null =>
    limit === null
      ? null
      : { expr: "constant", type: { kind: "float", min: limit, max: limit, labels: NONE }, value: limit };
  switch (target.kind) {
    case "int":
    case "float":
      return { expr: "within", type: BOOL, of: value, from: end(target.min), to: end(target.max) };
    case "list": {
      const length: Expr = { expr: "builtin", type: INT, name: "list.length", arguments: [value] };
      const least: Expr = binary(">=", length, number(target.min));
      return target.max === null ? least : binary("and", least, binary("<=", length, number(target.max)));
    }
    case "literal":
      return binary("==", value, { expr: "constant", type: target, value: target.value });
    case "union":
      return target.members.map((member) => test(value, member)).reduce((all, one) => binary("or", all, one));
    default:
      return { expr: "constant", type: BOOL, value: true };
  }
}
