/**
 * Turns as Gemini takes them: neighbours of one role are one, results come first and name their function, thoughts and calls carry the state that
 * Gemini gave them. Where another model made a call, Gemini 3 is told so in the documented way instead of getting state that it refuses.
 */

import { isEmpty, writtenData, writtenText } from "../../canonical/sizes.ts";
import type {
  FilePart,
  ImagePart,
  AudioPart,
  ModelRequest,
  Part,
  ToolResultPart,
  Turn,
} from "../../canonical/request.ts";
import { openState } from "../../canonical/signature.ts";
import { argumentsObject } from "../call-arguments.ts";
import type { ProviderTarget, Refusal } from "../dialect.ts";
import { isObjectText } from "../fields.ts";
import { foreignPart } from "../foreign.ts";
import { listText, objectText } from "../json-text.ts";

/** https://ai.google.dev/gemini-api/docs/thought-signatures: for calls that Gemini did not make itself. */
const NO_SIGNATURE = "skip_thought_signature_validator";

/** Stands where a conversation begins with the model's turn. */
const FIRST_TURN = '{"role":"user","parts":[{"text":"(The conversation begins.)"}]}';

interface Context {
  readonly client: string;
  readonly name: (name: string) => string;
  readonly calls: Map<string, string>;
  readonly refusals: Refusal[];
  /** Google AI takes identifiers of calls, Vertex AI does not. */
  readonly identifiers: boolean;
  readonly needsSignature: boolean;
}

export function writeContents(
  request: ModelRequest,
  target: ProviderTarget,
  name: (name: string) => string,
  refusals: Refusal[],
): string[] {
  const context: Context = {
    client: request.extras.dialect,
    name,
    calls: new Map(),
    refusals,
    identifiers: target.variant !== "vertex",
    needsSignature: !isOld(target.model),
  };
  for (const turn of request.turns) {
    for (const part of turn.parts) if (part.type === "tool-call") context.calls.set(part.id, part.name);
  }
  const contents: string[] = [];
  const merged = merge(request.turns);
  for (let index = 0; index < merged.length; index++) {
    const { role, parts } = merged[index]!;
    const path = `messages[${index}].content`;
    const written = role === "user" ? writeUser(parts, context, path) : writeModel(parts, context, path);
    if (written.length === 0) continue;
    if (contents.length === 0 && role === "assistant") contents.push(FIRST_TURN);
    contents.push(`{"role":"${role === "user" ? "user" : "model"}","parts":${listText(written)}}`);
  }
  if (contents.length === 0 && refusals.length === 0) {
    refusals.push({
      path: "messages",
      message: "There is nothing to answer: a message with a text or an image is needed.",
    });
  }
  return contents;
}

function merge(turns: readonly Turn[]): Turn[] {
  const merged: { role: Turn["role"]; parts: Part[] }[] = [];
  for (const { role, parts } of turns) {
    if (!parts.some((part) => part.type !== "text" || !isEmpty(part))) continue;
    const before = merged.at(-1);
    if (before?.role === role) for (const part of parts) before.parts.push(part);
    else merged.push({ role, parts: [...parts] });
  }
  return merged;
}

/** Gemini wants as many results as there were calls, together; images of results follow them. */
function writeUser(parts: readonly Part[], context: Context, path: string): string[] {
  const results: string[] = [];
  const media: string[] = [];
  const others: string[] = [];
  for (const part of parts) {
    if (part.type === "tool-result") {
      results.push(writeResult(part, context, path));
      for (const inner of part.parts) if (inner.type !== "text") push(media, writeMedia(inner, context, path));
    } else push(others, writePart(part, context, path));
  }
  return [...results, ...media, ...others];
}

function push(list: string[], text: string | null): void {
  if (text !== null) list.push(text);
}

function writeModel(parts: readonly Part[], context: Context, path: string): string[] {
  const written: string[] = [];
  let called = false;
  for (const part of parts) {
    if (part.type !== "tool-call") {
      push(written, writePart(part, context, path));
      continue;
    }
    const own = part.signature === null ? null : openState("gemini", part.signature, context.client);
    // Only the first of several calls has, and needs, a signature.
    const signature = own ?? (context.needsSignature && !called ? NO_SIGNATURE : null);
    called = true;
    const call = objectText(
      ["id", context.identifiers ? JSON.stringify(part.id) : null],
      ["name", JSON.stringify(context.name(part.name))],
      ["args", argumentsObject(part.arguments)],
    );
    written.push(
      objectText(["functionCall", call], ["thoughtSignature", signature === null ? null : JSON.stringify(signature)]),
    );
  }
  return written;
}

