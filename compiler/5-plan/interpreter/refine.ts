/** What a type demands beyond its kind: lengths, ranges and patterns. */
import { matchesPattern, textLength } from "../../../runtime/value/index.ts";
import type { Type } from "../../3-types/type.ts";
import { patternOf } from "../../vocabulary/pattern/index.ts";

/** What is wrong with a value of the right kind, as a problem's message; null: nothing. */
export function refine(value: unknown, type: Type): string | null {
  switch (type.kind) {
    case "string": {
      const length = textLength(String(value));
      if (length < type.min || (type.max !== null && length > type.max))
        return `must have ${between(type.min, type.max)} characters`;
      if (type.pattern !== null && !matchesPattern(String(value), patternOf(type.pattern)))
        return "does not have the expected form";
      return null;
    }
    case "int":
      return Number(value) < type.min || Number(value) > type.max ? `must be ${between(type.min, type.max)}` : null;
    case "float":
      return (type.min !== null && Number(value) < type.min) || (type.max !== null && Number(value) > type.max)
        ? `must be ${between(type.min, type.max)}`
        : null;
    case "list": {
      const length = Array.isArray(value) ? value.length : 0;
      return length < type.min || (type.max !== null && length > type.max)
        ? `must have ${between(type.min, type.max)} items`
        : null;
    }
    default:
      return null;
  }
}

function between(min: number | null, max: number | null): string {
  if (min === null || min === -Number.MAX_SAFE_INTEGER) return `at most ${max}`;
  return max === null || max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `${min} to ${max}`;
}

/** The message for a value of another kind. */
export function expected(type: Type): string {
  switch (type.kind) {
    case "literal":
      return `must be ${JSON.stringify(type.value)}`;
    case "union":
      return type.members.every((member) => member.kind === "literal")
        ? `must be one of ${type.members.map((member) => (member.kind === "literal" ? JSON.stringify(member.value) : "")).join(", ")}`
        : "fits none of the forms that are possible here";
    default:
      return `must be ${NOUNS[type.kind] ?? `a ${type.kind}`}`;
  }
}

const NOUNS: { readonly [kind: string]: string } = {
  string: "a string",
  int: "a whole number",
  float: "a number",
  bool: "true or false",
  record: "an object",
  list: "a list",
  map: "an object",
};
