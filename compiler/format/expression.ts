/** Values. Parentheses are not in the tree: they are written where the precedence asks for them, and nowhere else. */
import type * as tree from "../1-syntax/tree.ts";
import { type Doc, breaks, flat, group, indent, join, line, softLine } from "./doc.ts";
import type { SourceView } from "./source.ts";
import { otherwise } from "./step.ts";
import { type } from "./type.ts";

/** How tightly each form binds; what a place asks for is the loosest form that may stand there bare. */
export const binding = {
  everything: 0,
  value: 1,
  or: 2,
  and: 3,
  not: 4,
  comparison: 5,
  range: 6,
  sum: 7,
  product: 8,
  as: 9,
  minus: 10,
  postfix: 11,
} as const;

const operators: Readonly<Record<tree.BinaryOperator, number>> = {
  or: binding.or,
  and: binding.and,
  "==": binding.comparison,
  "!=": binding.comparison,
  "<": binding.comparison,
  "<=": binding.comparison,
  ">": binding.comparison,
  ">=": binding.comparison,
  in: binding.comparison,
  "not in": binding.comparison,
  "+": binding.sum,
  "-": binding.sum,
  "*": binding.product,
  "/": binding.product,
};

function bindingOf(node: tree.Expression): number {
  switch (node.kind) {
    case "else":
    case "lambda":
      return binding.everything;
    case "pipe":
      return binding.value;
    case "binary":
      return operators[node.operator];
    case "range":
      return binding.range;
    case "as":
      return binding.as;
    case "unary":
      return node.operator === "-" ? binding.minus : binding.not;
    default:
      return binding.postfix;
  }
}

export function expression(view: SourceView, node: tree.Expression, loosest: number): Doc {
  const doc = bare(view, node);
  if (bindingOf(node) >= loosest) return doc;
  return group(["(", indent([softLine, doc]), softLine, ")"]);
}

function bare(view: SourceView, node: tree.Expression): Doc {
  switch (node.kind) {
    case "string":
    case "number":
    case "time":
    case "address":
    case "broken":
      return view.verbatim(node.id);
    case "template":
      return template(view, node);
    case "boolean":
      return String(node.value);
    case "none":
      return "none";
    case "list":
      return list(view, node);
    case "record":
      return record(view, node);
    case "reference":
      return node.name.text;
    case "member":
      return member(view, node);
    case "index":
      return [
        expression(view, node.object, binding.postfix),
        "[",
        expression(view, node.index, binding.everything),
        "]",
      ];
    case "call":
      return [expression(view, node.callee, binding.postfix), callArguments(view, node)];
    case "lambda":
      return lambda(view, node);
    case "unary":
      if (node.operator === "-") return ["-", expression(view, node.operand, binding.minus)];
      return ["not ", expression(view, node.operand, binding.not)];
    case "binary":
      return binary(view, node);
    case "range":
      return [end(view, node.from), "..", end(view, node.to)];
    case "as":
      return [expression(view, node.value, binding.as), " as ", type(view, node.type)];
    case "pipe":
    case "else":
      return chain(view, node);
    case "match":
      return match(view, node);
    case "budget-amount":
      return budget(view, node);
  }
}

/** `$25/day by caller.team then local`. */
export function budget(view: SourceView, node: tree.Budget): Doc {
  return [
    expression(view, node.amount, binding.value),
    node.by === null ? "" : [" by ", expression(view, node.by, binding.value)],
    node.instead === null ? "" : ` then ${node.instead.text}`,
  ];
}

/** `value |> … |> … else … else …`: where it does not fit, each part has its own line. */
function chain(view: SourceView, node: tree.Pipe | tree.Else): Doc {
  const parts: Doc[] = [];
  let first: tree.Expression = node;
  while (first.kind === "else") {
    parts.unshift([line, "else ", otherwise(view, first.otherwise)]);
    first = first.value;
  }
  while (first.kind === "pipe") {
    parts.unshift([line, "|> ", expression(view, first.target, binding.postfix)]);
    first = first.value;
  }
  // What is left can't be an `else` or a lambda without parentheses: both would take what follows them.
  return group([expression(view, first, binding.or), indent(parts)]);
}

function end(view: SourceView, node: tree.Expression | null): Doc {
  return node === null ? "" : expression(view, node, binding.sum);
}

