/** A type as a reader would write it. */
import type { Type } from "./type.ts";
import { MAX_INT } from "./construct.ts";

const QUOTED = 6;

export function show(type: Type): string {
  switch (type.kind) {
    case "string":
      return type.pattern !== null
        ? `string(${type.min > 0 || type.max !== null ? `${ends(type.min || null, type.max)}, ` : ""}pattern: '${type.pattern}')`
        : type.min > 0 || type.max !== null
          ? `string(${ends(type.min || null, type.max)})`
          : "string";
    case "int":
      if (type.min === type.max) return String(type.min);
      return type.min === -MAX_INT && type.max === MAX_INT
        ? "int"
        : `int(${ends(type.min === -MAX_INT ? null : type.min, type.max === MAX_INT ? null : type.max)})`;
    case "float":
      if (type.min !== null && type.min === type.max) return String(type.min);
      return type.min === null && type.max === null ? "float" : `float(${ends(type.min, type.max)})`;
    case "money":
      return type.currency === "USD" ? "money" : `money(${type.currency})`;
    case "literal":
      return JSON.stringify(type.value);
    case "union": {
      const members = type.members.map(show);
      return members.length > QUOTED ? `${members.slice(0, QUOTED).join(" | ")} | …` : members.join(" | ");
    }
    case "record":
      return type.name ?? `{ ${type.fields.map((field) => `${field.name}: ${show(field.type)}`).join(", ")} }`;
    case "list":
      return `[${show(type.item)}]${type.min > 0 || type.max !== null ? `(${ends(type.min || null, type.max)})` : ""}`;
    case "map":
      return `map(${show(type.value)})`;
    case "optional":
      return type.of.kind === "union" ? `(${show(type.of)})?` : `${show(type.of)}?`;
    case "function":
      return `(${type.parameters.map(show).join(", ")}) -> ${show(type.result)}`;
    case "range":
      return `range of ${show(type.of)}`;
    case "null":
      return "none";
    case "answer":
      return "answer of a service";
    default:
      return type.kind;
  }
}

function ends(min: number | null, max: number | null): string {
  return `${min ?? ""}..${max ?? ""}`;
}

/** With its article, for sentences: "an int", "a duration", "none". */
export function describe(type: Type): string {
  const text = show(type);
  if (type.kind === "money") return type.currency === "USD" ? "a sum of money" : `a sum of money in ${type.currency}`;
  if (type.kind === "percent") return "a percentage";
  if (type.kind === "json" || type.kind === "bytes") return text;
  if (type.kind === "float" && type.min === type.max && type.min !== null) return text;
  if (type.kind === "null" || type.kind === "literal" || type.kind === "union" || type.kind === "list") return text;
  if (type.kind === "record" && type.name === null) return text;
  if (type.kind === "int" && type.min === type.max) return text;
  return `${/^[aeioAEIO]/.test(text) && !text.startsWith("uuid") ? "an" : "a"} ${text}`;
}
