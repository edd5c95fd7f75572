/** `x => …`: its parameters take their types from where it stands; its body only calculates. */
import type * as tree from "../1-syntax/tree.ts";
import { type Body, report } from "./context.ts";
import { functionOf, UNKNOWN } from "./construct.ts";
import { check, expect } from "./expression.ts";
import { settle } from "./failure.ts";
import { declare, enter } from "./scopes.ts";
import { resolveType } from "./type-expression.ts";
import type { Type } from "./type.ts";

export interface LambdaShape {
  readonly parameters: readonly Type[];
  /** What the body must give; null: whatever it gives. */
  readonly result: Type | null;
  /** Of `gather`: its body may call services, and its failures are the call's. */
  readonly calls: boolean;
}

/** Where a function is not expected. */
export function checkLambda(body: Body, node: tree.Lambda, expected: Type | null): Type {
  if (expected?.kind === "function")
    return checkLambdaAs(body, node, { parameters: expected.parameters, result: expected.result, calls: false });
  if (expected?.kind !== "unknown")
    report(
      body,
      node,
      "VGW3029",
      { what: "this function" },
      "a function stands only as an argument, of map or filter for example",
    );
  checkLambdaAs(body, node, { parameters: node.parameters.map(() => UNKNOWN), result: null, calls: false });
  return UNKNOWN;
}

export function checkLambdaAs(body: Body, node: tree.Lambda, shape: LambdaShape): Type {
  const types = node.parameters.map((parameter, index) =>
    parameter.type ? resolveType(body, parameter.type) : (shape.parameters[index] ?? UNKNOWN),
  );
  if (node.parameters.length > shape.parameters.length) {
    const wanted = shape.parameters.length;
    report(
      body,
      node.parameters[wanted] ?? node,
      "VGW3014",
      { callee: "this function", wanted: `${wanted} parameter${wanted === 1 ? "" : "s"}` },
      "one too many",
    );
  }
  const where = body.where;
  // In a function, guard or constant the narrower rules of those stay.
  if (!shape.calls && (where === "route" || where === "policy" || where === "answer")) body.where = "lambda";
  const mark = body.failures.length;
  const result = enter(body, () => {
    node.parameters.forEach((parameter, index) => {
      declare(body, parameter.name, types[index]!, parameter.type);
    });
    return shape.result ? expect(body, node.body, shape.result) : check(body, node.body);
  });
  if (!shape.calls) settle(body, mark);
  body.where = where;
  const type = functionOf(types, result);
  body.module.types.set(node.id, type);
  return type;
}
