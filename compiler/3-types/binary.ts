/** Operators: arithmetic with its units, comparison, membership, logic. */
import type * as tree from "../1-syntax/tree.ts";
import { arithmetic, isNonZeroLiteral } from "./arithmetic.ts";
import { type Body, report } from "./context.ts";
import { BOOL, isOptional, present, simple, UNKNOWN } from "./construct.ts";
import { missingUnit, unitProposals } from "./expect.ts";
import { check, expect, value } from "./expression.ts";
import { isJson } from "./fits.ts";
import { negateInt } from "./interval.ts";
import { base, join, membersOf } from "./join.ts";
import { deepLabels, union, withLabels } from "./labels.ts";
import { assume, enter } from "./scopes.ts";
import { describe, show } from "./show.ts";
import type { Type } from "./type.ts";

export function checkUnary(body: Body, node: tree.Unary): Type {
  if (node.operator === "not") {
    expect(body, node.operand, BOOL);
    return BOOL;
  }
  const type = value(body, node.operand);
  const open = base(type);
  if (open.kind === "int") return withLabels(negateInt(open), type.labels);
  if (open.kind === "float")
    return { ...open, min: open.max === null ? null : -open.max, max: open.min === null ? null : -open.min };
  if (["duration", "money", "percent", "unknown"].includes(open.kind)) return open;
  report(body, node.operand, "VGW3001", { expected: "a number", found: describe(type) }, "a number is expected here");
  return UNKNOWN;
}

export function checkBinary(body: Body, node: tree.Binary, expected: Type | null): Type {
  switch (node.operator) {
    case "and":
    case "or":
      expect(body, node.left, BOOL);
      enter(body, () => {
        assume(body, node.left, node.operator === "and");
        expect(body, node.right, BOOL);
      });
      return BOOL;
    case "==":
    case "!=":
      return checkEquality(body, node);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return checkOrder(body, node);
    case "in":
    case "not in":
      return checkMembership(body, node);
    default:
      return checkArithmetic(body, node, expected);
  }
}

function checkArithmetic(body: Body, node: tree.Binary, expected: Type | null): Type {
  const hint = expected && ["string", "list"].includes(present(expected).kind) ? expected : null;
  const left = value(body, node.left, hint);
  const right = value(body, node.right, hint ?? (left.kind === "list" ? left : null));
  if (left.kind === "unknown" || right.kind === "unknown") return UNKNOWN;
  const labels = union(deepOfResult(left), deepOfResult(right));
  const result = arithmetic(node.operator, base(left), base(right));
  if (result === null) {
    refuseOperands(body, node, left, right);
    return UNKNOWN;
  }
  if (result.mayDivideByZero && !isNonZeroLiteral(node.right)) {
    body.failures.push({
      kind: "division",
      node,
      reasons: [`the divisor is ${describe(right)}`],
      related: [],
      help: null,
    });
  }
  return withLabels(result.type, labels);
}

/** Items keep their labels inside a list; of anything else all labels flow into the result. */
function deepOfResult(type: Type): Type["labels"] {
  return type.kind === "list" ? type.labels : deepLabels(type);
}

/** A bare number beside a unit most often lacks its own. */
function refuseOperands(body: Body, node: tree.Binary, left: Type, right: Type): void {
  if (node.operator === "+" || node.operator === "-" || isComparison(node.operator)) {
    for (const [operand, other] of [
      [node.right, left],
      [node.left, right],
    ] as const) {
      const proposals = unitProposals(operand, other);
      if (proposals.length > 0) {
        missingUnit(body, operand, other, proposals);
        return;
      }
    }
  }
  report(
    body,
    node,
    "VGW3008",
    { operator: node.operator, left: describe(left), right: describe(right) },
    `${show(left)} ${node.operator} ${show(right)}`,
    {
      help:
        base(left).kind === "string" || base(right).kind === "string"
          ? 'put values into a text with holes: "{a} {b}"'
          : null,
    },
  );
}

function isComparison(operator: string): boolean {
  return operator === "<" || operator === "<=" || operator === ">" || operator === ">=";
}

