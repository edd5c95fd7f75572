/** A string literal: itself, or a value of the type that is expected where that type is written as a string. */
import { urlFromText } from "../../runtime/value/url.ts";
import { uuidFromText } from "../../runtime/value/uuid.ts";
import type * as tree from "../1-syntax/tree.ts";
import { type Body, report } from "./context.ts";
import { literal, present, simple, UNKNOWN } from "./construct.ts";
import { matchesPattern, patternProblem } from "./pattern.ts";
import type { Type } from "./type.ts";

export function checkString(body: Body, node: tree.StringLiteral, expected: Type | null): Type {
  const wanted = expected && present(expected);
  switch (wanted?.kind) {
    case "regex": {
      const problem = patternProblem(node.value);
      if (problem === null) return simple("regex");
      report(body, node, "VGW3034", { text: `'${node.value}'`, type: "a pattern" }, problem);
      return UNKNOWN;
    }
    case "url":
    case "uuid": {
      const read = wanted.kind === "url" ? urlFromText : uuidFromText;
      if (read(node.value) !== undefined) return simple(wanted.kind);
      report(
        body,
        node,
        "VGW3034",
        { text: JSON.stringify(node.value), type: `a ${wanted.kind}` },
        `a ${wanted.kind} is expected here`,
      );
      return UNKNOWN;
    }
    case "string":
      if (
        wanted.pattern !== null &&
        patternProblem(wanted.pattern) === null &&
        !matchesPattern(wanted.pattern, node.value)
      ) {
        report(
          body,
          node,
          "VGW3009",
          { value: JSON.stringify(node.value), range: `the pattern '${wanted.pattern}'` },
          "it does not match",
        );
        return UNKNOWN;
      }
      // A literal that matches is of the patterned type; its length is judged with the type.
      return wanted.pattern === null
        ? literal(node.value)
        : { ...wanted, min: [...node.value].length, max: [...node.value].length };
    default:
      return literal(node.value);
  }
}
