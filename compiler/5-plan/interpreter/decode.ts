/**
 * Parsed JSON into a value of a type, collecting every problem. Requests refuse unknown fields, answers of upstreams
 * ignore them. null and a missing field are the same: absent.
 */
import { Failure, type Problem } from "../../../runtime/failure.ts";
import {
  boolFromJson,
  bytesFromJson,
  cidrFromJson,
  dateFromJson,
  durationFromJson,
  floatFromJson,
  intFromJson,
  ipFromJson,
  moneyFromJson,
  percentFromJson,
  rateFromJson,
  sizeFromJson,
  timeFromJson,
  urlFromJson,
  uuidFromJson,
} from "../../../runtime/value/index.ts";
import type { RecordType, Type, UnionType } from "../../3-types/type.ts";
import { expected, refine } from "./refine.ts";

export interface Decoding {
  readonly unknownFields: "refuse" | "ignore";
  readonly problems: Problem[];
}

/** The value, or undefined with a problem noted (absent values of optional types give undefined without one). */
export function decode(json: unknown, type: Type, path: string, decoding: Decoding): unknown {
  switch (type.kind) {
    case "optional":
      return json === undefined || json === null ? undefined : decode(json, type.of, path, decoding);
    case "union":
      return decodeUnion(json, type, path, decoding);
    case "record":
      return decodeRecord(json, type, path, decoding);
    case "list": {
      if (!Array.isArray(json)) return wrong(type, path, decoding);
      const items = json.map((item, index) => decode(item, type.item, `${path}/${index}`, decoding));
      const message = refine(json, type);
      if (message !== null) decoding.problems.push({ path, message });
      return items;
    }
    case "map": {
      if (!isObject(json)) return wrong(type, path, decoding);
      const result: { [key: string]: unknown } = Object.create(null);
      for (const [key, item] of Object.entries(json)) {
        if (item !== null) result[key] = decode(item, type.value, `${path}/${pointer(key)}`, decoding);
      }
      return result;
    }
    case "json":
      return json;
    case "literal":
      return json === type.value ? json : wrong(type, path, decoding);
    default: {
      const value = scalar(json, type);
      if (value === undefined) return wrong(type, path, decoding);
      const message = refine(value, type);
      if (message !== null) decoding.problems.push({ path, message });
      return value;
    }
  }
}

/** `as T` of something that is no request: unknown fields are ignored, and what does not fit is a failure. `json` undefined: it was no JSON. */
export function decodeValue(json: unknown, type: Type): unknown {
  const problems: Problem[] = [];
  const value = json === undefined ? undefined : decode(json, type, "", { unknownFields: "ignore", problems });
  const bad = json === undefined || problems.length > 0;
  return bad ? new Failure("invalid", 502, "upstream-invalid", "what came does not have the expected form") : value;
}

function wrong(type: Type, path: string, decoding: Decoding): undefined {
  decoding.problems.push({ path, message: expected(type) });
  return undefined;
}

function scalar(json: unknown, type: Type): unknown {
  switch (type.kind) {
    case "string":
      return typeof json === "string" ? json : undefined;
    case "int":
      return intFromJson(json);
    case "float":
      return floatFromJson(json);
    case "bool":
      return boolFromJson(json);
    case "uuid":
      return uuidFromJson(json);
    case "time":
      return timeFromJson(json);
    case "date":
      return dateFromJson(json);
    case "duration":
      return durationFromJson(json);
    case "size":
      return sizeFromJson(json);
    case "money":
      return moneyFromJson(json);
    case "percent":
      return percentFromJson(json);
    case "rate":
      return rateFromJson(json);
    case "ip":
      return ipFromJson(json);
    case "cidr":
      return cidrFromJson(json);
    case "url":
      return urlFromJson(json);
    case "bytes":
      return bytesFromJson(json);
    default:
      return undefined;
  }
}

function decodeRecord(json: unknown, type: RecordType, path: string, decoding: Decoding): unknown {
  if (!isObject(json)) return wrong(type, path, decoding);
  const result: { [name: string]: unknown } = {};
  for (const field of type.fields) {
    const given = Object.hasOwn(json, field.name) ? Reflect.get(json, field.name) : undefined;
    const at = `${path}/${pointer(field.name)}`;
    if (given === undefined || given === null) {
      if (field.default !== undefined) result[field.name] = field.default;
      else if (field.type.kind !== "optional") decoding.problems.push({ path: at, message: "is missing" });
      continue;
    }
    const value = decode(given, field.type, at, decoding);
    if (value !== undefined) result[field.name] = value;
  }
  if (decoding.unknownFields === "refuse") {
    for (const name of Object.keys(json)) {
      if (!type.fields.some((field) => field.name === name)) {
        decoding.problems.push({ path: `${path}/${pointer(name)}`, message: "is not a known field" });
      }
    }
  }
  return result;
}

/** The first member that accepts it. */
function decodeUnion(json: unknown, type: UnionType, path: string, decoding: Decoding): unknown {
  for (const member of type.members) {
    const attempt: Decoding = { unknownFields: decoding.unknownFields, problems: [] };
    const value = decode(json, member, path, attempt);
    if (attempt.problems.length === 0) return value;
  }
  return wrong(type, path, decoding);
}

function isObject(json: unknown): json is object {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** RFC 6901 §3. */
function pointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
