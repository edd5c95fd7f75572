/** Everything that stands at the top level. */
import type * as tree from "../1-syntax/tree.ts";
import { type Doc, group, indent, join, line, softLine } from "./doc.ts";
import { binding, expression } from "./expression.ts";
import { route } from "./route.ts";
import type { SourceView } from "./source.ts";
import { body, definition, settingOf, settings } from "./step.ts";
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
    case "model":
      return model(view, node);
    case "identity":
      return identity(view, node);
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

function model(view: SourceView, node: tree.Model): Doc {
  const head: Doc = ["model ", node.name.text];
  if (node.choice === null) return [head, " ", settings(view, view.last(node.name.id) + 1, node.settings)];
  const chosen: Doc = [head, " = choose(", node.choice.models.map(({ text }) => text).join(", "), ")"];
  const from = view.last(node.choice.id) + 1;
  const bare = node.settings.length === 0 && view.image(from) !== "{";
  return bare ? chosen : [chosen, " ", settings(view, from, node.settings)];
}

function identity(view: SourceView, node: tree.Identity): Doc {
  const entries = node.settings.map((entry) =>
    view.entry(entry, () => (entry.kind === "setting" ? settingOf(view, entry) : claims(view, entry))),
  );
  return [
    "identity ",
    node.name.text,
    " = ",
    node.scheme.text,
    " ",
    view.braces(view.last(node.scheme.id) + 1, entries),
  ];
}

function claims(view: SourceView, node: tree.Claims): Doc {
  const entries = node.claims.map((claim) =>
    view.entry(claim, (): Doc => {
      const from = claim.from === null ? "" : [" from ", view.verbatim(claim.from.id)];
      return [claim.name.text, ": ", type(view, claim.type), from];
    }),
  );
  return ["claims: ", view.braces(view.last(node.key.id) + 2, entries)];
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
