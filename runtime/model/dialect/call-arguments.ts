/**
 * Arguments of a tool call for dialects that hold them as an object. A call that was cut at the cap is no JSON, and some models write JSON that is no
 * object: neither may turn into another call's arguments, least of all into `{}`. They travel as an object with one field that no tool can have.
 */
import { isObject, isObjectText } from "./fields.ts";
import type { Json } from "../canonical/request.ts";

/** "$" is in no property's name that Anthropic or Google take. */
export const RAW_ARGUMENTS = "$raw_arguments";

/** JSON text of an object: the arguments as they are, digit for digit, or marked. */
export function argumentsObject(text: string): string {
  return isObjectText(text) ? text : JSON.stringify({ [RAW_ARGUMENTS]: text });
}

/** The arguments' text out of such an object. */
export function argumentsText(value: Json): string {
  if (isObject(value)) {
    const raw = value[RAW_ARGUMENTS];
    if (typeof raw === "string" && Object.keys(value).length === 1) return raw;
  }
  return JSON.stringify(value);
}
