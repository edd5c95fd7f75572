/** Values by their static type: from text, to text, and the encodings of text for where it will stand. */
import { Buffer } from "node:buffer";
import {
  boolFromText,
  bytesFromText,
  cidrFromText,
  dateFromText,
  dateToText,
  durationFromText,
  durationToText,
  encodeBase64,
  floatFromText,
  inNetwork,
  intFromText,
  ipFromText,
  jsonFromText,
  moneyFromText,
  moneyToText,
  numberToText,
  percentFromText,
  percentEncode,
  rateFromText,
  rateToText,
  sizeFromText,
  timeFromText,
  timeToText,
  urlFromText,
  uuidFromText,
} from "../../../runtime/value/index.ts";
import type { Type } from "../../3-types/type.ts";
import { patternOf } from "../../vocabulary/pattern/index.ts";
import { expected, refine } from "./refine.ts";
import { serialise } from "./serialise.ts";

export { compareValues, negate } from "../../../runtime/value/index.ts";

/** What a type is without its refinements: a literal is what it is a literal of, an optional what it may hold. */
export function baseKind(type: Type): string {
  if (type.kind === "optional") return baseKind(type.of);
  if (type.kind === "union") {
    const kinds = new Set(type.members.map(baseKind));
    return kinds.size === 1 ? [...kinds][0]! : "union";
  }
  if (type.kind !== "literal") return type.kind;
  return typeof type.value === "string" ? "string" : typeof type.value === "number" ? "int" : "bool";
}

export function constantValue(value: string | number | boolean | null, type: Type): unknown {
  if (value === null) return undefined;
  if (type.kind === "bytes") return new Uint8Array(Buffer.from(String(value), "base64"));
  if (type.kind === "regex") return patternOf(String(value));
  if (type.kind === "rate" && typeof value === "string") return rateFromText(value);
  return value;
}

/** From a path, query, header or cookie; undefined where the text is no value of the type. */
export function valueFromText(text: string, type: Type): unknown {
  if (type.kind === "optional") return valueFromText(text, type.of);
  if (type.kind === "union") {
    for (const member of type.members) {
      const value = valueFromText(text, member);
      if (value !== undefined) return value;
    }
    return undefined;
  }
  if (type.kind === "literal") return String(type.value) === text ? type.value : undefined;
  const value = scalarFromText(text, type);
  return value === undefined || refine(value, type) !== null ? undefined : value;
}

/** Why a text is no value of the type, as a problem's message. */
export function explainText(text: string, type: Type): string {
  if (type.kind === "optional") return explainText(text, type.of);
  const value = type.kind === "union" || type.kind === "literal" ? undefined : scalarFromText(text, type);
  return value === undefined ? expected(type) : (refine(value, type) ?? expected(type));
}

function scalarFromText(text: string, type: Type): unknown {
  switch (type.kind) {
    case "string":
      return text;
    case "int":
      return intFromText(text);
    case "float":
      return floatFromText(text);
    case "bool":
      return boolFromText(text);
    case "uuid":
      return uuidFromText(text);
    case "time":
      return timeFromText(text);
    case "date":
      return dateFromText(text);
    case "duration":
      return durationFromText(text);
    case "size":
      return sizeFromText(text);
    case "money":
      return moneyFromText(text);
    case "percent":
      return percentFromText(text);
    case "rate":
      return rateFromText(text);
    case "ip":
      return ipFromText(text);
    case "cidr":
      return cidrFromText(text);
    case "url":
      return urlFromText(text);
    case "bytes":
      return bytesFromText(text);
    case "json":
      return jsonFromText(text);
    default:
      return undefined;
  }
}

/** As it stands in a template; "" for what is absent. */
export function textOf(value: unknown, type: Type): string {
  if (value === undefined || value === null) return "";
  if (type.kind === "optional") return textOf(value, type.of);
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (value instanceof Uint8Array) return encodeBase64(value);
  switch (baseKind(type)) {
    case "time":
      return timeToText(Number(value));
    case "date":
      return dateToText(Number(value));
    case "duration":
      return durationToText(Number(value));
    case "money":
      return moneyToText(Number(value));
    case "rate": {
      const { count, per } = { count: 0, per: 0, ...(typeof value === "object" ? value : {}) };
      return rateToText({ count, per });
    }
    default:
      return typeof value === "number" ? numberToText(value) : serialise(value, type);
  }
}

export function encode(text: string, as: "text" | "path-segment" | "path-rest" | "query" | "header"): string {
  switch (as) {
    case "text":
      return text;
    case "path-segment":
    case "query":
      return percentEncode(text);
    case "path-rest":
      return text.split("/").map(percentEncode).join("/");
    case "header":
      return headerText(text);
  }
}

/**
 * A field value (RFC 9110 §5.5): what could end the line or is no text there becomes a space, and spaces at the ends go.
 * Characters beyond ASCII are percent-encoded as UTF-8.
 */
export function headerText(text: string): string {
  return [...text]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0x20 && code !== 0x09) return " ";
      return code === 0x7f ? " " : code > 0x7e ? percentEncode(character) : character;
    })
    .join("")
    .trim();
}

export function addressIn(address: unknown, network: unknown): boolean {
  return (
    typeof address === "string" && typeof network === "string" && network.includes("/") && inNetwork(address, network)
  );
}
