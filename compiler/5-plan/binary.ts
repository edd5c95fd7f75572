/** Operators with two sides. A comparison with a secret takes the same time whatever the outcome. */
import type * as tree from "../1-syntax/tree.ts";
import { arithmetic, isNonZeroLiteral } from "../3-types/arithmetic.ts";
import { BOOL } from "../3-types/construct.ts";
import { base } from "../3-types/join.ts";
import { withLabels } from "../3-types/labels.ts";
import type { Type } from "../3-types/type.ts";
import { asPresent, binary, isAbsent, not } from "./build.ts";
import { choice } from "./choice.ts";
import { type Context, typeOf } from "./context.ts";
import { lower } from "./expression.ts";
import { divide, name } from "./failure.ts";
import type { Expr } from "./plan.ts";

export function lowerBinary(context: Context, node: tree.Binary): Expr {
  const { operator } = node;
  switch (operator) {
    case "and":
    case "or":
      return logic(context, node, operator);
    case "in":
      return membership(context, node);
    case "not in":
      return not(membership(context, node));
    case "==":
      return equality(context, node);
    case "!=":
      return not(equality(context, node));
    case "<":
    case "<=":
    case ">":
    case ">=":
      return binary(operator, lower(context, node.left), lower(context, node.right));
    default: {
      const left = lower(context, node.left);
      const right = lower(context, node.right);
      const type = typeOf(context, node);
      if (operator === "/" && mayFail(left.type, right.type) && !isNonZeroLiteral(node.right))
        return divide(context, node, left, right, type);
      return { expr: "binary", type, operator, left, right };
    }
  }
}

function mayFail(left: Type, right: Type): boolean {
  return arithmetic("/", base(left), base(right))?.mayDivideByZero ?? false;
}

/** The right side counts only where the left one does not decide. */
function logic(context: Context, node: tree.Binary, operator: "and" | "or"): Expr {
  const left = lower(context, node.left);
  const decided: Expr = { expr: "constant", type: BOOL, value: operator === "or" };
  const [then, otherwise] = operator === "and" ? [node.right, decided] : [decided, node.right];
  return choice(context, node, BOOL, left, then, otherwise, (right) => binary(operator, left, right));
}

/** `!=` is this, negated. */
function equality(context: Context, node: tree.Binary): Expr {
  if (node.right.kind === "none") return isAbsent(lower(context, node.left));
  if (node.left.kind === "none") return isAbsent(lower(context, node.right));
  const left = lower(context, node.left);
  const right = lower(context, node.right);
  const secret = [typeOf(context, node.left), typeOf(context, node.right)].some((type) =>
    type.labels.includes("secret"),
  );
  return secret && isText(left.type) && isText(right.type)
    ? inConstantTime(context, node, left, right)
    : binary("==", left, right);
}

function isText(type: Type): boolean {
  const kind = base(type.kind === "optional" ? type.of : type).kind;
  return kind === "string" || kind === "bytes";
}

/** What is compared with a secret may be one: traces do not show it. */
function guess(side: Expr): Expr {
  return { ...side, type: withLabels(side.type, ["secret"]) };
}

/** What is absent equals nothing. */
function inConstantTime(context: Context, node: tree.Binary, left: Expr, right: Expr): Expr {
  const sides = [left, right].map((side) => (side.type.kind === "optional" ? name(context, node, guess(side)) : side));
  const given = sides.map(asPresent);
  const equal: Expr = { expr: "builtin", type: BOOL, name: "equal_constant_time", arguments: given };
  const optional = sides.filter((side) => side.type.kind === "optional");
  return optional.reduceRight<Expr>((rest, side) => binary("and", not(isAbsent(side)), rest), equal);
}

function membership(context: Context, node: tree.Binary): Expr {
  const left = lower(context, node.left);
  if (node.right.kind !== "range") return binary("in", left, lower(context, node.right));
  const of = name(context, node, left);
  return within(context, of, node.right);
}

export function within(context: Context, of: Expr, range: tree.Range): Expr {
  const end = (node: tree.Expression | null): Expr | null => (node === null ? null : lower(context, node));
  return { expr: "within", type: BOOL, of, from: end(range.from), to: end(range.to) };
}
