/** Tests that tell the members of a union apart by a value in the runtime's representation. */
import type { Type } from "../3-types/type.ts";
import type { Emission } from "./emission.ts";
import { shapeKey } from "./type.ts";

/** A boolean expression: whether `value` belongs to `type`. */
export function memberTest(emission: Emission, type: Type, value: string): string {
  switch (type.kind) {
    case "literal":
      return `${value} === ${JSON.stringify(type.value)}`;
    case "null":
      return `${value} === undefined`;
    case "optional":
      return `(${value} === undefined || ${memberTest(emission, type.of, value)})`;
    case "union":
      return `(${type.members.map((member) => memberTest(emission, member, value)).join(" || ")})`;
    case "bool":
      return `typeof ${value} === "boolean"`;
    case "int":
    case "size":
    case "money":
    case "time":
    case "date":
      return `Number.isSafeInteger(${value})`;
    case "float":
    case "percent":
    case "duration":
      return `typeof ${value} === "number"`;
    case "bytes":
      return `${value} instanceof Uint8Array`;
    case "list":
    case "record":
    case "map":
    case "rate":
      return `${membership(emission, type)}(${value})`;
    case "json":
    case "unknown":
      return "true";
    default:
      return `typeof ${value} === "string"`;
  }
}

function membership(emission: Emission, type: Type): string {
  return emission.declared(`member ${shapeKey(type)}`, "belongs", (name) => {
    return [`function ${name}(value: unknown): boolean {`, ...body(emission, type), "}"].join("\n");
  });
}

function body(emission: Emission, type: Type): string[] {
  if (type.kind === "list") {
    const test = memberTest(emission, type.item, "item");
    return [`  return Array.isArray(value) && value.every((item: unknown) => ${test});`];
  }
  const object = `${emission.use("isObject")}(value)`;
  if (type.kind === "map") {
    const test = memberTest(emission, type.value, "item");
    return [`  return ${object} && Object.values(value).every((item: unknown) => ${test});`];
  }
  if (type.kind === "rate") return [`  return ${object} && "count" in value && "per" in value;`];
  if (type.kind !== "record") return ["  return true;"];
  const tests = type.fields.map((field) => {
    const own = `${emission.use("own")}(value, ${JSON.stringify(field.name)})`;
    return memberTest(emission, field.type, own);
  });
  return [`  return ${[object, ...tests].join(" && ")};`];
}
