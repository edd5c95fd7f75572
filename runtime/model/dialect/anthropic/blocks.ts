/** Reads the content blocks of one message. What only Anthropic knows (results of its own tools, citations, search results) stays as it is and goes to its providers alone. */

import { argumentsText } from "../call-arguments.ts";
import type { Fields } from "../fields.ts";
import type {
  CacheMarker,
  FilePart,
  ImagePart,
  MediaSource,
  Part,
  TextPart,
  ToolResultPart,
} from "../../canonical/request.ts";
import { openState } from "../../canonical/signature.ts";

/** `calls`: names of the tools called so far by identifier, since a result does not name its tool. */
export function readBlocks(
  message: Fields,
  name: string,
  role: "user" | "assistant",
  calls: Map<string, string>,
): Part[] {
  const value = message.value(name);
  if (typeof value === "string") return value === "" ? [] : [{ type: "text", text: value }];
  if (value === null) {
    message.refuse(name, "A text or a list of blocks has to be here.");
    return [];
  }
  const parts: Part[] = [];
  for (const block of message.objects(name)) {
    const part = readBlock(block, role, calls);
    if (part === null) continue;
    const last = parts.at(-1);
    // A call's state of another provider stands behind it as an empty thought (see `answer.ts`).
    if (part.type === "reasoning" && part.text === "" && part.signature !== null && last?.type === "tool-call") {
      if (last.signature === null && openState("anthropic", part.signature, "anthropic") === null) {
        parts[parts.length - 1] = { ...last, signature: part.signature };
        continue;
      }
    }
    parts.push(part);
  }
  return parts;
}

function readBlock(block: Fields, role: "user" | "assistant", calls: Map<string, string>): Part | null {
  const type = block.required("type");
  const cited = block.value("citations");
  switch (type) {
    case "":
      return null;
    case "text":
      if (Array.isArray(cited) && cited.length > 0)
        return { type: "native", dialect: "anthropic", value: block.object };
      return { type: "text", text: block.required("text"), ...cacheMarker(block) };
    case "image":
    case "document": {
      const media = readMedia(block, type);
      return media ?? { type: "native", dialect: "anthropic", value: block.object };
    }
    case "tool_use": {
      if (role === "user") return misplaced(block, "assistant");
      if (block.value("toolset_name") !== null) return { type: "native", dialect: "anthropic", value: block.object };
      const id = block.required("id");
      const name = block.required("name");
      const input = block.value("input");
      calls.set(id, name);
      const text = input === null ? "{}" : argumentsText(input);
      return { type: "tool-call", id, name, arguments: text, signature: null, ...cacheMarker(block) };
    }
    case "tool_result":
      if (role === "assistant") return misplaced(block, "user");
      return readResult(block, calls);
    case "thinking": {
      if (role === "user") return misplaced(block, "assistant");
      const signature = block.string("signature");
      return {
        type: "reasoning",
        text: block.required("thinking"),
        signature: signature === "" ? null : signature,
        redacted: null,
      };
    }
    case "redacted_thinking":
      if (role === "user") return misplaced(block, "assistant");
      return { type: "reasoning", text: "", signature: null, redacted: block.required("data") };
    default:
      return { type: "native", dialect: "anthropic", value: block.object };
  }
}

function misplaced(block: Fields, role: string): null {
  block.refuse("type", `A block of this type stands in messages of the role "${role}".`);
  return null;
}

function readResult(block: Fields, calls: Map<string, string>): Part {
  const id = block.required("tool_use_id");
  const value = block.value("content");
  const parts: (TextPart | ImagePart | FilePart)[] = [];
  if (typeof value === "string") {
    if (value !== "") parts.push({ type: "text", text: value });
  } else if (value !== null) {
    for (const inner of block.objects("content")) {
      const type = inner.required("type");
      if (type === "text") parts.push({ type: "text", text: inner.required("text"), ...cacheMarker(inner) });
      else {
        const media = type === "image" || type === "document" ? readMedia(inner, type) : null;
        if (media === null) return { type: "native", dialect: "anthropic", value: block.object };
        parts.push(media);
      }
    }
  }
  const result: ToolResultPart = {
    type: "tool-result",
    id,
    name: calls.get(id) ?? "",
    parts,
    failed: block.boolean("is_error") ?? false,
    ...cacheMarker(block),
  };
  return result;
}

/** Null: a form that only Anthropic knows, such as a document of blocks. */
function readMedia(block: Fields, type: "image" | "document"): ImagePart | FilePart | null {
  const source = block.fields("source");
  if (source === null) {
    block.refuse("source", "An object has to be here.");
    return null;
  }
  const media = readSource(source);
  if (media === null) return null;
  if (type === "image") return { type: "image", source: media, detail: null, ...cacheMarker(block) };
  const citations = block.fields("citations");
  if (block.string("context") !== null || citations?.boolean("enabled") === true) return null;
  return { type: "file", source: media, name: block.string("title"), ...cacheMarker(block) };
}

function readSource(source: Fields): MediaSource | null {
  switch (source.required("type")) {
    case "base64":
      return { kind: "base64", mediaType: source.required("media_type"), data: source.required("data") };
    case "url":
      return { kind: "url", url: source.required("url"), mediaType: null };
    case "file":
      return { kind: "id", id: source.required("file_id") };
    case "text": {
      const text = source.required("data");
      return { kind: "base64", mediaType: "text/plain", data: Buffer.from(text, "utf8").toString("base64") };
    }
    default:
      return null;
  }
}

/** Spread into a part: nothing where there is no marker. */
export function cacheMarker(block: Fields): { cache?: CacheMarker } {
  const marker = block.fields("cache_control");
  if (marker === null) return {};
  const ttl = marker.string("ttl") ?? "5m";
  if (marker.string("type") !== "ephemeral") marker.refuse("type", 'The type is "ephemeral".');
  if (ttl === "5m" || ttl === "1h") return { cache: { ttl } };
  marker.refuse("ttl", 'The time to live is "5m" or "1h".');
  return {};
}