function writeResult(part: ToolResultPart, context: Context, path: string): string {
  const name = part.name === "" ? context.calls.get(part.id) : part.name;
  if (name === undefined) {
    context.refusals.push({
      path,
      message: `There is no call "${part.id}" before this result, so its tool is not known.`,
    });
    return "";
  }
  const text = part.parts
    .map((inner) => (inner.type === "text" ? inner.text : ""))
    .filter((inner) => inner !== "")
    .join("\n");
  // Gemini takes an object: one that the tool gave goes as it is.
  const response = part.failed
    ? objectText(["error", JSON.stringify(text)])
    : isObjectText(text)
      ? text
      : objectText(["result", JSON.stringify(text)]);
  const body = objectText(
    ["id", context.identifiers ? JSON.stringify(part.id) : null],
    ["name", JSON.stringify(context.name(name))],
    ["response", response],
  );
  return objectText(["functionResponse", body]);
}

/** Null: nothing to say. */
function writePart(part: Part, context: Context, path: string): string | null {
  switch (part.type) {
    case "text":
    case "refusal":
      return isEmpty(part) ? null : objectText(["text", JSON.stringify(writtenText(part))]);
    case "image":
    case "audio":
    case "file":
      return writeMedia(part, context, path);
    case "reasoning": {
      const signature = part.signature === null ? null : openState("gemini", part.signature, context.client);
      // Thoughts without Gemini's own signature are of no use to it: a summary, or another model's.
      if (signature === null) return null;
      return objectText(
        ["text", JSON.stringify(part.text)],
        ["thought", part.text === "" ? null : "true"],
        ["thoughtSignature", JSON.stringify(signature)],
      );
    }
    case "native":
      if (part.dialect === "gemini") return JSON.stringify(part.value);
      context.refusals.push(foreignPart(part, path));
      return null;
    case "tool-call":
    case "tool-result":
      context.refusals.push({ path, message: "Calls stand in the assistant's turns, results in the user's." });
      return null;
  }
}

function writeMedia(part: ImagePart | AudioPart | FilePart, context: Context, path: string): string | null {
  const { source } = part;
  if (source.kind === "base64") {
    const mediaType = JSON.stringify(source.mediaType);
    return objectText([
      "inlineData",
      objectText(["mimeType", mediaType], ["data", JSON.stringify(writtenData(source))]),
    ]);
  }
  const url = source.kind === "url" ? source.url : source.id;
  // Files that lie with Google have URLs of their own, and Google knows what they are.
  const mediaType = (source.kind === "url" ? source.mediaType : null) ?? mediaTypeOf(url);
  if (
    mediaType === null &&
    !/^https:\/\/(generativelanguage\.googleapis\.com|(www\.)?youtube\.com|youtu\.be)\//.test(url)
  ) {
    context.refusals.push({
      path,
      message:
        "Gemini has to be told what kind of media a URL gives, and this one's ending does not say it. Send the bytes instead.",
    });
    return null;
  }
  const type = mediaType === null ? null : JSON.stringify(mediaType);
  return objectText(["fileData", objectText(["mimeType", type], ["fileUri", JSON.stringify(url)])]);
}

const MEDIA_TYPES = new Map([
  ["png", "image/png"],
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["webp", "image/webp"],
  ["gif", "image/gif"],
  ["heic", "image/heic"],
  ["heif", "image/heif"],
  ["pdf", "application/pdf"],
  ["txt", "text/plain"],
  ["mp3", "audio/mp3"],
  ["wav", "audio/wav"],
  ["mp4", "video/mp4"],
]);

function mediaTypeOf(url: string): string | null {
  const path = /^[^?#]*/.exec(url)?.[0] ?? "";
  const ending = /\.([A-Za-z0-9]{1,5})$/.exec(path)?.[1];
  return ending === undefined ? null : (MEDIA_TYPES.get(ending.toLowerCase()) ?? null);
}

/** Before Gemini 3: thinks by budget, and asks for no state with its calls. */
export function isOld(model: string): boolean {
  return /gemini-[12](?:[.-]|$)/.test(model);
}
