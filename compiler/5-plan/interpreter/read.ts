/** `read`: the door for input. Gives the value or a failure of kind "invalid" with every problem found. */
import { Failure, type Problem } from "../../../runtime/failure.ts";
import { jsonFromText, utf8FromBytes } from "../../../runtime/value/index.ts";
import type { Type } from "../../3-types/type.ts";
import type { ReadStep } from "../plan.ts";
import type { Context } from "./context.ts";
import { readCookie } from "./cookie.ts";
import { decode } from "./decode.ts";
import { allHeaders, firstHeader } from "./headers.ts";
import { parseQuery, queryValues } from "./query.ts";
import { refine } from "./refine.ts";
import { explainText, valueFromText } from "./value.ts";

/** `absent` stands for a missing query parameter, header or cookie that has a default. */
export const ABSENT = Symbol("absent");

export function readInput(step: ReadStep, context: Context): unknown {
  if (step.source === "body") return readBody(step, context);
  const given = namedInput(step, context);
  const { type } = step.slot;
  if (given.length === 0 && type.kind !== "list") {
    if (step.default !== null) return ABSENT;
    return type.kind === "optional" ? undefined : invalid([{ path: `/${step.wireName}`, message: "is missing" }]);
  }
  if (given.length === 0 && step.default !== null) return ABSENT;
  return fromTexts(given, type, `/${step.wireName}`);
}

/** A list takes every occurrence, anything else the first. */
function fromTexts(given: readonly string[], type: Type, path: string): unknown {
  if (type.kind === "optional") return fromTexts(given, type.of, path);
  if (type.kind !== "list") {
    const value = valueFromText(given[0] ?? "", type);
    return value === undefined ? invalid([{ path, message: explainText(given[0] ?? "", type) }]) : value;
  }
  const problems: Problem[] = [];
  const items = given.map((text, index) => {
    const value = valueFromText(text, type.item);
    if (value === undefined) problems.push({ path: `${path}/${index}`, message: explainText(text, type.item) });
    return value;
  });
  const length = refine(items, type);
  if (length !== null) problems.push({ path, message: length });
  return problems.length === 0 ? items : invalid(problems);
}

function namedInput(step: ReadStep, context: Context): string[] {
  const { headers } = context.request;
  switch (step.source) {
    case "query":
      return queryValues(context.query, step.wireName);
    case "cookie": {
      const value = readCookie(allHeaders(headers, "cookie"), step.wireName);
      return value === undefined ? [] : [value];
    }
    default: {
      // Several lines of one field are one list (RFC 9110 §5.3).
      const lines = allHeaders(headers, step.wireName);
      return lines.length === 0 ? [] : [lines.join(", ")];
    }
  }
}

function readBody(step: ReadStep, context: Context): unknown {
  const { body, headers } = context.request;
  if (body.length > context.bodyLimit) return tooLarge();
  const mediaType = (firstHeader(headers, "content-type") ?? "").split(";", 1)[0]!.trim().toLowerCase();
  switch (step.codec) {
    case "bytes":
      return body;
    case "text":
      return utf8FromBytes(body) ?? invalid([{ path: "", message: "must be UTF-8 text" }]);
    case "form":
      return mediaType === "application/x-www-form-urlencoded"
        ? readForm(body, step.slot.type)
        : unsupported(mediaType);
    case "json":
      return isJson(mediaType) ? readJson(body, step.slot.type) : unsupported(mediaType);
  }
}

/** "application/json" and what ends in "+json" (RFC 6839 §3.1). */
function isJson(mediaType: string): boolean {
  return mediaType === "application/json" || /^application\/[^/]+\+json$/.test(mediaType);
}

function readJson(body: Uint8Array, type: Type): unknown {
  const text = utf8FromBytes(body);
  const json = text === undefined ? undefined : jsonFromText(text);
  if (json === undefined) return invalid([{ path: "", message: "must be JSON" }]);
  return checked(json, type);
}

/** Fields by name; a repeated one is a list. Texts are read by the type of their field. */
function readForm(body: Uint8Array, type: Type): unknown {
  if (type.kind !== "record") return invalid([{ path: "", message: "must be an object" }]);
  const pairs = parseQuery(utf8FromBytes(body) ?? "");
  const problems: Problem[] = [];
  const result: { [name: string]: unknown } = {};
  for (const field of type.fields) {
    const given = pairs.filter((pair) => pair[0] === field.name).map((pair) => pair[1]);
    const path = `/${field.name}`;
    if (given.length === 0) {
      if (field.default !== undefined) result[field.name] = field.default;
      else if (field.type.kind !== "optional") problems.push({ path, message: "is missing" });
      continue;
    }
    const value = fromTexts(given, field.type, path);
    if (value instanceof Failure) problems.push(...(value.problems ?? []));
    else result[field.name] = value;
  }
  for (const name of new Set(pairs.map((pair) => pair[0]))) {
    if (!type.fields.some((field) => field.name === name))
      problems.push({ path: `/${name}`, message: "is not a known field" });
  }
  return problems.length === 0 ? result : invalid(problems);
}

function checked(json: unknown, type: Type): unknown {
  const problems: Problem[] = [];
  const value = decode(json, type, "", { unknownFields: "refuse", problems });
  return problems.length === 0 ? value : invalid(problems);
}

export function invalid(problems: readonly Problem[]): Failure {
  return new Failure("invalid", 400, "invalid-input", "the request does not have the expected form", problems);
}
export function tooLarge(): Failure {
  return new Failure("invalid", 413, "body-too-large", "the request's body is longer than allowed");
}
function unsupported(mediaType: string): Failure {
  const what = mediaType === "" ? "no content type" : mediaType;
  return new Failure("invalid", 415, "unsupported-media-type", `${what} is not accepted here`);
}
