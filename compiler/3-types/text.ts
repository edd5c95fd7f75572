/** Which types have a text form (in templates, headers, paths, queries) and which a JSON form. */
import type { Type } from "./type.ts";

export function hasText(type: Type): boolean {
  switch (type.kind) {
    case "string":
    case "int":
    case "float":
    case "bool":
    case "literal":
    case "uuid":
    case "time":
    case "date":
    case "duration":
    case "size":
    case "money":
    case "rate":
    case "percent":
    case "ip":
    case "cidr":
    case "url":
    case "unknown":
    case "never":
      return true;
    case "union":
      return type.members.every(hasText);
    default:
      return false;
  }
}

/** The part of the type that has no JSON form; null: all of it has. */
export function withoutJson(type: Type): Type | null {
  switch (type.kind) {
    case "answer":
    case "content":
    case "regex":
    case "function":
    case "range":
      return type;
    case "union":
      return first(type.members);
    case "record":
      return first(type.fields.map((field) => field.type));
    case "list":
      return withoutJson(type.item);
    case "map":
      return withoutJson(type.value);
    case "optional":
      return withoutJson(type.of);
    default:
      return null;
  }
}

function first(types: readonly Type[]): Type | null {
  for (const type of types) {
    const found = withoutJson(type);
    if (found) return found;
  }
  return null;
}
