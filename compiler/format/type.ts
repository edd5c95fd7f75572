/** Types, as written. */
import type * as tree from "../1-syntax/tree.ts";
import { type Doc, group, indent, join, line, softLine } from "./doc.ts";
import { binding, expression } from "./expression.ts";
import type { SourceView } from "./source.ts";

export function type(view: SourceView, node: tree.TypeExpression): Doc {
  switch (node.kind) {
    case "named-type":
      return [node.name.text, typeArguments(view, node.arguments)];
    case "record-type":
      return view.braces(
        view.first(node.id),
        node.fields.map((field) => view.entry(field, () => fieldOf(view, field))),
      );
    case "list-type": {
      const length = node.length === null ? "" : ["(", lengthOf(view, node.length), ")"];
      return ["[", type(view, node.item), "]", length];
    }
    case "optional-type":
      return [suffixed(view, node.of, ["union-type"]), "?"];
    case "labelled-type":
      return [suffixed(view, node.of, ["union-type", "labelled-type"]), node.labels.map((label) => ` @${label.text}`)];
    case "union-type": {
      const members = node.members.map((member) => suffixed(view, member, ["union-type"]));
      return group([members[0]!, indent(members.slice(1).map((member): Doc => [line, "| ", member]))]);
    }
    case "literal-type":
      return literal(view, node.value);
    case "broken":
      return view.verbatim(node.id);
  }
}

/** A minus is a token of its own; a string that runs over lines is not touched. */
function literal(view: SourceView, value: tree.LiteralType["value"]): string {
  return value.kind === "number" ? view.verbatim(value.id).replace(/\s+/g, "") : view.verbatim(value.id);
}

function suffixed(view: SourceView, node: tree.TypeExpression, kinds: readonly string[]): Doc {
  return kinds.includes(node.kind) ? ["(", type(view, node), ")"] : type(view, node);
}

function lengthOf(view: SourceView, length: tree.Range): Doc {
  return length.from !== null && length.from === length.to
    ? expression(view, length.from, binding.range)
    : expression(view, length, binding.range);
}

function typeArguments(view: SourceView, list: readonly tree.TypeArgument[]): Doc {
  if (list.length === 0) return "";
  const docs = list.map((argument): Doc => {
    const name = argument.name === null ? "" : `${argument.name.text}: `;
    const { value } = argument;
    return [name, isType(value) ? type(view, value) : expression(view, value, binding.range)];
  });
  return group(["(", indent([softLine, join([",", line], docs)]), softLine, ")"]);
}

const typeKinds: ReadonlySet<string> = new Set(
  "named-type record-type list-type optional-type union-type literal-type labelled-type".split(" "),
);

function isType(value: tree.Expression | tree.TypeExpression): value is tree.TypeExpression {
  return typeKinds.has(value.kind);
}

function fieldOf(view: SourceView, node: tree.Field): Doc {
  const initial = node.default === null ? "" : [" = ", expression(view, node.default, binding.everything)];
  return [view.verbatim(node.name.id), ": ", type(view, node.type), initial];
}
