/** Turns as Cohere takes them: what an assistant says before its calls is their plan, and results of tools are messages of their own. */
import type { FilePart, ImagePart, ModelRequest, Part, TextPart } from "../../canonical/request.ts";
import { openState } from "../../canonical/signature.ts";
import { dataUrl } from "../../wire/data-url.ts";
import type { Refusal } from "../dialect.ts";
import { foreignPart } from "../foreign.ts";
import { listText, objectText, valueText } from "../json-text.ts";

type Name = (name: string) => string;

export function writeMessages(request: ModelRequest, name: Name, refusals: Refusal[]): string[] {
  const messages: string[] = [];
  if (request.system.length > 0) {
    const text = request.system.map((part) => part.text).join("\n");
    messages.push(objectText(["role", '"system"'], ["content", JSON.stringify(text)]));
  }
  for (const [turn, { role, parts }] of request.turns.entries()) {
    if (role === "user") writeUser(parts, turn, messages, refusals);
    else messages.push(writeAssistant(parts, turn, name, refusals));
  }
  return messages;
}

function writeUser(parts: readonly Part[], turn: number, messages: string[], refusals: Refusal[]): void {
  const content: string[] = [];
  for (const [at, part] of parts.entries()) {
    const path = `turns[${turn}].parts[${at}]`;
    if (part.type !== "tool-result") {
      const written = writeContent(part, path, refusals);
      if (written !== null) content.push(written);
      continue;
    }
    // There is no field for it, and a model has to know.
    const texts: string[] = part.failed ? ["Error:"] : [];
    let shown = 0;
    for (const [inner, piece] of part.parts.entries()) {
      if (piece.type === "text") texts.push(piece.text);
      else {
        const written = writeContent(piece, `${path}.parts[${inner}]`, refusals);
        if (written !== null) shown = content.push(written);
      }
    }
    if (texts.length === 0 && shown > 0) texts.push("See below.");
    messages.push(
      objectText(
        ["role", '"tool"'],
        ["tool_call_id", JSON.stringify(part.id)],
        ["content", JSON.stringify(texts.join("\n"))],
      ),
    );
  }
  if (content.length > 0) messages.push(objectText(["role", '"user"'], ["content", listText(content)]));
}

function writeAssistant(parts: readonly Part[], turn: number, name: Name, refusals: Refusal[]): string {
  const texts: string[] = [];
  const content: string[] = [];
  const calls: string[] = [];
  for (const [at, part] of parts.entries()) {
    const path = `turns[${turn}].parts[${at}]`;
    switch (part.type) {
      case "text":
      case "refusal":
        if (part.text !== "") texts.push(part.text);
        break;
      case "reasoning":
        if (part.redacted === null && part.text !== "" && isOwn(part.signature)) {
          content.push(objectText(["type", '"thinking"'], ["thinking", JSON.stringify(part.text)]));
        }
        break;
      case "tool-call": {
        const called = objectText(
          ["name", JSON.stringify(name(part.name))],
          ["arguments", JSON.stringify(part.arguments === "" ? "{}" : part.arguments)],
        );
        calls.push(objectText(["id", JSON.stringify(part.id)], ["type", '"function"'], ["function", called]));
        break;
      }
      case "native":
        refusals.push(foreignPart(part, path));
        break;
      default:
        refusals.push({ path, message: "An assistant's message holds text and calls of tools for Cohere." });
    }
  }
  if (calls.length === 0) for (const text of texts) content.push(writeText(text));
  return objectText(
    ["role", '"assistant"'],
    ["content", content.length === 0 ? (calls.length === 0 ? '""' : null) : listText(content)],
    ["tool_plan", calls.length === 0 || texts.length === 0 ? null : JSON.stringify(texts.join("\n"))],
    ["tool_calls", calls.length === 0 ? null : listText(calls)],
  );
}

/** Thoughts without state may be anybody's; with another provider's they are its own, and of no use to Cohere's models. */
function isOwn(signature: string | null): boolean {
  return signature === null || openState("cohere", signature, "") !== null;
}

function writeText(text: string): string {
  return objectText(["type", '"text"'], ["text", JSON.stringify(text)]);
}

function writeContent(part: Part, path: string, refusals: Refusal[]): string | null {
  switch (part.type) {
    case "text":
      return isEmpty(part) ? null : writeText(part.text);
    case "image":
      return writeImage(part, path, refusals);
    case "native":
      refusals.push(foreignPart(part, path));
      return null;
    default:
      refusals.push({ path, message: `Cohere's models take no ${named(part)} here.` });
      return null;
  }
}

function isEmpty({ text }: TextPart): boolean {
  return text === "";
}

function named(part: Part | FilePart): string {
  return part.type === "file" ? "files" : part.type;
}

function writeImage({ source, detail }: ImagePart, path: string, refusals: Refusal[]): string | null {
  if (source.kind === "id") {
    refusals.push({ path, message: "Cohere knows no images by identifier." });
    return null;
  }
  const url = source.kind === "url" ? source.url : dataUrl(source.mediaType, source.data);
  const image = objectText(["url", JSON.stringify(url)], ["detail", valueText(detail)]);
  return objectText(["type", '"image_url"'], ["image_url", image]);
}
