/** Where what a provider says of its usage does not add up, clients that speak its dialect are told what the gateway counted instead. */
import type { Json, JsonObject } from "../canonical/request.ts";
import { isObject, parseJson } from "./fields.ts";

/**
 * The JSON of an event with `usage` (JSON text; null: none) in place of the member at each of these paths that is there. Data is text of one character for each
 * byte. What cannot be read stays as it is, since no client can read it either.
 */
export function recounted(data: string, paths: readonly (readonly string[])[], usage: string | null): string {
  const read = parseJson(Buffer.from(data, "latin1").toString("utf8"))?.value;
  if (!isObject(read)) return data;
  const value: Json = usage === null ? null : JSON.parse(usage);
  const changed = paths.reduce((object, path) => replaced(object, path, value), read);
  return Buffer.from(JSON.stringify(changed)).toString("latin1");
}

function replaced(object: JsonObject, [name = "", ...rest]: readonly string[], value: Json): JsonObject {
  const inner = object[name];
  if (!Object.hasOwn(object, name) || !isObject(inner)) return object;
  return { ...object, [name]: rest.length === 0 ? value : replaced(inner, rest, value) };
}
