/** A path parameter's value: its escapes decoded once, then read as its type; a text that is none does not match. */
import type { Type } from "../../3-types/type.ts";
import { valueFromText } from "./value.ts";

export function parseParameter(raw: string, type: Type): unknown {
  const text = decode(raw);
  return text === null ? undefined : valueFromText(text, type);
}

function decode(raw: string): string | null {
  try {
    return decodeURIComponent(raw);
  } catch {
    return null;
  }
}
