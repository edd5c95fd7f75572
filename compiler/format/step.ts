/** Steps, settings before them, and what follows a postfix `else`. */
import type * as tree from "../1-syntax/tree.ts";
import { type Doc, flat, group, indent, line } from "./doc.ts";
import { binding, budget, expression } from "./expression.ts";
import type { Entry, SourceView } from "./source.ts";
import { type } from "./type.ts";

/** `{ settings, then steps }`; `from` is a token before the brace and behind everything else in the head. */
export function body(
  view: SourceView,
  from: number,
  settings: readonly tree.Setting[],
  steps: readonly tree.Step[],
): Doc {
  const entries: Entry[] = settings.map((setting, index) =>
    view.entry(setting, () => settingOf(view, setting), index === settings.length - 1 ? ";" : ","),
  );
  for (const step of steps) entries.push(view.entry(step, () => stepOf(view, step), ";"));
  return view.braces(from, entries);
}

export function settings(view: SourceView, from: number, list: readonly tree.Setting[]): Doc {
  return view.braces(
    from,
    list.map((setting) => view.entry(setting, () => settingOf(view, setting))),
  );
}

export function settingOf(view: SourceView, node: tree.Setting): Doc {
  const value: Doc = [node.key.text, ": ", expression(view, node.value, binding.everything)];
  if (node.condition === null) return value;
  const others = node.otherwise.map(
    (other): Doc => [line, "else ", expression(view, other.value, binding.value), condition(view, other.condition)],
  );
  return group([value, indent([condition(view, node.condition), ...others])]);
}

function condition(view: SourceView, node: tree.Expression | null): Doc {
  return node === null ? "" : [line, "when ", expression(view, node, binding.value)];
}

function stepOf(view: SourceView, node: tree.Step): Doc {
  switch (node.kind) {
    case "let":
      return definition(view, "let", node);
    case "read":
      return read(view, node);
    case "identify":
      return ["identify ", identities(node), elsePart(view, node.otherwise)];
    case "if":
      return conditional(view, node);
    case "reserved-step":
    case "broken":
      return view.verbatim(node.id);
    default: {
      const doc = unguarded(view, node);
      if (node.guard === null) return doc;
      return group([doc, indent([line, "when ", expression(view, node.guard, binding.value)])]);
    }
  }
}

/** `a or b`, `all(a, b)`. */
function identities(node: tree.IdentifyStep): string {
  const names = node.identities.map(({ text }) => text);
  return node.how === "all" ? `all(${names.join(", ")})` : names.join(" or ");
}

type Guardable = Exclude<
  tree.Step,
  tree.LetStep | tree.ReadStep | tree.IdentifyStep | tree.IfStep | tree.ReservedStep | tree.Broken
>;

function unguarded(view: SourceView, node: Guardable): Doc {
  switch (node.kind) {
    case "require":
      return ["require ", expression(view, node.condition, binding.value), elsePart(view, node.otherwise)];
    case "limit": {
      const { rate, by } = node;
      const key = by === null ? "" : [" by ", expression(view, by, binding.value)];
      const from = view.last((by ?? rate).id) + 1;
      const list = node.settings.length === 0 ? "" : [" ", settings(view, from, node.settings)];
      return ["limit ", expression(view, rate, binding.value), key, list, elsePart(view, node.otherwise)];
    }
    case "budget": {
      const list =
        node.settings.length === 0 ? "" : [" ", settings(view, view.last(node.budget.id) + 1, node.settings)];
      return ["budget ", budget(view, node.budget), list];
    }
    case "concurrency": {
      const { most, by } = node;
      const key = by === null ? "" : [" by ", expression(view, by, binding.value)];
      const from = by === null ? view.last(most.id) + 2 : view.last(by.id) + 1;
      const list = node.settings.length === 0 ? "" : [" ", settings(view, from, node.settings)];
      const amount = expression(view, most, binding.value);
      return ["limit ", amount, " concurrent", key, list, elsePart(view, node.otherwise)];
    }
    case "forward": {
      const { dialect } = node;
      const before = dialect ?? node.service;
      const bare = node.settings.length === 0 && node.steps.length === 0 && !braceFollows(view, before);
      const block = bare ? "" : [" ", body(view, view.last(before.id) + 1, node.settings, node.steps)];
      return [
        "forward ",
        node.service.text,
        dialect === null ? "" : ` as ${dialect.text}`,
        block,
        elsePart(view, node.otherwise),
      ];
    }
    case "reply":
      return ["reply", answer(view, node.status, node.value)];
    case "list-models":
      return ["reply models(", listed(view, node.models), `) as ${node.dialect.text}`];
    case "deny":
      return ["deny", answer(view, node.status, node.detail)];
    case "set": {
      const value = expression(view, node.value, binding.everything);
      const list = node.settings.length === 0 ? "" : [" ", settings(view, view.last(node.value.id) + 1, node.settings)];
      return ["set ", expression(view, node.place, binding.postfix), " = ", value, list];
    }
    case "remove":
      return ["remove ", expression(view, node.place, binding.postfix)];
    case "rewrite":
      return ["rewrite ", expression(view, node.path, binding.everything)];
    case "log":
      return log(view, node);
    case "expression-step":
      return expression(view, node.value, binding.everything);
  }
}

