/** What the fakes of Ollama, Cohere and Bedrock share when they read a request: only what an answer depends on. */
import type { Json, JsonObject, OutputFormat, Part, Tool } from "../canonical/request.ts";
import { type Fields, isList, isObject } from "../dialect/fields.ts";

/** OpenAI's form of tools, which Ollama and Cohere have too. */
export function readTools(fields: Fields): Tool[] {
  const tools: Tool[] = [];
  for (const tool of fields.objects("tools")) {
    const called = tool.fields("function");
    if (called === null) tool.refuse("function", "missing");
    else tools.push(toolOf(called.required("name"), called.string("description"), called.json("parameters")));
  }
  return tools;
}

export function toolOf(name: string, description: string | null, parameters: JsonObject | null): Tool {
  return { name, description, parameters: parameters ?? {}, strict: null };
}

export function formatOf(schema: Json | undefined): OutputFormat {
  if (!isObject(schema)) return { kind: "json" };
  return { kind: "schema", name: "answer", description: null, schema, strict: null };
}

/** Text of a string or of a list of texts. */
export function textOf(value: Json | null): string {
  if (typeof value === "string") return value;
  if (value === null || !isList(value)) return "";
  const texts = value.map((item) => (isObject(item) && typeof item.text === "string" ? item.text : ""));
  return texts.join("");
}

export function textPart(text: string): Part {
  return { type: "text", text };
}

/** A part of a path; as it is where its escapes are none. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
