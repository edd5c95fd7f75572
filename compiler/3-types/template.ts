/** A string with holes: every hole has a text form, and the text has the labels of all of them. */
import type * as tree from "../1-syntax/tree.ts";
import { type Body, report } from "./context.ts";
import { value } from "./expression.ts";
import { deepLabels, withLabels } from "./labels.ts";
import { describe, show } from "./show.ts";
import { hasText } from "./text.ts";
import type { StringType, Type } from "./type.ts";

export function checkTemplate(body: Body, node: tree.Template, of: StringType): Type {
  let labelled: Type = of;
  for (const hole of node.holes) {
    const type = textValue(body, hole);
    labelled = withLabels(labelled, deepLabels(type));
  }
  const min = node.texts.reduce((sum, text) => sum + [...text].length, 0);
  return min > 0 && labelled.kind === "string" ? { ...labelled, min } : labelled;
}

/** A value that is there and has a text form. */
export function textValue(body: Body, node: tree.Expression): Type {
  return textOf(body, node, value(body, node));
}

/** The type of a checked value that must have a text form. */
export function textOf(body: Body, node: tree.Expression, type: Type): Type {
  if (hasText(type)) return type;
  report(body, node, "VGW3032", { type: show(type) }, `this is ${describe(type)}`, {
    help:
      type.kind === "record"
        ? "name the field that is meant, or encode_json(…)"
        : type.kind === "list"
          ? 'join its items: ….join(", ")'
          : type.kind === "answer"
            ? "say what it is: … as string, or its .status"
            : null,
  });
  return type;
}
