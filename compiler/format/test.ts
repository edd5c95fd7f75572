/** Tests and their steps. */
import type * as tree from "../1-syntax/tree.ts";
import { type Doc, group, indent, join, line } from "./doc.ts";
import { argumentsBetween, binding, expression } from "./expression.ts";
import type { SourceView } from "./source.ts";
import { settings } from "./step.ts";

export function test(view: SourceView, node: tree.Test): Doc {
  const steps = node.steps.map((step) => view.entry(step, () => stepOf(view, step), ";"));
  const title = expression(view, node.title, binding.postfix);
  return ["test ", title, " ", view.braces(view.last(node.title.id) + 1, steps)];
}

function stepOf(view: SourceView, node: tree.TestStep): Doc {
  switch (node.kind) {
    case "given":
      return listed(
        "given",
        node.facts.map((fact) => [
          expression(view, fact.target, binding.postfix),
          " = ",
          expression(view, fact.value, binding.everything),
        ]),
      );
    case "send": {
      const path = expression(view, node.path, binding.postfix);
      const callers = node.callers.map((caller, index) => [index === 0 ? " as " : " and ", sentCaller(view, caller)]);
      const from = view.last((node.callers.at(-1) ?? node.path).id) + 1;
      const list = node.settings.length === 0 ? "" : [" ", settings(view, from, node.settings)];
      return ["send ", node.method.text, " ", path, callers, list];
    }
    case "expect":
      return listed(
        "expect",
        node.conditions.map((condition) => expression(view, condition, binding.value)),
      );
    case "advance":
      return ["advance ", expression(view, node.by, binding.value)];
    case "broken":
      return view.verbatim(node.id);
  }
}

function sentCaller(view: SourceView, node: tree.SentCaller): Doc {
  const open = view.last(node.identity.id) + 1;
  if (open > view.last(node.id)) return node.identity.text;
  return [node.identity.text, argumentsBetween(view, open, view.last(node.id), node.arguments)];
}

/** A single one breaks inside itself, as it would anywhere else. */
function listed(verb: string, docs: readonly Doc[]): Doc {
  if (docs.length === 1) return [`${verb} `, docs[0]!];
  return group([`${verb} `, indent(join([",", line], docs))]);
}
