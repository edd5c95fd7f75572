/**
 * Turns as Anthropic takes them: the first is the user's, neighbours of one role are one, no text is empty, results of tools come before anything else
 * in the turn behind their calls, and thoughts come back unchanged and first.
 */

import { argumentsObject } from "../call-arguments.ts";
import type { Refusal } from "../dialect.ts";
import { foreignPart } from "../foreign.ts";
import { listText, objectText, valueText } from "../json-text.ts";
import { hash } from "../tool-names.ts";
import { isBlank, mergeTurns, resultsFirst, thoughtsFirst, withoutEmptyTexts } from "../turn-order.ts";
import type { FilePart, ImagePart, ModelRequest, Part, TextPart } from "../../canonical/request.ts";
import { writtenData, writtenText } from "../../canonical/sizes.ts";
import { openState } from "../../canonical/signature.ts";

export interface Turns {
  readonly system: readonly string[];
  readonly messages: readonly string[];
}

/** Stands where a conversation begins with the model's turn, which Anthropic does not take. */
const FIRST_TURN = '{"role":"user","content":[{"type":"text","text":"(The conversation begins.)"}]}';

type Name = (name: string) => string;

export function writeTurns(request: ModelRequest, name: Name, refusals: Refusal[]): Turns {
  const client = request.extras.dialect;
  const messages: string[] = [];
  const merged = mergeTurns(request.turns);
  for (let index = 0; index < merged.length; index++) {
    const { role, parts } = merged[index]!;
    const last = index === merged.length - 1;
    const blocks = role === "user" ? resultsFirst(parts) : thoughtsFirst(parts);
    const texts: string[] = [];
    for (const part of withoutEmptyTexts(blocks)) {
      const text = writePart(part, client, name, `messages[${index}].content`, refusals);
      if (text !== null) texts.push(text);
    }
    if (last && role === "assistant" && texts.length > 0) trimPrefill(blocks, texts);
    if (texts.length === 0) continue;
    if (messages.length === 0 && role === "assistant") messages.push(FIRST_TURN);
    messages.push(`{"role":"${role}","content":${listText(texts)}}`);
  }
  if (messages.length === 0 && refusals.length === 0) {
    refusals.push({
      path: "messages",
      message: "There is nothing to answer: a message with a text or an image is needed.",
    });
  }
  const system = withoutEmptyTexts(request.system).map((part) => (part.type === "text" ? writeText(part) : ""));
  return { system, messages };
}

/** Anthropic takes no beginning of an answer that ends in white space. */
function trimPrefill(blocks: readonly Part[], texts: string[]): void {
  const part = blocks.at(-1);
  if (part?.type === "text" && !isBlank(part))
    texts[texts.length - 1] = writeText({ ...part, text: part.text.trimEnd() });
}

/** Null: of no use to Anthropic, and left out without changing what is said (another model's thoughts). */
function writePart(part: Part, client: string, name: Name, path: string, refusals: Refusal[]): string | null {
  switch (part.type) {
    case "text":
      return writeText(part);
    case "refusal":
      return objectText(["type", '"text"'], ["text", JSON.stringify(writtenText(part))]);
    case "image":
    case "file":
      return writeMedia(part, path, refusals);
    case "audio":
      refusals.push({ path, message: "Anthropic's models take no audio." });
      return null;
    case "tool-call":
      return objectText(
        ["type", '"tool_use"'],
        ["id", JSON.stringify(callId(part.id))],
        ["name", JSON.stringify(name(part.name))],
        ["input", argumentsObject(part.arguments)],
        ["cache_control", cacheControl(part)],
      );
    case "tool-result": {
      const content: string[] = [];
      for (const inner of withoutEmptyTexts(part.parts)) {
        const text = writePart(inner, client, name, path, refusals);
        if (text !== null) content.push(text);
      }
      return objectText(
        ["type", '"tool_result"'],
        ["tool_use_id", JSON.stringify(callId(part.id))],
        ["content", content.length === 0 ? null : listText(content)],
        ["is_error", part.failed ? "true" : null],
        ["cache_control", cacheControl(part)],
      );
    }
    case "reasoning":
      return writeThought(part.text, part.signature, part.redacted, client);
    case "native":
      if (part.dialect === "anthropic") return JSON.stringify(part.value);
      refusals.push(foreignPart(part, path));
      return null;
  }
}

export function cacheControl(part: { readonly cache?: { readonly ttl: "5m" | "1h" } | undefined }): string | null {
  if (part.cache === undefined) return null;
  return part.cache.ttl === "1h" ? '{"type":"ephemeral","ttl":"1h"}' : '{"type":"ephemeral"}';
}

function writeText(part: TextPart): string {
  return objectText(
    ["type", '"text"'],
    ["text", JSON.stringify(writtenText(part))],
    ["cache_control", cacheControl(part)],
  );
}

function writeThought(text: string, signature: string | null, redacted: string | null, client: string): string | null {
  if (redacted !== null) {
    const data = openState("anthropic", redacted, client);
    return data === null ? null : objectText(["type", '"redacted_thinking"'], ["data", JSON.stringify(data)]);
  }
  const own = signature === null ? null : openState("anthropic", signature, client);
  if (own === null) return null;
  return objectText(["type", '"thinking"'], ["thinking", JSON.stringify(text)], ["signature", JSON.stringify(own)]);
}

function writeMedia(part: ImagePart | FilePart, path: string, refusals: Refusal[]): string | null {
  const { source } = part;
  const type = part.type === "image" ? '"image"' : '"document"';
  const written = (text: string) =>
    objectText(
      ["type", type],
      ["source", text],
      ["title", part.type === "file" ? valueText(part.name) : null],
      ["cache_control", cacheControl(part)],
    );
  if (source.kind === "id") return written(JSON.stringify({ type: "file", file_id: source.id }));
  if (source.kind === "url") return written(JSON.stringify({ type: "url", url: source.url }));
  const mediaType = source.mediaType.toLowerCase();
  if (part.type === "image" || mediaType === "application/pdf") {
    if (part.type === "image" && !/^image\/(jpeg|png|gif|webp)$/.test(mediaType)) {
      refusals.push({ path, message: `Anthropic's models take JPEG, PNG, GIF and WebP, not ${source.mediaType}.` });
      return null;
    }
    return written(
      objectText(
        ["type", '"base64"'],
        ["media_type", JSON.stringify(mediaType)],
        ["data", JSON.stringify(writtenData(source))],
      ),
    );
  }
  if (mediaType.startsWith("text/") || mediaType === "application/json") {
    const text = Buffer.from(source.data, "base64").toString("utf8");
    return written(JSON.stringify({ type: "text", media_type: "text/plain", data: text }));
  }
  refusals.push({ path, message: `Anthropic's models take documents as PDF or text, not ${source.mediaType}.` });
  return null;
}

/** Anthropic takes letters, digits, "_" and "-". Others' identifiers become such, the same each time, so that call and result still meet. */
export function callId(id: string): string {
  return /^[a-zA-Z0-9_-]+$/.test(id) ? id : `toolu_${id.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 40)}_${hash(id)}`;
}
