/**
 * The algebra of units. Rows of the table are tried in order; both operands are open types (no literals). What is not in
 * the table has no meaning: money times money, the sum of two times.
 */
import type * as tree from "../1-syntax/tree.ts";
import type { BinaryOperator } from "../1-syntax/tree.ts";
import { FLOAT, list, simple, STRING } from "./construct.ts";
import { addInts, divideInts, holdsZero, multiplyInts, subtractInts } from "./interval.ts";
import { join } from "./join.ts";
import type { Type } from "./type.ts";

export interface Result {
  readonly type: Type;
  /** The divisor's type holds zero. */
  readonly mayDivideByZero: boolean;
}

const sure = (type: Type): Result => ({ type, mayDivideByZero: false });

/** null: the operator has no meaning between these types. */
export function arithmetic(operator: BinaryOperator, left: Type, right: Type): Result | null {
  switch (operator) {
    case "+":
      return add(left, right);
    case "-":
      return subtract(left, right);
    case "*":
      return multiply(left, right) ?? multiply(right, left);
    case "/":
      return divide(left, right);
    default:
      return null;
  }
}

const isNumber = (type: Type): type is Extract<Type, { kind: "int" | "float" }> =>
  type.kind === "int" || type.kind === "float";

/** Types whose values add up among themselves and multiply with numbers. */
const quantities = new Set(["duration", "size", "percent", "money"]);

function sameQuantity(left: Type, right: Type): boolean {
  if (left.kind !== right.kind || !quantities.has(left.kind)) return false;
  return left.kind !== "money" || right.kind !== "money" || left.currency === right.currency;
}

const open = (type: Type): Type => (type.kind === "money" ? { ...type, labels: [] } : simpleOf(type));
function simpleOf(type: Type): Type {
  return { ...type, labels: [] };
}

function add(left: Type, right: Type): Result | null {
  if (left.kind === "int" && right.kind === "int") return sure(addInts(left, right));
  if (isNumber(left) && isNumber(right)) return sure(FLOAT);
  if (left.kind === "string" && right.kind === "string")
    return sure({
      ...STRING,
      min: left.min + right.min,
      max: left.max === null || right.max === null ? null : left.max + right.max,
    });
  if (left.kind === "list" && right.kind === "list") {
    const item = join(left.item, right.item);
    return (
      item &&
      sure(list(item, left.min + right.min, left.max === null || right.max === null ? null : left.max + right.max))
    );
  }
  if (sameQuantity(left, right)) return sure(open(left));
  if (isPoint(left) && right.kind === "duration") return sure(simple(left.kind === "time" ? "time" : "date"));
  if (left.kind === "duration" && isPoint(right)) return sure(simple(right.kind === "time" ? "time" : "date"));
  return null;
}

function subtract(left: Type, right: Type): Result | null {
  if (left.kind === "int" && right.kind === "int") return sure(subtractInts(left, right));
  if (isNumber(left) && isNumber(right)) return sure(FLOAT);
  if (sameQuantity(left, right)) return sure(open(left));
  if (isPoint(left) && left.kind === right.kind) return sure(simple("duration"));
  if (isPoint(left) && right.kind === "duration") return sure(simple(left.kind === "time" ? "time" : "date"));
  return null;
}

function isPoint(type: Type): boolean {
  return type.kind === "time" || type.kind === "date";
}

function multiply(left: Type, right: Type): Result | null {
  if (left.kind === "int" && right.kind === "int") return sure(multiplyInts(left, right));
  if (isNumber(left) && isNumber(right)) return sure(FLOAT);
  // A share of a number is a number, whichever of them is written first; a share of an amount is such an amount.
  if (left.kind === "percent" && isNumber(right)) return sure(FLOAT);
  if (quantities.has(left.kind) && (isNumber(right) || right.kind === "percent")) {
    // Bytes are whole: a fraction of a size is still one, rounded; see the type's page.
    return sure(open(left));
  }
  return null;
}

function divide(left: Type, right: Type): Result | null {
  if (isNumber(right)) {
    const mayDivideByZero = holdsZero(right);
    if (left.kind === "int" && right.kind === "int") return { type: divideInts(left, right), mayDivideByZero };
    if (isNumber(left)) return { type: FLOAT, mayDivideByZero };
    return quantities.has(left.kind) ? { type: open(left), mayDivideByZero } : null;
  }
  return sameQuantity(left, right) ? { type: FLOAT, mayDivideByZero: true } : null;
}

/** A divisor written as a number other than 0, such as `1h`, whose type says nothing about its range. */
export function isNonZeroLiteral(node: tree.Expression): boolean {
  return node.kind === "number" && /[1-9]/.test(node.digits);
}
