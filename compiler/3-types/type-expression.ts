/** Types as written: names, ranges, records, lists, unions, labels. Declared types are resolved once, when first needed. */
import type * as tree from "../1-syntax/tree.ts";
import { kindNames, nearest } from "../2-names/index.ts";
import { currencies } from "../vocabulary/units.ts";
import { types as vocabularyTypes } from "../vocabulary/types.ts";
import { newBody } from "./body.ts";
import { constantValue } from "./constant-value.ts";
import { hasSyntaxError, type ModuleState, type ProgramState, report, span } from "./context.ts";
import {
  BOOL,
  FLOAT,
  INT,
  list,
  literal,
  map,
  MAX_INT,
  money,
  optional,
  simple,
  STRING,
  UNKNOWN,
} from "./construct.ts";
import { expect } from "./expression.ts";
import { union as unionLabels, withLabels } from "./labels.ts";
import { numberMeaning } from "./literal.ts";
import { wholeNumber } from "./match.ts";
import { patternProblem } from "./pattern.ts";
import type { FieldType, SimpleName, Type } from "./type.ts";
import { NONE } from "./type.ts";

interface Context {
  readonly program: ProgramState;
  readonly module: ModuleState;
}

const simpleNames = new Set<string>([
  "bool",
  "uuid",
  "time",
  "date",
  "duration",
  "size",
  "rate",
  "percent",
  "ip",
  "cidr",
  "url",
  "regex",
  "bytes",
  "json",
  "answer",
] satisfies SimpleName[]);

export function isSimpleName(name: string): name is SimpleName {
  return simpleNames.has(name);
}

export function resolveType(context: Context, node: tree.TypeExpression): Type {
  const type = resolve(context, node);
  context.module.types.set(node.id, type);
  return type;
}

function resolve(context: Context, node: tree.TypeExpression): Type {
  switch (node.kind) {
    case "named-type":
      return resolveNamed(context, node);
    case "record-type":
      return resolveRecord(context, node, null);
    case "list-type": {
      const ends = node.length ? lengthOf(context, node.length) : { min: 0, max: null };
      return list(resolveType(context, node.item), ends.min, ends.max);
    }
    case "optional-type":
      return optional(resolveType(context, node.of));
    case "union-type":
      return unionOf(node.members.map((member) => resolveType(context, member)));
    case "literal-type":
      return resolveLiteral(node);
    case "labelled-type":
      return withLabels(resolveType(context, node.of), [...new Set(node.labels.map((label) => label.text))].sort());
    case "broken":
      return UNKNOWN;
  }
}

function resolveLiteral(node: tree.LiteralType): Type {
  const { value } = node;
  if (value.kind !== "number") return literal(value.value);
  const meaning = numberMeaning(value);
  return "value" in meaning && typeof meaning.value === "number" ? literal(meaning.value) : UNKNOWN;
}

/** Flat, distinct, absence outermost. */
function unionOf(members: readonly Type[]): Type {
  const flat = members.flatMap((member) => {
    const inner = member.kind === "optional" ? member.of : member;
    return inner.kind === "union" ? inner.members : [inner];
  });
  if (flat.some((member) => member.kind === "unknown")) return UNKNOWN;
  const distinct = flat.filter(
    (member, index) => !flat.slice(0, index).some((other) => other === member || sameLiteral(other, member)),
  );
  const labels = members.reduce<Type["labels"]>((all, member) => unionLabels(all, member.labels), NONE);
  const type: Type = distinct.length === 1 ? distinct[0]! : { kind: "union", members: distinct, labels };
  return members.some((member) => member.kind === "optional") ? optional(type) : type;
}

function sameLiteral(a: Type, b: Type): boolean {
  return a.kind === "literal" && b.kind === "literal" && a.value === b.value;
}

function resolveRecord(context: Context, node: tree.RecordType, name: string | null): Type {
  const fields: FieldType[] = [];
  const seen = new Set<string>();
  for (const field of node.fields) {
    if (seen.has(field.name.text)) {
      report(context, field.name, "VGW3006", { name: field.name.text }, "again");
      continue;
    }
    seen.add(field.name.text);
    const type = resolveType(context, field.type);
    fields.push({
      name: field.name.text,
      type,
      default: field.default ? defaultOf(context, field.default, type) : undefined,
    });
  }
  return { kind: "record", name, fields, labels: NONE };
}

