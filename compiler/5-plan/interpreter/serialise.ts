/**
 * JSON by the static type, the slow way: fields in the order in which the type declares them, absent ones left out, values
 * in the JSON form of their type. What is `json` keeps its own order.
 */
import {
  dateToText,
  durationToJson,
  encodeBase64,
  mapKeys,
  moneyToText,
  numberToText,
  rateToText,
  timeToText,
} from "../../../runtime/value/index.ts";
import type { RecordType, Type, UnionType } from "../../3-types/type.ts";

export function serialise(value: unknown, type: Type): string {
  if (value === undefined || value === null) return "null";
  switch (type.kind) {
    case "optional":
      return serialise(value, type.of);
    case "int":
    case "float":
    case "size":
    case "percent":
      return numberToText(Number(value));
    case "duration":
      return numberToText(durationToJson(Number(value)));
    case "money":
      return moneyToText(Number(value));
    case "time":
      return JSON.stringify(timeToText(Number(value)));
    case "date":
      return JSON.stringify(dateToText(Number(value)));
    case "rate":
      return isRate(value) ? JSON.stringify(rateToText(value)) : "null";
    case "bytes":
      return value instanceof Uint8Array ? JSON.stringify(encodeBase64(value)) : "null";
    case "list":
      return Array.isArray(value) ? `[${value.map((item) => serialise(item, type.item)).join(",")}]` : "null";
    case "map":
      return serialiseMap(value, type.value);
    case "record":
      return serialiseRecord(value, type);
    case "union":
      return serialise(value, memberFor(value, type));
    default:
      return JSON.stringify(value) ?? "null";
  }
}

function serialiseRecord(value: unknown, type: RecordType): string {
  const parts: string[] = [];
  for (const field of type.fields) {
    const part = own(value, field.name);
    if (part !== undefined && part !== null) parts.push(`${JSON.stringify(field.name)}:${serialise(part, field.type)}`);
  }
  return `{${parts.join(",")}}`;
}

function serialiseMap(value: unknown, type: Type): string {
  if (typeof value !== "object" || value === null) return "null";
  const parts: string[] = [];
  for (const key of mapKeys({ ...value })) {
    const part = own(value, key);
    if (part !== undefined && part !== null) parts.push(`${JSON.stringify(key)}:${serialise(part, type)}`);
  }
  return `{${parts.join(",")}}`;
}

function own(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
function isRate(value: unknown): value is { count: number; per: number } {
  return typeof value === "object" && value !== null && "count" in value && "per" in value;
}

/** The first member that a value in the runtime's representation belongs to. */
export function memberFor(value: unknown, type: UnionType): Type {
  return type.members.find((member) => belongs(value, member)) ?? type.members[0]!;
}

function belongs(value: unknown, type: Type): boolean {
  switch (type.kind) {
    case "literal":
      return value === type.value;
    case "optional":
      return value === undefined || value === null || belongs(value, type.of);
    case "union":
      return type.members.some((member) => belongs(value, member));
    case "bool":
      return typeof value === "boolean";
    case "int":
    case "size":
    case "money":
    case "time":
    case "date":
      return Number.isSafeInteger(value);
    case "float":
    case "percent":
    case "duration":
      return typeof value === "number";
    case "bytes":
      return value instanceof Uint8Array;
    case "list":
      return Array.isArray(value) && value.every((item) => belongs(item, type.item));
    case "rate":
      return isRate(value);
    case "record":
      return isPlain(value) && type.fields.every((field) => fits(own(value, field.name), field.type));
    case "map":
      return isPlain(value) && Object.values(value).every((item) => belongs(item, type.value));
    case "json":
    case "unknown":
      return true;
    default:
      return typeof value === "string";
  }
}

function fits(value: unknown, type: Type): boolean {
  return value === undefined || value === null ? type.kind === "optional" : belongs(value, type);
}
function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
