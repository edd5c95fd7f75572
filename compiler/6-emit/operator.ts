/** Binary operators: the types say which arithmetic applies, and whether it can leave its range at all. */
import type { Type } from "../3-types/type.ts";
import type { Expr } from "../5-plan/plan.ts";
import { expression, operand } from "./expression.ts";
import type { Scope } from "./scope.ts";

type BinaryExpr = Extract<Expr, { readonly expr: "binary" }>;

/** What a type counts as in arithmetic: a literal is what it is a literal of, an optional what it is when present. */
export function kindOf(type: Type): string {
  if (type.kind === "optional") return kindOf(type.of);
  if (type.kind === "literal") {
    return typeof type.value === "string" ? "string" : typeof type.value === "boolean" ? "bool" : "int";
  }
  if (type.kind === "union") {
    const kinds = new Set(type.members.map(kindOf));
    return kinds.size === 1 ? [...kinds].join() : "union";
  }
  return type.kind;
}

const PLAIN = new Set(
  "string int float bool uuid time date duration size money percent ip cidr url literal".split(" "),
);

export function binaryText(scope: Scope, expr: BinaryExpr): string {
  switch (expr.operator) {
    case "and":
      return `${operand(scope, expr.left)} && ${operand(scope, expr.right)}`;
    case "or":
      return `${operand(scope, expr.left)} || ${operand(scope, expr.right)}`;
    case "==":
    case "!=":
      return equalityText(scope, expr);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return orderText(scope, expr);
    case "in":
      return containsText(scope, expr);
    default:
      return arithmeticText(scope, expr);
  }
}

function equalityText(scope: Scope, expr: BinaryExpr): string {
  const same = expr.operator === "==";
  if (PLAIN.has(kindOf(expr.left.type)) && PLAIN.has(kindOf(expr.right.type))) {
    return `${operand(scope, expr.left)} ${same ? "===" : "!=="} ${operand(scope, expr.right)}`;
  }
  const equals = `${scope.emission.use("valueEquals")}(${expression(scope, expr.left)}, ${expression(scope, expr.right)})`;
  return same ? equals : `!${equals}`;
}

function orderText(scope: Scope, expr: BinaryExpr): string {
  if (kindOf(expr.left.type) !== "string") {
    return `${operand(scope, expr.left)} ${expr.operator} ${operand(scope, expr.right)}`;
  }
  // Texts order by code point, which JavaScript's own operator does not.
  const function_ = scope.emission.use(expr.operator.endsWith("=") ? "textLessOrEqual" : "textLess");
  const [low, high] = expr.operator.startsWith("<") ? [expr.left, expr.right] : [expr.right, expr.left];
  return `${function_}(${expression(scope, low)}, ${expression(scope, high)})`;
}

function containsText(scope: Scope, expr: BinaryExpr): string {
  const { emission } = scope;
  const left = expression(scope, expr.left);
  const right = expression(scope, expr.right);
  const within = expr.right.type.kind === "optional" ? expr.right.type.of : expr.right.type;
  switch (within.kind) {
    case "list":
      if (kindOf(within.item) === "cidr" && kindOf(expr.left.type) === "ip") {
        return `${emission.use("inAnyNetwork")}(${left}, ${right})`;
      }
      if (SAME.has(kindOf(within.item)) && kindOf(within.item) === kindOf(expr.left.type)) {
        return `${operand(scope, expr.right)}.includes(${left})`;
      }
      return `${emission.use("listContains")}(${right}, ${left})`;
    case "map":
      return `${emission.use("mapHas")}(${right}, ${left})`;
    case "cidr":
      return `${emission.use("inNetwork")}(${left}, ${right})`;
    default:
      return `${emission.use("textContains")}(${right}, ${left})`;
  }
}

/** Values that are equal where JavaScript says that they are the same; a number could be −0. */
const SAME = new Set("string bool uuid ip cidr url".split(" "));

const WHOLE = new Set(["int", "money", "size"]);

function arithmeticText(scope: Scope, expr: BinaryExpr): string {
  const { emission } = scope;
  const kind = kindOf(expr.type);
  const left = kindOf(expr.left.type);
  const call = (name: string, first = expr.left, second = expr.right): string =>
    `${emission.use(name)}(${expression(scope, first)}, ${expression(scope, second)})`;
  const plain = (): string => `${operand(scope, expr.left)} ${expr.operator} ${operand(scope, expr.right)}`;
  switch (expr.operator) {
    case "+":
      if (kind === "string") return plain();
      if (kind === "list") return call("listConcat");
      if (kind === "time") return left === "time" ? call("addTime") : call("addTime", expr.right, expr.left);
      return WHOLE.has(kind) ? (staysWhole(expr) ? plain() : call("addInt")) : call("addFloat");
    case "-":
      if (left === "time") return kind === "time" ? call("subtractTime") : call("timeDifference");
      if (left === "date") return call("dateDifference");
      return WHOLE.has(kind) ? (staysWhole(expr) ? plain() : call("subtractInt")) : call("subtractFloat");
    case "*":
      if (kind === "int") return staysWhole(expr) ? plain() : call("multiplyInt");
      return WHOLE.has(kind) ? call("multiplyWhole") : call("multiplyFloat");
    default:
      return WHOLE.has(kind) ? call("quotientWhole") : call("quotientFloat");
  }
}

/** Whether no value of these ranges takes the result past ±(2^53 − 1), so that the plain operator is exact. */
function staysWhole(expr: BinaryExpr): boolean {
  const left = range(expr.left.type);
  const right = range(expr.right.type);
  if (left === null || right === null) return false;
  const apply = (a: number, b: number): number =>
    expr.operator === "+" ? a + b : expr.operator === "-" ? a - b : a * b;
  const corners = left.flatMap((a) => right.map((b) => apply(a, b)));
  // A product of zero and a negative number is −0, which the language does not have.
  if (expr.operator === "*" && corners.some((corner) => corner <= 0)) return false;
  return corners.every((corner) => Number.isSafeInteger(corner));
}

function range(type: Type): readonly [number, number] | null {
  if (type.kind === "int") return [type.min, type.max];
  return type.kind === "literal" && typeof type.value === "number" ? [type.value, type.value] : null;
}
