/** Small constructors of plan expressions. */
import { BOOL, INT, NULL, present, STRING } from "../3-types/construct.ts";
import type { Type } from "../3-types/type.ts";
import type { Expr } from "./plan.ts";

export const NOTHING: Expr = { expr: "none", type: NULL };

export function text(value: string): Expr {
  return { expr: "constant", type: STRING, value };
}
export function number(value: number): Expr {
  return { expr: "constant", type: { ...INT, min: value, max: value }, value };
}
export function not(of: Expr): Expr {
  return of.expr === "unary" && of.operator === "not" ? of.of : { expr: "unary", type: BOOL, operator: "not", of };
}
export function isAbsent(of: Expr): Expr {
  return { expr: "is-absent", type: BOOL, of };
}
export function conditional(type: Type, condition: Expr, then: Expr, otherwise: Expr): Expr {
  return { expr: "conditional", type, condition, then, otherwise };
}
export function binary(operator: Extract<Expr, { expr: "binary" }>["operator"], left: Expr, right: Expr): Expr {
  return { expr: "binary", type: BOOL, operator, left, right };
}
export function encode(of: Expr, as: Extract<Expr, { expr: "encode" }>["as"]): Expr {
  return { expr: "encode", type: STRING, of, as };
}

/** Costs nothing to write twice. */
export function isSimple(expr: Expr): boolean {
  switch (expr.expr) {
    case "constant":
    case "slot":
    case "global":
    case "environment":
    case "none":
    case "request":
    case "failure":
      return true;
    case "field":
      return isSimple(expr.of);
    default:
      return false;
  }
}

/** The same value, known to be there. */
export function asPresent(expr: Expr): Expr {
  return expr.type.kind === "optional" ? { ...expr, type: present(expr.type) } : expr;
}
