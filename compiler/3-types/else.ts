/** Postfix `else`: takes every failure and absence to its left, and gives a value, ends the request, or ignores. */
import type * as tree from "../1-syntax/tree.ts";
import { type Body, report, span } from "./context.ts";
import { isOptional, NEVER, NULL, optional, present } from "./construct.ts";
import { check } from "./expression.ts";
import { assign } from "./expect.ts";
import { fits } from "./fits.ts";
import { join } from "./join.ts";
import { withLabels } from "./labels.ts";
import { describe } from "./show.ts";
import { checkOtherwiseStep } from "./otherwise.ts";
import type { Type } from "./type.ts";

export function checkElse(body: Body, node: tree.Else, expected: Type | null, effect = false): Type {
  const mark = body.failures.length;
  const found = check(body, node.value, expected);
  const failed = body.failures.length > mark;
  body.failures.length = mark;
  const absent = isOptional(found);
  const isKnown = found.kind !== "unknown" && found.kind !== "never" && !decodesUnknown(body, node.value);
  if (!failed && !absent && isKnown) cannotFail(body, node);
  const type = found.kind === "null" ? NEVER : withLabels(present(found), found.labels);
  const otherwise = node.otherwise;
  body.elseDepth++;
  const result = alternative(body, otherwise, type, expected, effect);
  body.elseDepth--;
  return result;
}

/** What is wrong has been said where the value comes from. */
function decodesUnknown(body: Body, node: tree.Expression): boolean {
  return node.kind === "as" && body.module.types.get(node.value.id)?.kind === "unknown";
}

function alternative(body: Body, otherwise: tree.Otherwise, type: Type, expected: Type | null, effect: boolean): Type {
  if (otherwise.kind === "otherwise-step") {
    checkOtherwiseStep(body, otherwise);
    return type;
  }
  if (otherwise.kind === "otherwise-ignore") {
    if (effect) return NULL;
    report(body, otherwise, "VGW4103", {}, "a value or an ending step is needed here", {
      help: `give ${describe(type)}, or end the request: else deny 502`,
    });
    return type;
  }
  const other = check(body, otherwise.value, expected ?? type);
  if (other.kind === "null") return optional(type);
  const joined = join(type, other);
  if (joined !== null && (joined.kind !== "union" || type.kind === "union" || type.kind === "literal")) return joined;
  if (expected && fits(other, expected)) return expected;
  const shown = present(other);
  if (joined === null && !fits(shown, type)) {
    if (shown.kind === "int" || shown.kind === "float") return unitOrMismatch(body, otherwise.value, other, type);
    report(
      body,
      otherwise.value,
      "VGW4102",
      { expected: describe(type), found: describe(other) },
      "this takes the place of the value before else",
    );
    return type;
  }
  return joined ?? type;
}

/** A bare number after `else` is the commonest slip: it gets the message about units, as anywhere else. */
function unitOrMismatch(body: Body, node: tree.Expression, other: Type, type: Type): Type {
  const units = new Set(["duration", "size", "percent", "money", "rate"]);
  if (node.kind === "number" && units.has(type.kind)) return assign(body, node, other, type);
  report(
    body,
    node,
    "VGW4102",
    { expected: describe(type), found: describe(other) },
    "this takes the place of the value before else",
  );
  return type;
}

function cannotFail(body: Body, node: tree.Else): void {
  const from = span(body.module, node.value).end;
  const to = span(body.module, node).end;
  report(body, node.value, "VGW4101", {}, "this always has a value", {
    help: "leave the else out",
    fixes: [
      {
        title: "Remove else",
        kind: "safe",
        edits: [{ span: { file: body.module.tree.file, start: from, end: to }, text: "" }],
      },
    ],
  });
}
