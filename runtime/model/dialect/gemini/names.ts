/** Fields of Gemini's JSON in both spellings: Google's servers take `functionCall` and `function_call`, and its clients send either. */
import type { Json, JsonObject } from "../../canonical/request.ts";
import { isList, isObject } from "../fields.ts";

/** Below these names stands what belongs to the user: schemas, arguments, results. */
const OPAQUE: ReadonlySet<string> = new Set([
  "parameters",
  "parametersJsonSchema",
  "response",
  "responseSchema",
  "responseJsonSchema",
  "args",
  "labels",
]);

/** The same with all of Gemini's own field names in camel case. */
export function camelCased(value: JsonObject): JsonObject {
  const result: { [name: string]: Json } = {};
  for (const name of Object.keys(value)) {
    if (name === "__proto__") continue;
    const camel = name.includes("_") ? name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase()) : name;
    const inner = value[name] ?? null;
    result[camel] = OPAQUE.has(camel) && !(camel === "response" && isList(inner)) ? inner : camelCasedValue(inner);
  }
  return result;
}

function camelCasedValue(value: Json): Json {
  if (isList(value)) return value.map(camelCasedValue);
  return isObject(value) ? camelCased(value) : value;
}
