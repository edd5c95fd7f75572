/** Binary operators on values. Which arithmetic applies follows from the types; the arithmetic itself is the shared one. */
import type { Failure } from "../../../runtime/failure.ts";
import {
  addFloat,
  addInt,
  addTime,
  compareValues,
  dateDifference,
  divideFloat,
  divideWhole,
  listConcat,
  listContains,
  mapHas,
  multiplyFloat,
  multiplyInt,
  multiplyWhole,
  subtractFloat,
  subtractInt,
  subtractTime,
  timeDifference,
  valueEquals,
} from "../../../runtime/value/index.ts";
import type { Type } from "../../3-types/type.ts";
import type { Expr, PlanOperator } from "../plan.ts";
import { addressIn, baseKind } from "./value.ts";

type BinaryExpr = Extract<Expr, { expr: "binary" }>;

/** What a type counts as in arithmetic: a literal is what it is a literal of. */
function kindOf(type: Type): string {
  return baseKind(type);
}
const isWhole = (kind: string): boolean => kind === "int" || kind === "money" || kind === "size";

export function binary(operator: PlanOperator, left: unknown, right: unknown, expr: BinaryExpr): unknown {
  switch (operator) {
    case "==":
      return valueEquals(left, right);
    case "!=":
      return !valueEquals(left, right);
    case "<":
      return compareValues(left, right) < 0;
    case "<=":
      return compareValues(left, right) <= 0;
    case ">":
      return compareValues(left, right) > 0;
    case ">=":
      return compareValues(left, right) >= 0;
    case "in":
      return contains(left, right, kindOf(expr.right.type));
    case "and":
      return left === true && right === true;
    case "or":
      return left === true || right === true;
    case "+":
      return add(left, right, expr);
    case "-":
      return subtract(left, right, expr);
    case "*":
      return multiply(Number(left), Number(right), expr);
    case "/":
      return divide(left, right, expr.type);
  }
}

function contains(left: unknown, right: unknown, kind: string): boolean {
  if (Array.isArray(right)) {
    return listContains(right, left) || right.some((item) => typeof item === "string" && addressIn(left, item));
  }
  if (kind === "cidr") return addressIn(left, right);
  if (typeof right === "string") return right.includes(String(left));
  return typeof right === "object" && right !== null && mapHas({ ...right }, String(left));
}

function add(left: unknown, right: unknown, expr: BinaryExpr): unknown {
  if (typeof left === "string" || typeof right === "string") return String(left) + String(right);
  if (Array.isArray(left) && Array.isArray(right)) return listConcat(left, right);
  const [a, b] = [Number(left), Number(right)];
  const kind = kindOf(expr.type);
  if (kind === "time") return kindOf(expr.left.type) === "time" ? addTime(a, b) : addTime(b, a);
  return isWhole(kind) ? addInt(a, b) : addFloat(a, b);
}

function subtract(left: unknown, right: unknown, expr: BinaryExpr): number {
  const [a, b] = [Number(left), Number(right)];
  const [kind, of] = [kindOf(expr.type), kindOf(expr.left.type)];
  if (of === "time") return kind === "time" ? subtractTime(a, b) : timeDifference(a, b);
  if (of === "date") return dateDifference(a, b);
  return isWhole(kind) ? subtractInt(a, b) : subtractFloat(a, b);
}

function multiply(left: number, right: number, expr: BinaryExpr): number {
  const kind = kindOf(expr.type);
  if (kind === "int") return multiplyInt(left, right);
  return isWhole(kind) ? multiplyWhole(left, right) : multiplyFloat(left, right);
}

export function divide(left: unknown, right: unknown, type: Type): number | Failure {
  return isWhole(kindOf(type)) ? divideWhole(Number(left), Number(right)) : divideFloat(Number(left), Number(right));
}
