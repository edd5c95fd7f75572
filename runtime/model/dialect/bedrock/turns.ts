/**
 * Turns as Converse takes them: roles alternate, the first turn is the user's, no text is empty, and a cache point is a block of its own behind what it
 * covers. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
 */
import { writtenData, writtenText } from "../../canonical/sizes.ts";
import type {
  CacheMarker,
  FilePart,
  ImagePart,
  ModelRequest,
  Part,
  ToolResultPart,
  Turn,
} from "../../canonical/request.ts";
import { openState } from "../../canonical/signature.ts";
import { argumentsObject } from "../call-arguments.ts";
import type { Refusal } from "../dialect.ts";
import { foreignPart } from "../foreign.ts";
import { listText, objectText } from "../json-text.ts";
import { hash } from "../tool-names.ts";
import { mergeTurns, resultsFirst, thoughtsFirst, withoutEmptyTexts } from "../turn-order.ts";
import type { Abilities } from "./abilities.ts";

/** Stands where a conversation begins with the model's turn, which Converse does not take. */
const FIRST_TURN = '{"role":"user","content":[{"text":"(The conversation begins.)"}]}';

export interface Turns {
  readonly system: readonly string[];
  readonly messages: readonly string[];
}

export class TurnWriter {
  readonly #request: ModelRequest;
  readonly #name: (name: string) => string;
  readonly #abilities: Abilities;
  readonly #refusals: Refusal[];
  /** Calls and results are written as text, for a request that must have no tools: Converse refuses the blocks without them. */
  readonly #asText: boolean;
  #documents = 0;

  constructor(
    request: ModelRequest,
    name: (name: string) => string,
    abilities: Abilities,
    refusals: Refusal[],
    asText: boolean,
  ) {
    this.#request = request;
    this.#name = name;
    this.#abilities = abilities;
    this.#refusals = refusals;
    this.#asText = asText;
  }

