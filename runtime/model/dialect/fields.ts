/**
 * Reads JSON that anybody may have written, field by field: what has the wrong type becomes a refusal with its path, and reading goes on, so that
 * one answer names everything that is wrong.
 */
import type { Json, JsonObject } from "../canonical/request.ts";
import type { Refusal } from "./dialect.ts";

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Deeper than anybody means it; what is deeper still would overflow the stack of whoever walks or writes it. */
const MOST_DEPTH = 400;

export function isTooDeep(value: Json, depth: number = MOST_DEPTH): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth === 0) return true;
  if (isList(value)) {
    for (const inner of value) if (isTooDeep(inner, depth - 1)) return true;
    return false;
  }
  for (const name in value) if (isTooDeep(value[name] ?? null, depth - 1)) return true;
  return false;
}

/** Null where the text is no JSON, or too deep, so that nobody has to catch. */
export function parseJson(text: string): { readonly value: Json } | null {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isTooDeep(value) ? null : { value };
}

/** The text is a JSON object, whatever it holds. */
export function isObjectText(text: string): boolean {
  const parsed = parseJson(text);
  return parsed !== null && isObject(parsed.value);
}

/** One object's fields. A field that is null counts as absent, as all dialects have it. */
export class Fields {
  readonly object: JsonObject;
  readonly path: string;
  readonly refusals: Refusal[];

  constructor(object: JsonObject, path: string, refusals: Refusal[]) {
    this.object = object;
    this.path = path;
    this.refusals = refusals;
  }

  at(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }

  refuse(name: string, message: string): void {
    this.refusals.push({ path: name === "" ? this.path : this.at(name), message });
  }

  value(name: string): Json | null {
    return Object.hasOwn(this.object, name) ? (this.object[name] ?? null) : null;
  }

  string(name: string): string | null {
    const value = this.value(name);
    if (value === null || typeof value === "string") return value;
    this.refuse(name, "A string is expected here.");
    return null;
  }

  /** A string that has to be there; "" where it is not, with a refusal. */
  required(name: string): string {
    const value = this.value(name);
    if (typeof value === "string") return value;
    this.refuse(name, "A string is expected here, and it has to be there.");
    return "";
  }

  boolean(name: string): boolean | null {
    const value = this.value(name);
    if (value === null || typeof value === "boolean") return value;
    this.refuse(name, "true or false is expected here.");
    return null;
  }

  number(name: string, least: number, most: number): number | null {
    const value = this.value(name);
    if (value === null) return null;
    if (typeof value === "number" && value >= least && value <= most) return value;
    this.refuse(name, `A number from ${least} to ${most} is expected here.`);
    return null;
  }

  /** A whole number of tokens or the like. */
  count(name: string, least: number): number | null {
    const value = this.value(name);
    if (value === null) return null;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
    this.refuse(name, `A whole number from ${least} on is expected here.`);
    return null;
  }

  list(name: string): readonly Json[] | null {
    const value = this.value(name);
    if (value === null) return null;
    if (isList(value)) return value;
    this.refuse(name, "A list is expected here.");
    return null;
  }

  strings(name: string): readonly string[] {
    const list = this.list(name) ?? [];
    const texts: string[] = [];
    for (const item of list) {
      if (typeof item === "string") texts.push(item);
      else {
        this.refuse(name, "A list of strings is expected here.");
        break;
      }
    }
    return texts;
  }

  json(name: string): JsonObject | null {
    const value = this.value(name);
    if (value === null) return null;
    if (isObject(value)) return value;
    this.refuse(name, "An object is expected here.");
    return null;
  }

  fields(name: string): Fields | null {
    const value = this.json(name);
    return value === null ? null : new Fields(value, this.at(name), this.refusals);
  }

  /** The objects of a list; what is none is refused and left out. */
  *objects(name: string): Generator<Fields> {
    const list = this.list(name) ?? [];
    for (let index = 0; index < list.length; index++) {
      const item = list[index];
      const path = `${this.at(name)}[${index}]`;
      if (isObject(item)) yield new Fields(item, path, this.refusals);
      else this.refusals.push({ path, message: "An object is expected here." });
    }
  }

  /** Fields that are not among these. */
  others(known: ReadonlySet<string>): JsonObject {
    const rest: { [name: string]: Json } = {};
    for (const name of Object.keys(this.object)) {
      const value = this.object[name];
      if (value !== undefined && value !== null && name !== "__proto__" && !known.has(name)) rest[name] = value;
    }
    return rest;
  }
}