/** Defaults are part of the type, so they are literals. */
export function defaultOf(context: Context, node: tree.Expression, type: Type): unknown {
  const before = context.program.diagnostics.length;
  expect(newBody(context.program, context.module, "constant"), node, type);
  const value = constantValue(node);
  if (value === undefined && context.program.diagnostics.length === before && node.kind !== "broken")
    report(context, node, "VGW3022", {}, "a default is a literal");
  return value;
}

function resolveNamed(context: Context, node: tree.NamedType): Type {
  const name = node.name.text;
  const symbol = context.module.names.get(name);
  if (symbol?.kind === "broken") return UNKNOWN;
  if (symbol?.kind === "type") {
    for (const argument of node.arguments) refuseArgument(context, argument, name);
    const declaration = symbol.node as tree.TypeDeclaration;
    context.module.meanings.set(node.id, { kind: "type", module: symbol.module, declaration });
    return declaredType(context.program, context.program.modules[symbol.module]!, declaration, { context, node });
  }
  if (vocabularyTypes.has(name) || isSimpleName(name)) {
    const type = builtInType(context, node, name);
    if (type) return type;
  }
  if (symbol) {
    report(
      context,
      node.name,
      "VGW2011",
      { name, kind: kindNames[symbol.kind], wanted: "type" },
      "a type is expected here",
      {
        related: [{ node: symbol.node.name, text: "declared here", module: context.program.modules[symbol.module]! }],
      },
    );
    return UNKNOWN;
  }
  if (context.module.hasBroken) return UNKNOWN;
  const known = [
    ...vocabularyTypes.keys(),
    ...[...context.module.names].flatMap(([key, { kind }]) => (kind === "type" ? [key] : [])),
  ];
  const likely = nearest(name, known);
  report(context, node.name, "VGW3002", { name }, "no such type", {
    help: likely ? `did you mean ${likely}?` : `declare it: type ${name} { … }`,
    fixes: likely
      ? [{ title: `Write ${likely}`, kind: "maybe", edits: [{ span: span(context.module, node.name), text: likely }] }]
      : [],
  });
  return UNKNOWN;
}

/** The type of a declaration; one that needs itself is reported where it does. */
export function declaredType(
  program: ProgramState,
  module: ModuleState,
  declaration: tree.TypeDeclaration,
  use: { readonly context: Context; readonly node: tree.NamedType } | null = null,
): Type {
  const known = program.declaredTypes.get(declaration);
  if (known) return known;
  if (program.open.has(declaration)) {
    if (use) report(use.context, use.node, "VGW2008", { name: declaration.name.text }, "its own values would be in it");
    return UNKNOWN;
  }
  program.open.add(declaration);
  const context = { program, module };
  const written =
    declaration.type.kind === "record-type"
      ? resolveRecord(context, declaration.type, declaration.name.text)
      : resolveType(context, declaration.type);
  // What could not be read of it is not missed where it is used.
  const type = hasSyntaxError(module, declaration) ? UNKNOWN : written;
  program.open.delete(declaration);
  module.types.set(declaration.type.id, type);
  program.declaredTypes.set(declaration, type);
  return type;
}

/** null: no type that programs can write (lists and records have signs). */
function builtInType(context: Context, node: tree.NamedType, name: string): Type | null {
  switch (name) {
    case "string":
      return resolveString(context, node);
    case "int":
      return resolveInt(context, node);
    case "float":
      return resolveFloat(context, node);
    case "money":
      return resolveMoney(context, node);
    case "map": {
      const [of, ...more] = node.arguments;
      for (const argument of more) refuseArgument(context, argument, name);
      return of && isType(of.value) ? map(resolveType(context, of.value)) : map(simple("json"));
    }
    default:
      if (!isSimpleName(name)) return null;
      for (const argument of node.arguments) refuseArgument(context, argument, name);
      return name === "bool" ? BOOL : simple(name);
  }
}

function isType(node: tree.Expression | tree.TypeExpression): node is tree.TypeExpression {
  return (
    node.kind === "named-type" ||
    node.kind === "record-type" ||
    node.kind === "list-type" ||
    node.kind === "optional-type" ||
    node.kind === "union-type" ||
    node.kind === "literal-type" ||
    node.kind === "labelled-type"
  );
}

