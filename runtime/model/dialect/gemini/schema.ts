/** Schemas of Gemini's first kind, a part of OpenAPI 3.0 with types in capitals, made into JSON Schema, which is what all others speak. */
import type { Json, JsonObject } from "../../canonical/request.ts";
import { isList, isObject } from "../fields.ts";

const COUNTS: ReadonlySet<string> = new Set([
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minProperties",
  "maxProperties",
]);

export function jsonSchema(schema: JsonObject): JsonObject {
  const result: { [name: string]: Json } = {};
  for (const [name, value] of Object.entries(schema)) {
    if (name === "type") result.type = typeof value === "string" ? value.toLowerCase() : value;
    else if (name === "properties" && isObject(value)) {
      const properties: { [name: string]: Json } = {};
      for (const [property, inner] of Object.entries(value)) {
        if (property !== "__proto__") properties[property] = isObject(inner) ? jsonSchema(inner) : inner;
      }
      result.properties = properties;
    } else if (name === "items" && isObject(value)) result.items = jsonSchema(value);
    else if (name === "anyOf" && isList(value)) {
      result.anyOf = value.map((inner) => (isObject(inner) ? jsonSchema(inner) : inner));
    } else if (name === "example") result.examples = [value];
    // Google writes whole numbers of 64 bits as strings.
    else if (COUNTS.has(name) && typeof value === "string" && /^[0-9]{1,15}$/.test(value)) result[name] = Number(value);
    else if (name !== "nullable" && name !== "propertyOrdering" && name !== "__proto__") result[name] = value;
  }
  if (schema.nullable === true) {
    if (typeof result.type === "string") result.type = [result.type, "null"];
    if (isList(result.enum)) result.enum = [...result.enum, null];
  }
  return result;
}
