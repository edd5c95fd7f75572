/** Whether every value of one type is a value of another. Labels play no part: they are judged at sinks. */
import type { LiteralType, RecordType, Type } from "./type.ts";

export function fits(from: Type, to: Type): boolean {
  if (from === to || from.kind === "unknown" || to.kind === "unknown" || from.kind === "never") return true;
  if (to.kind === "optional") return from.kind === "null" || fits(from.kind === "optional" ? from.of : from, to.of);
  if (from.kind === "optional") return to.kind === "json" && fits(from.of, to);
  if (from.kind === "union") return from.members.every((member) => fits(member, to));
  if (to.kind === "union")
    return to.members.some((member) => fits(from, member)) || (from.kind === "bool" && hasBothBools(to.members));
  if (from.kind === "literal") return literalFits(from, to);
  switch (to.kind) {
    case "string":
      return (
        from.kind === "string" &&
        from.min >= to.min &&
        (to.max === null || (from.max !== null && from.max <= to.max)) &&
        (to.pattern === null || to.pattern === from.pattern)
      );
    case "int":
      return from.kind === "int" && from.min >= to.min && from.max <= to.max;
    case "float":
      return (
        (from.kind === "int" || from.kind === "float") &&
        (to.min === null || (from.min !== null && from.min >= to.min)) &&
        (to.max === null || (from.max !== null && from.max <= to.max))
      );
    case "literal":
      return from.kind === "int" && from.min === from.max && from.min === to.value;
    case "money":
      return from.kind === "money" && from.currency === to.currency;
    case "record":
      return from.kind === "record" && recordFits(from, to);
    case "list":
      return (
        from.kind === "list" &&
        from.min >= to.min &&
        (to.max === null || (from.max !== null && from.max <= to.max)) &&
        fits(from.item, to.item)
      );
    case "map":
      return from.kind === "map" && fits(from.value, to.value);
    case "json":
      return isJson(from);
    case "function":
      return from.kind === "function" && fits(from.result, to.result);
    case "range":
      return from.kind === "range" && fits(from.of, to.of);
    default:
      return from.kind === to.kind;
  }
}

function literalFits(from: LiteralType, to: Type): boolean {
  switch (to.kind) {
    case "literal":
      return from.value === to.value;
    case "string": {
      if (typeof from.value !== "string") return false;
      const length = [...from.value].length;
      // A pattern is proved by `matches` in the literal's own check; here only the same literal of a patterned type would do.
      return length >= to.min && (to.max === null || length <= to.max) && to.pattern === null;
    }
    case "int":
      return typeof from.value === "number" && from.value >= to.min && from.value <= to.max;
    case "float":
      return (
        typeof from.value === "number" &&
        (to.min === null || from.value >= to.min) &&
        (to.max === null || from.value <= to.max)
      );
    case "bool":
      return typeof from.value === "boolean";
    case "json":
      return true;
    default:
      return false;
  }
}

function hasBothBools(members: readonly Type[]): boolean {
  return [true, false].every((value) => members.some((member) => member.kind === "literal" && member.value === value));
}

/** A wider record is one of a narrower type; a field that may be absent may also be unknown to the value's type. */
function recordFits(from: RecordType, to: RecordType): boolean {
  return to.fields.every((wanted) => {
    const found = from.fields.find((field) => field.name === wanted.name);
    return found ? fits(found.type, wanted.type) : wanted.type.kind === "optional";
  });
}

/** Whether a value of this type is, as the gateway holds it, a JSON value already: times and sums of money are not. */
export function isJson(type: Type): boolean {
  switch (type.kind) {
    case "string":
    case "int":
    case "float":
    case "bool":
    case "null":
    case "literal":
    case "json":
    // The item of an empty list, and what was reported already.
    case "never":
    case "unknown":
      return true;
    case "optional":
      return isJson(type.of);
    case "union":
      return type.members.every(isJson);
    case "record":
      return type.fields.every((field) => isJson(field.type));
    case "list":
      return isJson(type.item);
    case "map":
      return isJson(type.value);
    default:
      return false;
  }
}
