/** The smallest type that holds the values of several: of `match` arms, list items, a value and its `else`. */
import { BOOL, FLOAT, float, int, INT, list, map, optional, STRING } from "./construct.ts";
import { fits } from "./fits.ts";
import { labelledAs, union, withLabels } from "./labels.ts";
import type { RecordType, StringType, Type } from "./type.ts";

/** More literals than this are just text. */
const MANY_LITERALS = 32;

/** null: no type of the language holds both. */
export function join(a: Type, b: Type): Type | null {
  if (a === b || b.kind === "never") return withLabels(a, b.labels);
  if (a.kind === "never") return withLabels(b, a.labels);
  if (a.kind === "unknown") return a;
  if (b.kind === "unknown") return b;
  const labels = union(a.labels, b.labels);
  if (a.kind === "null") return withLabels(optional(b), labels);
  if (b.kind === "null") return withLabels(optional(a), labels);
  if (a.kind === "optional" || b.kind === "optional") {
    const of = join(a.kind === "optional" ? a.of : a, b.kind === "optional" ? b.of : b);
    return of && withLabels(optional(of), labels);
  }
  const joined = joinPlain(a, b);
  // What one of them has inside, the join has there too.
  return joined && withLabels(labelledAs(labelledAs(joined, a), b), labels);
}

function joinPlain(a: Type, b: Type): Type | null {
  if (isLiteral(a) && isLiteral(b)) return joinLiterals(a, b);
  if (fits(a, b)) return b;
  if (fits(b, a)) return a;
  const first = base(a);
  const second = base(b);
  if (first.kind === "string" && second.kind === "string") return joinStrings(first, second);
  if (first.kind === "int" && second.kind === "int")
    return int(Math.min(first.min, second.min), Math.max(first.max, second.max));
  if (isNumber(first) && isNumber(second)) {
    const ends = <T>(x: T | null, y: T | null, pick: (x: T, y: T) => T): T | null =>
      x === null || y === null ? null : pick(x, y);
    return float(ends(first.min, second.min, Math.min), ends(first.max, second.max, Math.max));
  }
  if (a.kind === "list" && b.kind === "list") {
    const item = join(a.item, b.item);
    return item && list(item, Math.min(a.min, b.min), a.max === null || b.max === null ? null : Math.max(a.max, b.max));
  }
  if (a.kind === "map" && b.kind === "map") {
    const value = join(a.value, b.value);
    return value && map(value);
  }
  if (a.kind === "record" && b.kind === "record") return joinRecords(a, b);
  return null;
}

function isNumber(type: Type): type is Extract<Type, { kind: "int" | "float" }> {
  return type.kind === "int" || type.kind === "float";
}

function isLiteral(type: Type): boolean {
  return (
    type.kind === "literal" || (type.kind === "union" && type.members.every((member) => member.kind === "literal"))
  );
}

function joinLiterals(a: Type, b: Type): Type | null {
  const members = [...membersOf(a)];
  for (const member of membersOf(b)) if (!members.some((known) => fits(member, known))) members.push(member);
  const kinds = new Set(members.map((member) => (member.kind === "literal" ? typeof member.value : "")));
  if (kinds.size > 1) return null;
  if (members.length === 1) return members[0]!;
  if (kinds.has("boolean")) return BOOL;
  if (members.length > MANY_LITERALS) return kinds.has("string") ? STRING : INT;
  return { kind: "union", members, labels: a.labels };
}

export function membersOf(type: Type): readonly Type[] {
  return type.kind === "union" ? type.members : [type];
}

/** The open type that a literal belongs to; other types as they are. */
export function base(type: Type): Type {
  if (type.kind === "literal") {
    if (typeof type.value === "string") {
      const length = [...type.value].length;
      return { kind: "string", min: length, max: length, pattern: null, labels: type.labels };
    }
    return typeof type.value === "number" ? int(type.value, type.value, type.labels) : withLabels(BOOL, type.labels);
  }
  if (type.kind === "union" && isLiteral(type)) {
    const bases = type.members.map(base);
    return bases.reduce((all, next) => (all === next ? all : (joinBases(all, next) ?? all)));
  }
  return type;
}

function joinBases(a: Type, b: Type): Type | null {
  if (a.kind === "string" && b.kind === "string") return joinStrings(a, b);
  if (a.kind === "int" && b.kind === "int") return int(Math.min(a.min, b.min), Math.max(a.max, b.max));
  return a.kind === b.kind ? a : null;
}

function joinStrings(a: StringType, b: StringType): StringType {
  return {
    kind: "string",
    min: Math.min(a.min, b.min),
    max: a.max === null || b.max === null ? null : Math.max(a.max, b.max),
    pattern: a.pattern === b.pattern ? a.pattern : null,
    labels: a.labels,
  };
}

/** Records written in place join field by field; what only one of them has may be absent. */
function joinRecords(a: RecordType, b: RecordType): Type | null {
  const fields = [];
  for (const field of a.fields) {
    const other = b.fields.find(({ name }) => name === field.name);
    const type = other ? join(field.type, other.type) : optional(field.type);
    if (type === null) return null;
    fields.push({ name: field.name, type, default: undefined });
  }
  for (const field of b.fields) {
    if (!a.fields.some(({ name }) => name === field.name))
      fields.push({ name: field.name, type: optional(field.type), default: undefined });
  }
  return { kind: "record", name: null, fields, labels: a.labels };
}

/** Without what is known about its value: the type that adding many such values up has. */
export function widen(type: Type): Type {
  const open = base(type);
  if (open.kind === "int") return withLabels(INT, open.labels);
  if (open.kind === "float") return withLabels(FLOAT, open.labels);
  return open;
}
