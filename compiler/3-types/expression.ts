/** One expression: its type, what it means and whether it can fail. Every kind of expression has its own file. */
import type * as tree from "../1-syntax/tree.ts";
import { checkAs } from "./as.ts";
import { checkBinary, checkUnary } from "./binary.ts";
import { checkCall, checkPipe } from "./call.ts";
import type { Body } from "./context.ts";
import { BOOL, literal, NULL, range, STRING, UNKNOWN } from "./construct.ts";
import { checkElse } from "./else.ts";
import { assign } from "./expect.ts";
import { needed } from "./failure.ts";
import { join, widen } from "./join.ts";
import { checkLambda } from "./lambda.ts";
import { checkList } from "./list.ts";
import { checkAddress, checkNumber, checkTime } from "./literal.ts";
import { checkMatch } from "./match.ts";
import { checkIndex, checkMember } from "./member.ts";
import { checkRecord } from "./record.ts";
import { checkReference } from "./reference.ts";
import { checkString } from "./string.ts";
import { checkTemplate } from "./template.ts";
import type { Type } from "./type.ts";

/** `expected` is only a hint (for literals, empty lists, lambdas): the caller judges whether the answer fits. */
export function check(body: Body, node: tree.Expression, expected: Type | null = null): Type {
  const before = body.failures.length;
  const type = infer(body, node, expected);
  body.module.types.set(node.id, type);
  if (body.failures.length > before) body.module.canFail.add(node.id);
  return type;
}

/** Checks the expression and reports where its value does not fit. Gives the type that was found, absence dealt with. */
export function expect(body: Body, node: tree.Expression, expected: Type): Type {
  return assign(body, node, check(body, node, expected), expected);
}

/** A value that must be there, of any type. */
export function value(body: Body, node: tree.Expression, expected: Type | null = null): Type {
  return needed(body, node, check(body, node, expected));
}

function infer(body: Body, node: tree.Expression, expected: Type | null): Type {
  switch (node.kind) {
    case "string":
      return checkString(body, node, expected);
    case "template":
      return checkTemplate(body, node, STRING);
    case "number":
      return checkNumber(body, node);
    case "time":
      return checkTime(body, node);
    case "address":
      return checkAddress(body, node);
    case "boolean":
      return wantsLiteral(expected) ? literal(node.value) : BOOL;
    case "none":
      return NULL;
    case "list":
      return checkList(body, node, expected);
    case "record":
      return checkRecord(body, node, expected);
    case "reference":
      return checkReference(body, node);
    case "member":
      return checkMember(body, node);
    case "index":
      return checkIndex(body, node);
    case "call":
      return checkCall(body, node);
    case "lambda":
      return checkLambda(body, node, expected);
    case "unary":
      return checkUnary(body, node);
    case "binary":
      return checkBinary(body, node, expected);
    case "range":
      return checkRange(body, node);
    case "as":
      return checkAs(body, node);
    case "pipe":
      return checkPipe(body, node);
    case "else":
      return checkElse(body, node, expected);
    case "match":
      return checkMatch(body, node, expected);
    // Stands in settings and steps of its own alone, which look at its parts.
    case "budget-amount":
    case "broken":
      return UNKNOWN;
  }
}

/** Whether `true` here should be the literal and not any bool. */
function wantsLiteral(expected: Type | null): boolean {
  if (expected?.kind === "optional") return wantsLiteral(expected.of);
  const members = expected?.kind === "union" ? expected.members : expected ? [expected] : [];
  return members.some((member) => member.kind === "literal" && typeof member.value === "boolean");
}

function checkRange(body: Body, node: tree.Range): Type {
  const ends = [node.from, node.to].flatMap((end) => (end ? [value(body, end)] : []));
  const of = ends.reduce<Type | null>((all, end) => (all ? join(all, end) : end), null);
  return of ? range(widen(of)) : UNKNOWN;
}