/** An empty block is the author's: it is kept. */
function braceFollows(view: SourceView, name: { readonly id: tree.NodeId }): boolean {
  return view.image(view.last(name.id) + 1) === "{";
}

/** A second value that begins with a sign would be read as part of the first. */
function answer(view: SourceView, status: tree.Expression | null, value: tree.Expression | null): Doc {
  const first = status === null ? "" : [" ", expression(view, status, value === null ? binding.value : binding.sum)];
  if (value === null) return first;
  const second = expression(view, value, binding.value);
  const needsParentheses = status !== null && /^(?:-|\\.\\.)/.test(flat(second));
  return [first, " ", needsParentheses ? ["(", second, ")"] : second];
}

/** The level `info` is said only where its absence would turn the value's first word into a level. */
function log(view: SourceView, node: tree.LogStep): Doc {
  const value = expression(view, node.value, binding.everything);
  const ambiguous = node.level === "info" && /^(?:debug|info|warn|error)\b/.test(flat(value));
  return ["log ", node.level !== "info" || ambiguous ? `${node.level} ` : "", value];
}

export function definition(view: SourceView, word: string, node: Pick<tree.LetStep, "name" | "type" | "value">): Doc {
  const annotation = node.type === null ? "" : [": ", type(view, node.type)];
  return [word, " ", node.name.text, annotation, " = ", expression(view, node.value, binding.everything)];
}

function read(view: SourceView, node: tree.ReadStep): Doc {
  const source = node.source === "body" ? "" : `${node.source} `;
  const from = node.from === null ? "" : [" from ", view.verbatim(node.from.id)];
  const initial = node.default === null ? "" : [" = ", expression(view, node.default, binding.value)];
  return ["read ", source, node.name.text, ": ", codec(view, node), from, initial, elsePart(view, node.otherwise)];
}

/** The type in its codec's clothes, as `codecOf` of the grammar takes them off. */
function codec(view: SourceView, node: tree.ReadStep): Doc {
  const doc = type(view, node.type);
  if (node.source !== "body" || node.codec === "bytes") return doc;
  if (node.codec === "form") return ["form(", doc, ")"];
  if (node.codec === "text") return ["text", flat(doc).slice("string".length)];
  const mistaken = node.type.kind === "named-type" && /^(?:form|json|text|bytes)$/.test(node.type.name.text);
  return mistaken && node.type.name.text !== "json" ? ["json(", doc, ")"] : doc;
}

function conditional(view: SourceView, node: tree.IfStep): Doc {
  const from = view.last(node.condition.id) + 1;
  const steps = body(view, from, [], node.steps);
  const head: Doc = ["if ", expression(view, node.condition, binding.value), " ", steps];
  if (node.otherwise === null) return head;
  const only = node.otherwise[0];
  if (only?.kind === "if" && node.otherwise.length === 1 && view.image(view.first(only.id) - 1) === "else")
    return [head, " else ", conditional(view, only)];
  const open = node.steps.length > 0 ? view.last(node.steps.at(-1)!.id) + 1 : view.find("{", from) + 1;
  return [head, " else ", body(view, view.find("}", open) + 1, [], node.otherwise)];
}

function elsePart(view: SourceView, node: tree.Otherwise | null): Doc {
  return node === null ? "" : group(indent([line, "else ", otherwise(view, node)]));
}

export function otherwise(view: SourceView, node: tree.Otherwise): Doc {
  switch (node.kind) {
    case "otherwise-ignore":
      return "ignore";
    case "otherwise-value": {
      const value = expression(view, node.value, binding.value);
      return node.value.kind === "reference" && node.value.name.text === "ignore" ? ["(", value, ")"] : value;
    }
    case "otherwise-step":
      return node.step.kind === "broken" ? view.verbatim(node.step.id) : unguarded(view, node.step);
  }
}

/** `assistant, large when caller.plan == "paid"`. */
function listed(view: SourceView, models: readonly tree.ListedModel[]): Doc {
  return models.map(({ model, condition }, at) => [
    at === 0 ? "" : ", ",
    model.text,
    condition === null ? "" : [" when ", expression(view, condition, binding.everything)],
  ]);
}