/** The answer is a decision, not the data: it has no labels. Absent equals `none` only. */
function checkEquality(body: Body, node: tree.Binary): Type {
  const left = check(body, node.left);
  const right = check(body, node.right, present(left));
  if (comparable(left, right)) {
    if (node.left.kind === "string" && left.kind === "literal") check(body, node.left, present(right));
    return BOOL;
  }
  if (node.left.kind === "string" && comparable(check(body, node.left, present(right)), right)) return BOOL;
  for (const [operand, other] of [
    [node.right, left],
    [node.left, right],
  ] as const) {
    const proposals = unitProposals(operand, present(other));
    if (proposals.length > 0) {
      missingUnit(body, operand, present(other), proposals);
      return BOOL;
    }
  }
  report(body, node, "VGW3035", { left: describe(left), right: describe(right) }, "always gives the same answer");
  return BOOL;
}

/** Whether some value of the one could equal some value of the other. */
function comparable(left: Type, right: Type): boolean {
  if (left.kind === "null") return isOptional(right) || right.kind === "json" || right.kind === "unknown";
  if (right.kind === "null") return isOptional(left) || left.kind === "json" || left.kind === "unknown";
  const [a, b] = [present(left), present(right)];
  if (a.kind === "unknown" || b.kind === "unknown" || a.kind === "never" || b.kind === "never") return true;
  if (a.kind === "json" || b.kind === "json") return isJson(a) && isJson(b);
  if (a.kind === "function" || a.kind === "answer" || a.kind === "content" || a.kind === "regex") return false;
  if (a.kind === "literal" || a.kind === "union" || b.kind === "literal" || b.kind === "union")
    return membersOf(a).some((one) => membersOf(b).some((other) => overlap(one, other)));
  if (a.kind === "record" && b.kind === "record")
    return a.fields.every((field) => {
      const other = b.fields.find(({ name }) => name === field.name);
      return other ? comparable(field.type, other.type) : isOptional(field.type);
    });
  return overlap(a, b);
}

function overlap(a: Type, b: Type): boolean {
  if (a.kind === "literal" && b.kind === "literal") return a.value === b.value;
  const [x, y] = [base(a), base(b)];
  if ((x.kind === "int" || x.kind === "float") && (y.kind === "int" || y.kind === "float"))
    return (x.min ?? -Infinity) <= (y.max ?? Infinity) && (y.min ?? -Infinity) <= (x.max ?? Infinity);
  return join(x, y) !== null && x.kind === y.kind;
}

const ordered = new Set(["int", "float", "percent", "money", "duration", "size", "string", "time", "date"]);

function checkOrder(body: Body, node: tree.Binary): Type {
  const left = value(body, node.left);
  const right = value(body, node.right);
  if (left.kind === "unknown" || right.kind === "unknown") return BOOL;
  const [a, b] = [base(left), base(right)];
  const numbers = (type: Type): boolean => type.kind === "int" || type.kind === "float";
  const good =
    ordered.has(a.kind) &&
    (a.kind === b.kind || (numbers(a) && numbers(b))) &&
    (a.kind !== "money" || b.kind !== "money" || a.currency === b.currency);
  if (!good) refuseOperands(body, node, left, right);
  return BOOL;
}

/** `x in list`, `x in 1..9`, `ip in network`, `ip in [network, …]`, `"a" in text`, `key in map`. */
function checkMembership(body: Body, node: tree.Binary): Type {
  const left = value(body, node.left);
  const right = value(body, node.right);
  if (left.kind === "unknown" || right.kind === "unknown") return BOOL;
  if (!isMember(base(left), base(right))) refuseOperands(body, node, left, right);
  return BOOL;
}

function isMember(left: Type, right: Type): boolean {
  switch (right.kind) {
    case "list": {
      if (right.item.kind === "never" || right.item.kind === "unknown") return true;
      return (
        comparable(left, right.item) ||
        join(left, base(right.item)) !== null ||
        (left.kind === "ip" && right.item.kind === "cidr")
      );
    }
    case "range":
      return (
        right.of.kind === "unknown" ||
        (ordered.has(left.kind) &&
          (left.kind === right.of.kind ||
            (left.kind === "int" && right.of.kind === "float") ||
            (left.kind === "float" && right.of.kind === "int")))
      );
    case "cidr":
      return left.kind === "ip";
    case "string":
    case "map":
      return left.kind === "string";
    case "json":
      return isJson(left);
    default:
      return false;
  }
}

/** A condition: true or false, nothing else. */
export function condition(body: Body, node: tree.Expression): void {
  expect(body, node, simple("bool"));
}
