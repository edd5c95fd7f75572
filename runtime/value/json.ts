/** JSON as a value: parsing, and reading members of something whose shape is not known. */
import type { Failure } from "../failure.ts";
import { invalidText } from "./convert.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** How deep a parsed document may nest. */
const DEEPEST = 64;

function depthWithin(value: unknown, left: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return left > 0 && Object.values(value).every((item) => depthWithin(item, left - 1));
}

/** RFC 8259; undefined where the text is not JSON or nests deeper than 64. */
export function jsonFromText(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return depthWithin(value, DEEPEST) ? value : undefined;
  } catch {
    return undefined;
  }
}
export function parseJson(text: string): unknown | Failure {
  const value = jsonFromText(text);
  return value === undefined ? invalidText("JSON") : value;
}
/** `value.name`: absent where `value` is not an object or has no such member of its own; JSON's null is absent too. */
export function jsonMember(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
    return undefined;
  return Reflect.get(value, name) ?? undefined;
}
/** `value[index]` of an array. */
export function jsonItem(value: unknown, index: number): unknown {
  return Array.isArray(value) ? (value.at(index) ?? undefined) : undefined;
}
/** The text of a typed value; `serialize` is the one that belongs to the value's type. */
export function encodeJson<T>(serialize: (value: T) => string, value: T): string {
  return serialize(value);
}