  write(): Turns {
    const messages: string[] = [];
    const { system, turns } = this.#request;
    const begun: Turn = { role: "user", parts: system };
    const inTurns = !this.#abilities.system && system.length > 0;
    for (const [index, { role, parts }] of mergeTurns(inTurns ? [begun, ...turns] : turns).entries()) {
      const path = `turns[${index}]`;
      const ordered = role === "user" ? resultsFirst(parts) : thoughtsFirst(parts);
      const blocks = this.#blocks(withoutEmptyTexts(ordered), path);
      if (blocks.length === 0) continue;
      if (messages.length === 0 && role === "assistant") messages.push(FIRST_TURN);
      messages.push(`{"role":"${role}","content":${listText(blocks)}}`);
    }
    if (messages.length === 0 && this.#refusals.length === 0) {
      this.#refusals.push({
        path: "messages",
        message: "There is nothing to answer: a message with a text or an image is needed.",
      });
    }
    return { system: inTurns ? [] : this.#blocks(withoutEmptyTexts(system), "system"), messages };
  }

  #blocks(parts: readonly Part[], path: string): string[] {
    const blocks: string[] = [];
    for (const [at, part] of parts.entries()) {
      const block = this.#block(part, `${path}.parts[${at}]`);
      if (block === null) continue;
      blocks.push(block);
      const marker = this.#abilities.cache === "none" ? undefined : cacheOf(part);
      if (marker !== undefined) blocks.push(cachePoint(marker));
    }
    // Converse takes a document only beside a text.
    if (parts.some((part) => part.type === "file") && !parts.some((part) => part.type === "text")) {
      blocks.push('{"text":"See the document."}');
    }
    return blocks;
  }

  /** Null: of no use to the model, and left out without changing what is said (another model's thoughts). */
  #block(part: Part, path: string): string | null {
    switch (part.type) {
      case "text":
      case "refusal":
        return textBlock(writtenText(part));
      case "image":
        return this.#image(part, path);
      case "file":
        return this.#document(part, path);
      case "audio":
        return this.#refuse(path, "Bedrock's Converse takes no audio.");
      case "tool-call": {
        if (this.#asText) return textBlock(`(Called ${part.name} with ${part.arguments})`);
        const call = objectText(
          ["toolUseId", JSON.stringify(callId(part.id))],
          ["name", JSON.stringify(this.#name(part.name))],
          ["input", argumentsObject(part.arguments)],
        );
        return objectText(["toolUse", call]);
      }
      case "tool-result":
        return this.#result(part, path);
      case "reasoning":
        return this.#thought(part.text, part.signature, part.redacted);
      case "native":
        this.#refusals.push(foreignPart(part, path));
        return null;
    }
  }

  #refuse(path: string, message: string): null {
    this.#refusals.push({ path, message });
    return null;
  }

  #result(part: ToolResultPart, path: string): string | null {
    const inner = withoutEmptyTexts(part.parts);
    if (this.#asText) {
      const texts = inner.map((piece) => (piece.type === "text" ? piece.text : null));
      if (texts.includes(null)) {
        return this.#refuse(
          path,
          "Bedrock takes images in results of tools only for a model that takes tools, and while there are some: leave tool_choice none out.",
        );
      }
      return textBlock(`(${part.failed ? "It failed" : "It gave"}: ${texts.join("\n")})`);
    }
    const content: string[] = [];
    for (const [at, piece] of inner.entries()) {
      const block = this.#block(piece, `${path}.parts[${at}]`);
      if (block !== null) content.push(block);
    }
    const result = objectText(
      ["toolUseId", JSON.stringify(callId(part.id))],
      ["content", listText(content)],
      ["status", part.failed ? '"error"' : null],
    );
    return objectText(["toolResult", result]);
  }

  #thought(text: string, signature: string | null, redacted: string | null): string | null {
    const { dialect } = this.#request.extras;
    if (redacted !== null) {
      const data = openState("bedrock", redacted, dialect);
      return data === null
        ? null
        : objectText(["reasoningContent", objectText(["redactedContent", JSON.stringify(data)])]);
    }
    const own = signature === null ? null : openState("bedrock", signature, dialect);
    if (own === null) return null;
    const thought = objectText(["text", JSON.stringify(text)], ["signature", JSON.stringify(own)]);
    return objectText(["reasoningContent", objectText(["reasoningText", thought])]);
  }

  #image({ source }: ImagePart, path: string): string | null {
    if (!this.#abilities.images) return this.#refuse(path, "This model of Bedrock's takes no images.");
    if (source.kind !== "base64")
      return this.#refuse(path, "Bedrock takes images in base64 only, and this gateway fetches none.");
    const format = /^image\/(png|jpeg|gif|webp)$/.exec(source.mediaType.toLowerCase())?.[1];
    if (format === undefined)
      return this.#refuse(path, `Bedrock takes PNG, JPEG, GIF and WebP, not ${source.mediaType}.`);
    return objectText(["image", objectText(["format", `"${format}"`], ["source", bytesOf(writtenData(source))])]);
  }

  #document({ source, name }: FilePart, path: string): string | null {
    if (!this.#abilities.documents) return this.#refuse(path, "This model of Bedrock's takes no documents.");
    if (source.kind !== "base64")
      return this.#refuse(path, "Bedrock takes documents in base64 only, and this gateway fetches none.");
    const format = FORMATS.get(source.mediaType.toLowerCase());
    if (format === undefined) return this.#refuse(path, `Bedrock takes no documents of type ${source.mediaType}.`);
    const document = objectText(
      ["format", `"${format}"`],
      ["name", JSON.stringify(documentName(name, ++this.#documents))],
      ["source", bytesOf(writtenData(source))],
    );
    return objectText(["document", document]);
  }
}

const FORMATS = new Map([
  ["application/pdf", "pdf"],
  ["text/csv", "csv"],
  ["application/msword", "doc"],
  ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"],
  ["application/vnd.ms-excel", "xls"],
  ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"],
  ["text/html", "html"],
  ["text/plain", "txt"],
  ["text/markdown", "md"],
]);

/** Letters, digits, single spaces, hyphens, parentheses and square brackets; no two documents of a request may have one name. */
function documentName(name: string | null, number: number): string {
  const clean = (name ?? "")
    .replace(/\.[A-Za-z0-9]{1,5}$/, "")
    .replace(/[^A-Za-z0-9()[\]-]+/g, " ")
    .trim()
    .slice(0, 180);
  return `${clean === "" ? "document" : clean} (${number})`;
}

function textBlock(text: string): string {
  return objectText(["text", JSON.stringify(text)]);
}

function bytesOf(data: string): string {
  return objectText(["bytes", JSON.stringify(data)]);
}

/** A marker inside of a tool's result covers the result. */
function cacheOf(part: Part): CacheMarker | undefined {
  if (part.type === "reasoning" || part.type === "refusal" || part.type === "native") return undefined;
  if (part.type === "tool-result") return part.cache ?? part.parts.find((inner) => inner.cache !== undefined)?.cache;
  return part.cache;
}

export function cachePoint({ ttl }: CacheMarker): string {
  return ttl === "1h" ? '{"cachePoint":{"type":"default","ttl":"1h"}}' : '{"cachePoint":{"type":"default"}}';
}

/** Converse takes up to 64 letters, digits, "_" and "-". Others' identifiers become such, the same each time, so that call and result still meet. */
export function callId(id: string): string {
  return /^[a-zA-Z0-9_-]{1,64}$/.test(id) ? id : `t_${id.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 40)}_${hash(id)}`;
}
