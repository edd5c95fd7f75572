/** Writes turns as a provider's items of input. */
import { isEmpty, writtenData, writtenText } from "../../canonical/sizes.ts";
import type {
  FilePart,
  ImagePart,
  Json,
  JsonObject,
  ModelRequest,
  Part,
  ToolResultPart,
} from "../../canonical/request.ts";
import { openState } from "../../canonical/signature.ts";
import { dataUrl } from "../../wire/data-url.ts";
import type { Refusal } from "../dialect.ts";
import { foreignPart } from "../foreign.ts";
import type { ToolNames } from "../tool-names.ts";
import { writeItem } from "./thoughts.ts";

export class ItemWriter {
  readonly #request: ModelRequest;
  readonly #names: ToolNames;
  readonly #refusals: Refusal[];
  readonly #items: Json[] = [];

  constructor(request: ModelRequest, names: ToolNames, refusals: Refusal[]) {
    this.#request = request;
    this.#names = names;
    this.#refusals = refusals;
  }

  write(): readonly Json[] {
    const { system, turns } = this.#request;
    // One is `instructions`; several stay several.
    if (system.length > 1) {
      const content = system.map(({ text }) => ({ type: "input_text", text }));
      this.#items.push({ type: "message", role: "developer", content });
    }
    turns.forEach(({ role, parts }, turn) => {
      let content: JsonObject[] = [];
      const flush = () => {
        if (content.length > 0) this.#items.push({ type: "message", role, content });
        content = [];
      };
      parts.forEach((part, at) => {
        const path = `turns[${turn}].parts[${at}]`;
        const inside = role === "assistant" ? spoken(part) : this.#content(part, path);
        if (inside === "item") {
          flush();
          this.#item(part, path);
        } else if (inside !== null) content.push(inside);
      });
      flush();
    });
    return this.#items;
  }

  #item(part: Part, path: string): void {
    switch (part.type) {
      case "tool-call":
        this.#items.push({
          type: "function_call",
          call_id: part.id,
          name: this.#names.there(part.name),
          arguments: part.arguments === "" ? "{}" : part.arguments,
          ...this.#signature(part.signature),
        });
        return;
      case "tool-result":
        this.#items.push({ type: "function_call_output", call_id: part.id, output: this.#output(part, path) });
        return;
      case "reasoning": {
        const item = writeItem(part, this.#request.extras.dialect);
        if (item !== null) this.#items.push(item);
        return;
      }
      case "native":
        if (part.dialect === "openai-responses") this.#items.push(part.value);
        else this.#refusals.push(foreignPart(part, path));
        return;
      default:
        this.#refusals.push({
          path,
          message: "An assistant's message holds text and calls of tools for this provider.",
        });
    }
  }

  #signature(signature: string | null): JsonObject {
    const state = signature === null ? null : openState("openai-responses", signature, this.#request.extras.dialect);
    return state === null ? {} : { extra_content: { google: { thought_signature: state } } };
  }

  #output(part: ToolResultPart, path: string): Json {
    const content: JsonObject[] = [];
    // There is no field for it, and a model has to know.
    if (part.failed) content.push({ type: "input_text", text: "Error:" });
    part.parts.forEach((inner, at) => {
      const written = this.#content(inner, `${path}.parts[${at}]`);
      if (written !== null && written !== "item") content.push(written);
    });
    if (content.every((inner) => inner.type === "input_text")) return content.map((inner) => inner.text).join("\n");
    return content;
  }

  /** What can stand in a message of the user; "item": it is an item of its own. */
  #content(part: Part, path: string): JsonObject | "item" | null {
    const refuse = (message: string) => {
      this.#refusals.push({ path, message });
      return null;
    };
    switch (part.type) {
      case "text":
        return { type: "input_text", text: writtenText(part) };
      case "image":
        return image(part);
      case "file":
        return file(part);
      case "audio":
        return refuse("This provider takes no audio.");
      case "native":
        return part.dialect === "openai-responses" && String(part.value.type).startsWith("input_")
          ? part.value
          : "item";
      case "tool-result":
        return "item";
      default:
        return refuse("Only an assistant can say this.");
    }
  }
}

/** What can stand in a message of an assistant. */
function spoken(part: Part): JsonObject | "item" | null {
  if (part.type === "text") return isEmpty(part) ? null : { type: "output_text", text: writtenText(part) };
  return part.type === "refusal" ? { type: "refusal", refusal: writtenText(part) } : "item";
}

function image({ source, detail }: ImagePart): JsonObject {
  const written = { type: "input_image", detail: detail ?? "auto" };
  switch (source.kind) {
    case "id":
      return { ...written, file_id: source.id };
    case "url":
      return { ...written, image_url: source.url };
    case "base64":
      return { ...written, image_url: dataUrl(source.mediaType, writtenData(source)) };
  }
}

function file({ source, name }: FilePart): JsonObject {
  switch (source.kind) {
    case "id":
      return { type: "input_file", file_id: source.id };
    case "url":
      return { type: "input_file", file_url: source.url };
    case "base64":
      return {
        type: "input_file",
        filename: name ?? "file",
        file_data: dataUrl(source.mediaType, writtenData(source)),
      };
  }
}
