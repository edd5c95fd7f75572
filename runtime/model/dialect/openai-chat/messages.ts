/** Reads the messages of a client's request: what is said to the model before everything else, and turns. */
import type { CacheMarker, Part, TextPart, ToolResultPart, Turn } from "../../canonical/request.ts";
import { mediaSource } from "../../wire/data-url.ts";
import type { Fields } from "../fields.ts";
import { readCacheMarker } from "../openai-common/cache.ts";
import { readThoughts } from "./thoughts.ts";

export interface Messages {
  readonly system: readonly TextPart[];
  readonly turns: readonly Turn[];
}

export function readMessages(body: Fields): Messages {
  const system: TextPart[] = [];
  const turns: Turn[] = [];
  const names = new Map<string, string>();
  if (body.value("messages") === null) body.refuse("messages", "There have to be messages.");
  for (const message of body.objects("messages")) {
    const role = message.required("role");
    switch (role) {
      case "system":
      case "developer":
        // Wherever it stands: no other dialect has instructions in the middle of a conversation.
        system.push(...textParts(message, "content"));
        break;
      case "user":
        if (message.value("content") === null) message.refuse("content", "A message of the user has to say something.");
        turns.push({ role: "user", parts: marked(contentParts(message), readCacheMarker(message)) });
        break;
      case "assistant": {
        const parts = assistantParts(message);
        for (const part of parts) if (part.type === "tool-call") names.set(part.id, part.name);
        if (parts.length > 0) turns.push({ role: "assistant", parts: marked(parts, readCacheMarker(message)) });
        break;
      }
      case "tool": {
        const id = message.required("tool_call_id");
        const result: ToolResultPart = {
          type: "tool-result",
          id,
          name: names.get(id) ?? "",
          parts: resultParts(message),
          failed: false,
          cache: readCacheMarker(message),
        };
        turns.push({ role: "user", parts: [result] });
        break;
      }
      case "function":
        message.refuse("role", 'Messages of role "function" were replaced by role "tool" and are not served.');
        break;
      default:
        if (role !== "") message.refuse("role", `"${role.slice(0, 40)}" is no role of a message.`);
    }
  }
  return { system, turns };
}

/** A marker on the message is one on its last part. */
function marked(parts: Part[], cache: CacheMarker | undefined): Part[] {
  const last = parts.at(-1);
  if (cache !== undefined && last !== undefined && "cache" in last) parts[parts.length - 1] = { ...last, cache };
  return parts;
}

/** A string, or a list of parts of text. */
function textParts(message: Fields, name: string): TextPart[] {
  const content = message.value(name);
  if (typeof content === "string") return [{ type: "text", text: content, cache: readCacheMarker(message) }];
  const parts: TextPart[] = [];
  for (const part of message.objects(name)) {
    if (part.value("type") !== "text") part.refuse("type", 'Only parts of type "text" can stand here.');
    else parts.push({ type: "text", text: part.required("text"), cache: readCacheMarker(part) });
  }
  return parts;
}

function resultParts(message: Fields): ToolResultPart["parts"] {
  const content = message.value("content");
  if (typeof content === "string") return [{ type: "text", text: content, cache: undefined }];
  const parts: ToolResultPart["parts"][number][] = [];
  for (const part of contentParts(message)) {
    if (part.type === "text" || part.type === "image" || part.type === "file") parts.push(part);
    else message.refuse("content", "A tool's result holds text, images and files.");
  }
  return parts;
}

function contentParts(message: Fields): Part[] {
  const content = message.value("content");
  if (typeof content === "string") return [{ type: "text", text: content, cache: undefined }];
  const parts: Part[] = [];
  for (const fields of message.objects("content")) {
    const part = contentPart(fields);
    if (part !== null) parts.push(part);
  }
  return parts;
}

function contentPart(fields: Fields): Part | null {
  const cache = readCacheMarker(fields);
  switch (fields.required("type")) {
    case "text":
      return { type: "text", text: fields.required("text"), cache };
    case "image_url": {
      const value = fields.value("image_url");
      const nested = typeof value === "string" ? null : fields.fields("image_url");
      const url = typeof value === "string" ? value : (nested?.required("url") ?? "");
      const source = mediaSource(url);
      const detail = nested?.string("detail") ?? null;
      if (source === null) {
        fields.refuse("image_url", "An https: URL or a data: URL in base64 is expected here.");
        return null;
      }
      return {
        type: "image",
        source,
        detail: detail === "low" || detail === "high" || detail === "auto" ? detail : null,
        cache,
      };
    }
    case "input_audio": {
      const audio = fields.fields("input_audio");
      const format = audio?.required("format") ?? "";
      const data = audio?.required("data") ?? "";
      return {
        type: "audio",
        source: { kind: "base64", mediaType: format === "mp3" ? "audio/mpeg" : `audio/${format}`, data },
        cache,
      };
    }
    case "file": {
      const file = fields.fields("file");
      if (file === null) return null;
      const name = file.string("filename");
      const id = file.string("file_id");
      if (id !== null) return { type: "file", source: { kind: "id", id }, name, cache };
      const source = mediaSource(file.required("file_data"));
      if (source === null) {
        file.refuse("file_data", "A data: URL in base64 is expected here.");
        return null;
      }
      return { type: "file", source, name, cache };
    }
    case "":
      return null;
    default:
      return { type: "native", dialect: "openai-chat", value: fields.object };
  }
}

function assistantParts(message: Fields): Part[] {
  const parts: Part[] = readThoughts(message.object, false);
  const content = message.value("content");
  if (typeof content === "string") {
    if (content !== "") parts.push({ type: "text", text: content, cache: undefined });
  } else {
    for (const part of message.objects("content")) {
      const type = part.required("type");
      if (type === "refusal") parts.push({ type: "refusal", text: part.required("refusal") });
      else if (type === "text") parts.push({ type: "text", text: part.required("text"), cache: readCacheMarker(part) });
      else part.refuse("type", "An assistant's message holds text and refusals.");
    }
  }
  const refusal = message.string("refusal");
  if (refusal !== null && refusal !== "") parts.push({ type: "refusal", text: refusal });
  if (message.value("function_call") !== null)
    message.refuse("function_call", "Use `tool_calls`: `function_call` is not served.");
  const audio = message.json("audio");
  if (audio !== null) parts.push({ type: "native", dialect: "openai-chat", value: { type: "audio", audio } });
  for (const call of message.objects("tool_calls")) parts.push(toolCall(call));
  return parts;
}

function toolCall(call: Fields): Part {
  const type = call.string("type");
  if (type !== null && type !== "function") return { type: "native", dialect: "openai-chat", value: call.object };
  const called = call.fields("function");
  if (called === null) call.refuse("function", "An object is expected here, and it has to be there.");
  const text = called?.string("arguments") ?? "";
  return {
    type: "tool-call",
    id: call.required("id"),
    name: called?.required("name") ?? "",
    arguments: text === "" ? "{}" : text,
    signature: call.fields("extra_content")?.fields("google")?.string("thought_signature") ?? null,
    cache: undefined,
  };
}