/** `and`, `or` break before the operator, arithmetic behind it, all of one level together; comparisons never. */
function binary(view: SourceView, node: tree.Binary): Doc {
  const level = operators[node.operator];
  if (level === binding.comparison) {
    const [left, right] = [node.left, node.right].map((side) => expression(view, side, level + 1));
    return [left!, ` ${node.operator} `, right!];
  }
  const parts: Doc[] = [];
  let first: tree.Expression = node;
  while (first.kind === "binary" && operators[first.operator] === level) {
    const right = expression(view, first.right, level + 1);
    const { operator } = first;
    parts.unshift(level <= binding.and ? [line, `${operator} `, right] : [` ${operator}`, line, right]);
    first = first.left;
  }
  return group([expression(view, first, level), indent(parts)]);
}

/** A number would swallow the dot's digits only if a digit followed, which a name never begins with. */
function member(view: SourceView, node: tree.Member): Doc {
  return [expression(view, node.object, binding.postfix), ".", node.name.text];
}

/** The texts are kept as written; a hole is written on one line. */
function template(view: SourceView, node: tree.Template): Doc {
  const out: string[] = [];
  let hole = 0;
  let next = -1;
  for (let token = view.first(node.id); token <= view.last(node.id); token++) {
    const { kind } = view.tree.tokens[token]!;
    if (token < next) continue;
    if (kind === "template-start" || kind === "template-middle" || kind === "template-end") {
      out.push(view.image(token));
      const value = node.holes[hole++];
      if (kind === "template-end" || value === undefined) break;
      out.push(flat(view.inHole(() => expression(view, value, binding.everything))));
      next = view.last(value.id) + 1;
    }
  }
  return out.join("");
}

function list(view: SourceView, node: tree.ListLiteral): Doc {
  const entries = node.items.map((item) => view.entry(item, () => expression(view, item, binding.everything)));
  return view.enclosed("[", view.first(node.id), view.last(node.id), "]", entries, softLine);
}

function record(view: SourceView, node: tree.RecordLiteral): Doc {
  return view.braces(
    view.first(node.id),
    node.entries.map((entry) => view.entry(entry, () => recordEntry(view, entry))),
  );
}

function recordEntry(view: SourceView, node: tree.RecordEntry | tree.Spread): Doc {
  if (node.kind === "spread") return ["...", expression(view, node.value, binding.everything)];
  const key = view.verbatim(node.key.id);
  if (node.value.kind === "reference" && node.value.name === node.key) return key;
  return [key, ": ", expression(view, node.value, binding.everything)];
}

function lambda(view: SourceView, node: tree.Lambda): Doc {
  const names = node.parameters.map(({ name }) => name.text);
  const head = names.length === 1 ? names[0]! : `(${names.join(", ")})`;
  return [head, " => ", expression(view, node.body, binding.everything)];
}

/** A last argument that has brackets of its own opens on the call's line. */
function callArguments(view: SourceView, node: tree.Call): Doc {
  const open = view.find("(", view.last(node.callee.id) + 1);
  return argumentsBetween(view, open, view.last(node.id), node.arguments);
}

export function argumentsBetween(view: SourceView, open: number, close: number, list: readonly tree.Argument[]): Doc {
  const docs = list.map((node): Doc => {
    const name = node.name === null ? "" : `${node.name.text}: `;
    return [name, expression(view, node.value, binding.everything)];
  });
  const last = list.at(-1);
  if (last !== undefined && hugs(view, open, close, last) && !docs.slice(0, -1).some(breaks))
    return ["(", join(", ", docs), ")"];
  const entries = list.map((node, index) => view.entry(node, () => docs[index]!));
  return view.enclosed("(", open, close, ")", entries, softLine);
}

function hugs(view: SourceView, open: number, close: number, last: tree.Argument): boolean {
  const value = last.value.kind === "lambda" ? last.value.body : last.value;
  if (value.kind !== "record" && value.kind !== "list" && value.kind !== "match") return false;
  const { tokens, text } = view.tree;
  const from = tokens[open]!.end;
  if (text.slice(from, tokens[open + 1]!.start).includes("\n")) return false;
  return !view.hasComment(from, view.start(last.id)) && !view.hasComment(view.end(last.id), tokens[close]!.start);
}

function match(view: SourceView, node: tree.Match): Doc {
  const arms = node.arms.map((arm) => view.entry(arm, () => armOf(view, arm)));
  return [
    "match ",
    expression(view, node.subject, binding.value),
    " ",
    view.braces(view.last(node.subject.id) + 1, arms),
  ];
}

function armOf(view: SourceView, node: tree.MatchArm): Doc {
  const patterns = node.patterns?.map((pattern) => expression(view, pattern, binding.range));
  return [
    patterns === undefined ? "_" : join(" | ", patterns),
    " => ",
    expression(view, node.value, binding.everything),
  ];
}
