/** Reads the items of a client's input: instructions among them, and turns. Neighbouring items of an assistant are one turn, and so are results of tools. */
import type { Part, TextPart, ToolResultPart, Turn } from "../../canonical/request.ts";
import { mediaSource } from "../../wire/data-url.ts";
import { Fields, isObject } from "../fields.ts";
import { readCacheMarker } from "../openai-common/cache.ts";
import { readItem } from "./thoughts.ts";

export class ItemReader {
  readonly system: TextPart[] = [];
  readonly turns: Turn[] = [];
  readonly #names = new Map<string, string>();
  /** The parts of the last turn, where the next item may join it. */
  #open: Part[] | null = null;
  #role: Turn["role"] = "user";

  read(body: Fields): void {
    const input = body.value("input");
    if (typeof input === "string") {
      this.turns.push({ role: "user", parts: [{ type: "text", text: input, cache: undefined }] });
      return;
    }
    if (input === null) body.refuse("input", "There has to be an input.");
    for (const item of body.objects("input")) this.#item(item);
  }

  #add(role: Turn["role"], part: Part): void {
    if (this.#open === null || this.#role !== role) {
      this.#open = [];
      this.#role = role;
      this.turns.push({ role, parts: this.#open });
    }
    this.#open.push(part);
  }

  #item(item: Fields): void {
    switch (item.string("type") ?? "message") {
      case "message":
        this.#message(item);
        break;
      case "function_call": {
        const id = item.required("call_id");
        const name = item.required("name");
        const text = item.string("arguments") ?? "";
        const signature = item.fields("extra_content")?.fields("google")?.string("thought_signature") ?? null;
        this.#names.set(id, name);
        this.#add("assistant", { type: "tool-call", id, name, arguments: text === "" ? "{}" : text, signature });
        break;
      }
      case "function_call_output": {
        const id = item.required("call_id");
        const parts = resultParts(item);
        this.#add("user", { type: "tool-result", id, name: this.#names.get(id) ?? "", parts, failed: false });
        break;
      }
      case "reasoning": {
        const part = readItem(item.object);
        this.#add("assistant", part ?? { type: "native", dialect: "openai-responses", value: item.object });
        break;
      }
      default:
        this.#add("assistant", { type: "native", dialect: "openai-responses", value: item.object });
    }
  }

  #message(item: Fields): void {
    const role = item.required("role");
    if (role === "assistant") {
      for (const part of contentParts(item)) this.#add("assistant", part);
      return;
    }
    this.#open = null;
    if (role === "user") this.turns.push({ role: "user", parts: contentParts(item) });
    else if (role === "system" || role === "developer") {
      for (const part of contentParts(item)) {
        if (part.type === "text") this.system.push(part);
        else item.refuse("content", "Instructions hold text only.");
      }
    } else if (role !== "") item.refuse("role", `"${role.slice(0, 40)}" is no role of a message.`);
  }
}

function contentParts(item: Fields): Part[] {
  const content = item.value("content");
  if (typeof content === "string") {
    return content === "" ? [] : [{ type: "text", text: content, cache: readCacheMarker(item) }];
  }
  const parts: Part[] = [];
  for (const fields of item.objects("content")) {
    const part = contentPart(fields);
    if (part !== null) parts.push(part);
  }
  return parts;
}

function contentPart(fields: Fields): Part | null {
  const cache = readCacheMarker(fields);
  switch (fields.required("type")) {
    case "input_text":
    case "output_text":
    case "text":
      return { type: "text", text: fields.required("text"), cache };
    case "refusal":
      return { type: "refusal", text: fields.required("refusal") };
    case "input_image": {
      const detail = fields.string("detail");
      const known = detail === "low" || detail === "high" || detail === "auto" ? detail : null;
      const id = fields.string("file_id");
      if (id !== null) return { type: "image", source: { kind: "id", id }, detail: known, cache };
      const source = mediaSource(fields.required("image_url"));
      if (source !== null) return { type: "image", source, detail: known, cache };
      fields.refuse("image_url", "An https: URL or a data: URL in base64 is expected here.");
      return null;
    }
    case "input_file": {
      const name = fields.string("filename");
      const id = fields.string("file_id");
      if (id !== null) return { type: "file", source: { kind: "id", id }, name, cache };
      const url = fields.string("file_url");
      const source = mediaSource(url ?? fields.required("file_data"));
      if (source !== null) return { type: "file", source, name, cache };
      fields.refuse(url === null ? "file_data" : "file_url", "A URL, or a data: URL in base64, is expected here.");
      return null;
    }
    case "input_audio": {
      const audio = fields.fields("input_audio");
      const format = audio?.required("format") ?? "";
      const data = audio?.required("data") ?? "";
      const mediaType = format === "mp3" ? "audio/mpeg" : `audio/${format}`;
      return { type: "audio", source: { kind: "base64", mediaType, data }, cache };
    }
    case "":
      return null;
    default:
      return { type: "native", dialect: "openai-responses", value: fields.object };
  }
}

function resultParts(item: Fields): ToolResultPart["parts"] {
  const output = item.value("output");
  if (typeof output === "string") return [{ type: "text", text: output, cache: undefined }];
  const parts: ToolResultPart["parts"][number][] = [];
  for (const value of item.list("output") ?? []) {
    const part = isObject(value) ? contentPart(new Fields(value, item.at("output"), item.refusals)) : null;
    if (part?.type === "text" || part?.type === "image" || part?.type === "file") parts.push(part);
    else item.refuse("output", "A tool's result holds text, images and files.");
  }
  return parts;
}
