/** Writes turns as a provider's messages, in the order that it insists on: an assistant's calls in one message, their results right behind it. */
import { isEmpty, writtenData, writtenText } from "../../canonical/sizes.ts";
import type {
  FilePart,
  ImagePart,
  Json,
  JsonObject,
  ModelRequest,
  Part,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../canonical/request.ts";
import { openState } from "../../canonical/signature.ts";
import { dataUrl } from "../../wire/data-url.ts";
import type { Refusal } from "../dialect.ts";
import { isObject } from "../fields.ts";
import { foreignPart } from "../foreign.ts";
import { writeCacheMarker } from "../openai-common/cache.ts";
import type { ToolNames } from "../tool-names.ts";
import { shortCallIds } from "./call-ids.ts";
import { detailForProvider } from "./thoughts.ts";
import type { Variant } from "./variants.ts";

/** Stands between results of tools and what the user says next, for servers that want the model's words there. */
const BETWEEN: JsonObject = { role: "assistant", content: "I have the results." };

export class MessageWriter {
  readonly #request: ModelRequest;
  readonly #variant: Variant;
  readonly #names: ToolNames;
  readonly #refusals: Refusal[];
  readonly #callId: (id: string) => string;
  readonly #messages: Json[] = [];
  /** Of the user's turns in a row: what comes behind the results of tools. */
  #behindResults: Json[] = [];
  #afterResults: Json[] = [];

  constructor(request: ModelRequest, variant: Variant, names: ToolNames, refusals: Refusal[]) {
    this.#request = request;
    this.#variant = variant;
    this.#names = names;
    this.#refusals = refusals;
    this.#callId = variant.shortIds ? shortCallIds(request) : (id) => id;
  }

  write(): Json[] {
    const { system, turns } = this.#request;
    if (system.length > 0) this.#messages.push({ role: "system", content: this.#textContent(system) });
    for (let index = 0; index < turns.length; index++) {
      const turn = turns[index];
      if (turn === undefined) continue;
      if (turn.role === "user") {
        this.#user(turn.parts, index);
        continue;
      }
      this.#endUser();
      // Neighbours are one message: results have to follow the message that holds all of the calls.
      const parts = [...turn.parts];
      while (turns[index + 1]?.role === "assistant") parts.push(...(turns[++index]?.parts ?? []));
      this.#assistant(parts, index);
    }
    this.#endUser();
    return this.#messages;
  }

  #user(parts: readonly Part[], turn: number): void {
    const content: JsonObject[] = [];
    parts.forEach((part, at) => {
      const path = `turns[${turn}].parts[${at}]`;
      if (part.type === "tool-result") this.#messages.push(this.#result(part, path));
      else {
        const written = this.#content(part, path);
        if (written !== null) content.push(written);
      }
    });
    if (content.length > 0) this.#behindResults.push({ role: "user", content: plain(content) });
  }

  get #resultsLast(): boolean {
    const last = this.#messages.at(-1);
    return isObject(last) && last.role === "tool";
  }

  #endUser(): void {
    const said = this.#afterResults.length + this.#behindResults.length > 0;
    if (said && this.#resultsLast && !this.#variant.userBehindResults) this.#messages.push(BETWEEN);
    if (this.#afterResults.length > 0) this.#messages.push({ role: "user", content: this.#afterResults });
    this.#messages.push(...this.#behindResults);
    this.#afterResults = [];
    this.#behindResults = [];
  }

  #result(part: ToolResultPart, path: string): JsonObject {
    const content: JsonObject[] = [];
    part.parts.forEach((inner, at) => {
      const written = this.#content(inner, `${path}.parts[${at}]`);
      if (written === null) return;
      if (inner.type === "text" || this.#variant.partsInResults) content.push(written);
      else this.#afterResults.push(written);
    });
    // There is no field for it, and a model has to know.
    if (part.failed) content.unshift({ type: "text", text: "Error:" });
    if (content.length === 0) content.push({ type: "text", text: this.#afterResults.length > 0 ? "See below." : "" });
    const last = content.at(-1);
    if (this.#variant.cacheMarkers && part.cache !== undefined && last !== undefined) {
      content[content.length - 1] = { ...last, ...writeCacheMarker(part.cache) };
    }
    return { role: "tool", tool_call_id: this.#callId(part.id), content: joined(content) };
  }

  #assistant(parts: readonly Part[], turn: number): void {
    const message: { [name: string]: Json } = { role: "assistant" };
    const content: JsonObject[] = [];
    const calls: JsonObject[] = [];
    const thoughts: ReasoningPart[] = [];
    parts.forEach((part, at) => {
      switch (part.type) {
        case "text":
          if (!isEmpty(part)) content.push(this.#text(part));
          break;
        case "refusal":
          content.push(
            this.#variant.assistantParts && this.#variant.thoughts === null
              ? { type: "refusal", refusal: writtenText(part) }
              : { type: "text", text: writtenText(part) },
          );
          break;
        case "tool-call":
          calls.push(this.#call(part));
          break;
        case "reasoning":
          thoughts.push(part);
          break;
        case "native":
          if (part.dialect !== "openai-chat") this.#refusals.push(foreignPart(part, `turns[${turn}].parts[${at}]`));
          else if (part.value.type === "audio") message.audio = part.value.audio ?? null;
          else calls.push(part.value);
          break;
        default:
          this.#refusals.push({
            path: `turns[${turn}].parts[${at}]`,
            message: "An assistant's message holds text and calls of tools for this provider.",
          });
      }
    });
    this.#think(message, thoughts, content);
    message.content = content.length === 0 ? null : this.#variant.assistantParts ? plain(content) : joined(content);
    if (calls.length > 0) message.tool_calls = calls;
    else if (content.length === 0) message.content = "";
    this.#messages.push(message);
  }

  #think(message: { [name: string]: Json }, thoughts: readonly ReasoningPart[], content: JsonObject[]): void {
    const text = thoughts.map((part) => part.text).join("");
    switch (this.#variant.thoughts) {
      case null:
        return;
      case "chunks":
        if (text !== "") content.unshift({ type: "thinking", thinking: [{ type: "text", text }] });
        return;
      case "details": {
        const details = thoughts
          .map((part, index) => detailForProvider(part, this.#request.extras.dialect, index))
          .filter((detail) => detail !== null);
        if (details.length > 0) message.reasoning_details = details;
        return;
      }
      default:
        if (text !== "") message[this.#variant.thoughts] = text;
    }
  }

  #call(part: ToolCallPart): JsonObject {
    const { dialect } = this.#request.extras;
    const state = part.signature === null ? null : openState("openai-chat", part.signature, dialect);
    const call = {
      id: this.#callId(part.id),
      type: "function",
      function: { name: this.#names.there(part.name), arguments: part.arguments === "" ? "{}" : part.arguments },
    };
    if (state === null || this.#variant.extras !== null) return call;
    return { ...call, extra_content: { google: { thought_signature: state } } };
  }

  #textContent(parts: readonly TextPart[]): Json {
    return plain(parts.map((part) => this.#text(part)));
  }

  #text(part: TextPart): JsonObject {
    const marker = this.#variant.cacheMarkers ? writeCacheMarker(part.cache) : {};
    return { type: "text", text: writtenText(part), ...marker };
  }

  #content(part: Part, path: string): JsonObject | null {
    const refuse = (message: string) => {
      this.#refusals.push({ path, message });
      return null;
    };
    switch (part.type) {
      case "text":
        return this.#text(part);
      case "image":
        return this.#image(part, refuse);
      case "audio":
        if (!this.#variant.audio) return refuse("This provider takes no audio.");
        if (part.source.kind !== "base64") return refuse("This provider takes audio in base64 only.");
        return this.#audio(part.source.mediaType, part.source.data, refuse);
      case "file":
        return this.#file(part, refuse);
      case "native":
        if (part.dialect === "openai-chat") return part.value;
        this.#refusals.push(foreignPart(part, path));
        return null;
      default:
        return refuse("Only an assistant can say this.");
    }
  }

  #image(part: ImagePart, refuse: (message: string) => null): JsonObject | null {
    if (!this.#variant.image) return refuse("This provider takes no images.");
    const { source } = part;
    if (source.kind === "id") return refuse("This provider takes images by URL or in base64.");
    const url = source.kind === "url" ? source.url : dataUrl(source.mediaType, writtenData(source));
    const detail = part.detail === null ? {} : { detail: part.detail };
    const marker = this.#variant.cacheMarkers ? writeCacheMarker(part.cache) : {};
    return { type: "image_url", image_url: { url, ...detail }, ...marker };
  }

  #audio(mediaType: string, data: string, refuse: (message: string) => null): JsonObject | null {
    // Mistral takes the bytes alone.
    if (this.#variant.file === "document") return { type: "input_audio", input_audio: data };
    const format = /^audio\/(?:mpeg|mp3)$/.test(mediaType)
      ? "mp3"
      : /^audio\/(?:x-|vnd\.)?wave?$/.test(mediaType)
        ? "wav"
        : null;
    return format === null
      ? refuse("This provider takes audio as WAV or MP3.")
      : { type: "input_audio", input_audio: { data, format } };
  }

  #file(part: FilePart, refuse: (message: string) => null): JsonObject | null {
    const { source } = part;
    const kind = this.#variant.file;
    if (kind === "none") return refuse("This provider takes no files.");
    if (source.kind === "id") {
      return kind === "base64"
        ? { type: "file", file: { file_id: source.id } }
        : refuse("This provider knows no files by identifier.");
    }
    if (source.kind === "url" && kind === "base64") return refuse("This provider takes files in base64 only.");
    const data = source.kind === "url" ? source.url : dataUrl(source.mediaType, writtenData(source));
    if (kind === "document") {
      return { type: "document_url", document_url: data, ...(part.name === null ? {} : { document_name: part.name }) };
    }
    const marker = this.#variant.cacheMarkers ? writeCacheMarker(part.cache) : {};
    return { type: "file", file: { filename: part.name ?? "file", file_data: data }, ...marker };
  }
}

/** A string where there is but one plain text: what every server takes. */
function plain(content: readonly JsonObject[]): Json {
  const only = content.length === 1 ? content[0] : undefined;
  return only?.type === "text" && only.cache_control === undefined ? (only.text ?? "") : content;
}

/** A string where there are only texts. */
function joined(content: readonly JsonObject[]): Json {
  if (content.some((part) => part.type !== "text" || part.cache_control !== undefined)) return content;
  return content.map((part) => part.text).join("\n");
}
