/** What the fake model says where it has to make something up: always the same for the same question. */
import type { Json, JsonObject } from "../canonical/request.ts";
import { isList, isObject } from "../dialect/fields.ts";

const LOREM =
  "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua.".split(
    " ",
  );

export function lorem(words: number): string {
  return Array.from({ length: words }, (_none, at) => LOREM[at % LOREM.length]).join(" ");
}

/** A value that a JSON Schema takes: the least that it asks for, of the types that models' tools use. */
export function sample(schema: Json | undefined, depth = 0): Json {
  if (!isObject(schema) || depth > 8) return {};
  if (schema.const !== undefined) return schema.const;
  if (isList(schema.enum) && schema.enum.length > 0) return schema.enum[0] ?? null;
  for (const word of ["anyOf", "oneOf", "allOf"]) {
    const choices = schema[word];
    if (isList(choices) && choices.length > 0) return sample(choices[0], depth + 1);
  }
  const type = isList(schema.type) ? schema.type[0] : schema.type;
  switch (typeof type === "string" ? type.toLowerCase() : "object") {
    case "string":
      return typeof schema.format === "string" && schema.format === "date" ? "2026-01-31" : "Grüße 🌍";
    case "integer":
    case "number":
      return typeof schema.minimum === "number" ? schema.minimum : 7;
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return [sample(schema.items, depth + 1)];
    default:
      return sampleObject(schema, depth);
  }
}

function sampleObject(schema: JsonObject, depth: number): JsonObject {
  const made: { [name: string]: Json } = {};
  if (isObject(schema.properties)) {
    for (const [name, inner] of Object.entries(schema.properties)) made[name] = sample(inner, depth + 1);
  }
  return made;
}

/** A text as a model writes it, token by token: words with the space before them. */
export function tokens(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

/** Arguments in pieces that break anywhere, within characters of two units too. */
export function pieces(text: string, size = 7): string[] {
  const all: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + size);
    // Half of a surrogate pair cannot be written as UTF-8.
    if (end < text.length && text.charCodeAt(end - 1) >= 0xd800 && text.charCodeAt(end - 1) < 0xdc00) end++;
    all.push(text.slice(at, end));
    at = end;
  }
  return all;
}
