/** Routes: a head that breaks before `with` and `when`, and a body. */
import type * as tree from "../1-syntax/tree.ts";
import { type Doc, flat, group, indent, join, line } from "./doc.ts";
import { argumentsBetween, binding, expression } from "./expression.ts";
import type { SourceView } from "./source.ts";
import { body } from "./step.ts";
import { type } from "./type.ts";

export function route(view: SourceView, node: tree.Route): Doc {
  const methods = node.methods.map(({ text }) => text).join(", ");
  const parts: Doc[] = ["route ", methods, " ", pattern(view, node.pattern)];
  let last = view.last(node.pattern.id);
  if (node.host !== null) {
    parts.push(" host ", expression(view, node.host, binding.value));
    last = view.last(node.host.id);
  }
  if (node.open) parts.push(" open");
  const breakable: Doc[] = [];
  if (node.policies.length > 0) {
    breakable.push(
      line,
      "with ",
      join(
        ", ",
        node.policies.map((use) => policyUse(view, use)),
      ),
    );
    last = view.last(node.policies.at(-1)!.id);
  }
  if (node.guard !== null) {
    breakable.push(line, "when ", expression(view, node.guard, binding.value));
    last = view.last(node.guard.id);
  }
  return [group([parts, indent(breakable)]), " ", body(view, last + 1, node.settings, node.steps)];
}

function policyUse(view: SourceView, node: tree.PolicyUse): Doc {
  const open = view.last(node.name.id) + 1;
  if (open > view.last(node.id)) return node.name.text;
  return [node.name.text, argumentsBetween(view, open, view.last(node.id), node.arguments)];
}

/** The text is kept as written; only what stands in the holes is set anew. */
function pattern(view: SourceView, node: tree.PathPattern | tree.Broken): Doc {
  if (node.kind === "broken") return view.verbatim(node.id);
  const parameters = node.parts.filter((part) => part.kind === "path-parameter");
  let out = view.image(view.first(node.id));
  for (const parameter of parameters) {
    const written = parameter.type;
    const suffix = written === null ? "" : `: ${flat(view.inHole(() => type(view, written)))}`;
    out += parameter.name.text + (parameter.rest ? "..." : "") + suffix;
    let token = view.last(parameter.id) + 1;
    while (!/^template-/.test(view.tree.tokens[token]!.kind)) token++;
    out += view.image(token);
  }
  return out;
}
