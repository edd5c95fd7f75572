/** Reads Gemini's contents: turns and parts. Calls without an identifier get one that is the same each time, so that results find them. */

import type { FilePart, ImagePart, MediaSource, Part, TextPart, Turn } from "../../canonical/request.ts";
import { argumentsText } from "../call-arguments.ts";
import { type Fields, isObject } from "../fields.ts";
import { emptyThought } from "./thoughts.ts";

/** Calls that wait for their results: results without identifiers are matched by name, then by order. */
class OpenCalls {
  readonly #byName = new Map<string, { readonly ids: string[]; next: number }>();
  readonly #answered = new Set<string>();

  add(id: string, name: string): void {
    const calls = this.#byName.get(name);
    if (calls === undefined) this.#byName.set(name, { ids: [id], next: 0 });
    else calls.ids.push(id);
  }

  /** The identifier of a result's call; `told`: as the result names it. */
  take(name: string, told: string): string {
    if (told !== "") {
      this.#answered.add(told);
      return told;
    }
    const calls = this.#byName.get(name);
    while (calls !== undefined && calls.next < calls.ids.length) {
      const id = calls.ids[calls.next++]!;
      if (!this.#answered.has(id)) return id;
    }
    return stableId(0, name);
  }
}

export function readTurns(fields: Fields): Turn[] {
  const turns: { readonly role: Turn["role"]; readonly parts: Part[] }[] = [];
  const open = new OpenCalls();
  let count = 0;
  for (const content of fields.objects("contents")) {
    const role = content.string("role") ?? "user";
    if (role !== "user" && role !== "model" && role !== "function") {
      content.refuse("role", 'The role is "user" or "model".');
      continue;
    }
    const parts: Part[] = [];
    for (const part of content.objects("parts")) {
      const call = part.fields("functionCall");
      const response = part.fields("functionResponse");
      if (call !== null) {
        const name = call.required("name");
        const id = call.string("id") || stableId(count, name);
        count++;
        open.add(id, name);
        const args = call.value("args");
        parts.push({
          type: "tool-call",
          id,
          name,
          arguments: args === null ? "{}" : argumentsText(args),
          signature: part.string("thoughtSignature"),
        });
      } else if (response !== null) parts.push(readResult(response, open));
      else parts.push(...readPart(part));
    }
    const last = turns.at(-1);
    if (role === "model" && last?.role === "assistant") for (const part of parts) last.parts.push(part);
    else turns.push({ role: role === "model" ? "assistant" : "user", parts });
  }
  return turns.map(({ role, parts }) => ({ role, parts: joinThoughts(parts) }));
}

/**
 * Clients keep a stream's chunks as they came, so a thought comes back in pieces of which the last holds its state: only put together is it what the
 * model wrote, which some providers check.
 */
function joinThoughts(parts: readonly Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const continues = part.type === "reasoning" && part.redacted === null && last?.type === "reasoning";
    if (continues && last.redacted === null && last.signature === null && last.text !== "") {
      joined[joined.length - 1] = { ...part, text: last.text + part.text };
    } else joined.push(part);
  }
  return joined;
}

/** By its place among all calls of the conversation: the client sends the same conversation each time, only longer. */
export function stableId(at: number, name: string): string {
  return `call_${at}_${name.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 32)}`;
}

function readResult(response: Fields, open: OpenCalls): Part {
  const name = response.required("name");
  const id = open.take(name, response.string("id") ?? "");
  const value = response.json("response") ?? {};
  const keys = Object.keys(value);
  const failed = keys.length === 1 && keys[0] === "error";
  // A result that is one text needs no JSON around it; `result` and `output` are how Google's own clients wrap one.
  const only = keys.length === 1 ? value[keys[0]!] : undefined;
  const wrapped = failed || keys[0] === "result" || keys[0] === "output";
  const text = wrapped && typeof only === "string" ? only : JSON.stringify(value);
  const parts: (TextPart | ImagePart | FilePart)[] = [{ type: "text", text }];
  for (const part of response.objects("parts")) {
    for (const media of readPart(part)) if (media.type === "image" || media.type === "file") parts.push(media);
  }
  return { type: "tool-result", id, name, parts, failed };
}

function readPart(part: Fields): Part[] {
  const signature = part.string("thoughtSignature");
  const text = part.value("text");
  if (text !== null) {
    const words = part.required("text");
    if (part.boolean("thought") === true) return [{ type: "reasoning", text: words, signature, redacted: null }];
    const parts: Part[] = [];
    if (words !== "" || signature === null) parts.push({ type: "text", text: words });
    // The state of a text has no place of its own: it follows as an empty thought.
    if (signature !== null) parts.push(emptyThought(signature));
    return parts;
  }
  const inline = part.fields("inlineData");
  if (inline !== null) {
    const mediaType = inline.required("mimeType");
    return [
      media({ kind: "base64", mediaType, data: inline.required("data") }, mediaType, inline.string("displayName")),
    ];
  }
  const file = part.fields("fileData");
  if (file !== null) {
    const url = file.required("fileUri");
    const mediaType = file.string("mimeType");
    return [media({ kind: "url", url, mediaType }, mediaType ?? "image/*", file.string("displayName"))];
  }
  if (signature !== null && Object.keys(part.object).length === 1) {
    return [emptyThought(signature)];
  }
  if (isObject(part.object) && Object.keys(part.object).length > 0) {
    return [{ type: "native", dialect: "gemini", value: part.object }];
  }
  return [];
}

function media(source: MediaSource, mediaType: string, name: string | null): Part {
  const type = mediaType.toLowerCase();
  if (type.startsWith("image/")) return { type: "image", source, detail: null };
  if (type.startsWith("audio/")) return { type: "audio", source };
  return { type: "file", source, name };
}