function refuseArgument(context: Context, argument: tree.TypeArgument, type: string): void {
  if (argument.value.kind === "broken") return;
  report(
    context,
    argument,
    "VGW3023",
    { type, argument: argument.name ? `\`${argument.name.text}\`` : "this" },
    "not here",
  );
}

function resolveString(context: Context, node: tree.NamedType): Type {
  let { min, max, pattern }: { min: number; max: number | null; pattern: string | null } = STRING;
  for (const argument of node.arguments) {
    if (argument.name?.text === "pattern" && argument.value.kind === "string") {
      pattern = argument.value.value;
      const problem = patternProblem(pattern);
      if (problem !== null) {
        report(context, argument.value, "VGW3034", { text: `'${pattern}'`, type: "a pattern" }, problem);
        pattern = null;
      }
    } else if (argument.name === null && argument.value.kind === "range") {
      ({ min, max } = lengthOf(context, argument.value));
    } else if (argument.name === null && lengthLiteral(argument.value) !== null) {
      min = max = lengthLiteral(argument.value)!;
    } else refuseArgument(context, argument, "string");
  }
  return min === 0 && max === null && pattern === null ? STRING : { kind: "string", min, max, pattern, labels: NONE };
}

function lengthLiteral(node: tree.Expression | tree.TypeExpression): number | null {
  if (node.kind === "literal-type") return node.value.kind === "number" ? wholeNumber(node.value) : null;
  return isType(node) ? null : wholeNumber(node);
}

/** A length: whole, not negative, its ends in order. */
function lengthOf(context: Context, node: tree.Range): { min: number; max: number | null } {
  const min = node.from ? wholeNumber(node.from) : 0;
  const max = node.to ? wholeNumber(node.to) : null;
  if (min === null || (node.to && max === null) || min < 0 || (max !== null && max < min)) {
    report(
      context,
      node,
      "VGW3034",
      { text: "this range", type: "a range of lengths" },
      "two whole numbers, the smaller one first",
    );
    return { min: 0, max: null };
  }
  return { min, max };
}

function resolveInt(context: Context, node: tree.NamedType): Type {
  const [argument, ...more] = node.arguments;
  for (const other of more) refuseArgument(context, other, "int");
  if (!argument) return INT;
  if (argument.name !== null || argument.value.kind !== "range") {
    refuseArgument(context, argument, "int");
    return INT;
  }
  const { from, to } = argument.value;
  const min = from ? wholeNumber(from) : -MAX_INT;
  const max = to ? wholeNumber(to) : MAX_INT;
  if (min === null || max === null || max < min) {
    report(
      context,
      argument,
      "VGW3034",
      { text: "this range", type: "a range of whole numbers" },
      "two whole numbers, the smaller one first",
    );
    return INT;
  }
  return { kind: "int", min, max, labels: NONE };
}

function resolveFloat(context: Context, node: tree.NamedType): Type {
  const [argument, ...more] = node.arguments;
  for (const other of more) refuseArgument(context, other, "float");
  if (!argument) return FLOAT;
  if (argument.name !== null || argument.value.kind !== "range") {
    refuseArgument(context, argument, "float");
    return FLOAT;
  }
  const ends = [argument.value.from, argument.value.to].map((end) => (end ? constantValue(end) : null));
  const [min, max] = ends;
  if (
    (min !== null && typeof min !== "number") ||
    (max !== null && typeof max !== "number") ||
    (min != null && max != null && max < min)
  ) {
    report(
      context,
      argument,
      "VGW3034",
      { text: "this range", type: "a range of numbers" },
      "two numbers, the smaller one first",
    );
    return FLOAT;
  }
  return { kind: "float", min: min ?? null, max: max ?? null, labels: NONE };
}

/** `money(EUR)`: the currency stands like a type's name. */
function resolveMoney(context: Context, node: tree.NamedType): Type {
  const [argument, ...more] = node.arguments;
  for (const other of more) refuseArgument(context, other, "money");
  if (!argument) return money("USD");
  const { value } = argument;
  const code =
    value.kind === "named-type" || value.kind === "reference"
      ? value.name.text
      : value.kind === "string"
        ? value.value
        : "";
  if (/^[A-Z]{3}$/.test(code)) return money(code);
  report(
    context,
    argument,
    "VGW3023",
    { type: "money", argument: "this" },
    `a currency such as ${[...currencies.values()].join(", ")}`,
  );
  return money("USD");
}
