/**
 * Which types fast-json-stringify may serialise, and the JSON Schema that tells it so. Only shapes for which its output is
 * exactly the language's: its `integer` truncates, its `number` prints what is not finite as null, a missing required field
 * throws, and required fields are written before optional ones. So numbers must be whole or finite by their type (they are:
 * arithmetic saturates), each absent field must be optional by its type, and no optional field may stand before a required one.
 */
import type { Type } from "../3-types/type.ts";
import { INHERITED } from "./names.ts";

/** The schema, or null where straight code must do it. */
export function schemaOf(type: Type): object | null {
  switch (type.kind) {
    case "string":
    case "ip":
    case "cidr":
    case "url":
      return { type: "string" };
    case "uuid":
      // Nothing to escape in it.
      return { type: "string", format: "unsafe" };
    case "int":
    case "size":
    case "float":
    case "percent":
      return { type: "number" };
    case "bool":
      return { type: "boolean" };
    case "literal":
      return typeof type.value === "string"
        ? { type: "string" }
        : { type: typeof type.value === "number" ? "number" : "boolean" };
    case "union":
      return type.members.every((member) => member.kind === "string" || isText(member)) ? { type: "string" } : null;
    case "list": {
      const items = type.item.kind === "optional" ? null : schemaOf(type.item);
      return items === null ? null : { type: "array", items };
    }
    case "record": {
      const properties: { [name: string]: object } = {};
      const required: string[] = [];
      for (const field of type.fields) {
        // The compiled code would find what every object inherits where the record has nothing.
        if (field.type.kind === "optional" && INHERITED.has(field.name)) return null;
        const schema = schemaOf(field.type.kind === "optional" ? field.type.of : field.type);
        if (schema === null) return null;
        properties[field.name] = schema;
        if (field.type.kind === "optional") continue;
        if (required.length < Object.keys(properties).length - 1) return null;
        required.push(field.name);
      }
      return { type: "object", properties, required };
    }
    default:
      return null;
  }
}

function isText(type: Type): boolean {
  return type.kind === "literal" && typeof type.value === "string";
}
