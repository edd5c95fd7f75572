/** Everything that stands at the top level. */
import type * as tree from "../1-syntax/tree.ts";
import { type Doc, group, indent, join, line, softLine } from "./doc.ts";
import { binding, expression } from "./expression.ts";
import { route } from "./route.ts";
import type { SourceView } from "./source.ts";
import { body, definition, settings } from "./step.ts";
import { test } from "./test.ts";
import { type } from "./type.ts";

export function declaration(view: SourceView, node: tree.Declaration): Doc {
  return ["isPrivate" in node && node.isPrivate ? "private " : "", bare(view, node)];
}

function bare(view: SourceView, node: tree.Declaration): Doc {
  switch (node.kind) {
    case "import":
      return importOf(view, node);
    case "gateway":
    case "service":
      return [node.kind, " ", node.name.text, " ", settings(view, view.last(node.name.id) + 1, node.settings)];
    case "type": {
      const block = node.type.kind === "record-type" && view.image(view.last(node.name.id) + 1) === "{";
      return ["type ", node.name.text, block ? " " : " = ", type(view, node.type)];
    }
    case "route":
      return route(view, node);
    case "policy": {
      const last = node.parameters.length > 0 ? view.last(node.parameters.at(-1)!.id) : view.last(node.name.id);
      const list = node.parameters.length > 0 ? parameters(view, node.parameters) : "";
      return ["policy ", node.name.text, list, " ", body(view, last + 1, [], node.steps)];
    }
    case "function": {
      const result = node.result === null ? "" : [" -> ", type(view, node.result)];
      const value = expression(view, node.body, binding.everything);
      return ["function ", node.name.text, parameters(view, node.parameters), result, " = ", value];
    }
    case "constant":
      return definition(view, "let", node);
    case "test":
      return test(view, node);
    case "reserved":
    case "broken":
      return view.verbatim(node.id);
  }
}

function parameters(view: SourceView, list: readonly tree.Parameter[]): Doc {
  const docs = list.map((node): Doc => [node.name.text, node.type === null ? "" : [": ", type(view, node.type)]]);
  if (docs.length === 0) return "()";
  return group(["(", indent([softLine, join([",", line], docs)]), softLine, ")"]);
}

function importOf(view: SourceView, node: tree.Import): Doc {
  const from = view.verbatim(node.from.id);
  if (node.names === null) return ["import ", from];
  const entries = node.names.map((name) => {
    const alias = name.alias === null ? "" : ` as ${name.alias.text}`;
    return view.entry(name, () => name.name.text + alias);
  });
  return ["import ", view.braces(view.first(node.id) + 1, entries), " from ", from];
}
