/** Whole answers of Converse. */
import type { AnswerPart, ModelAnswer } from "../../canonical/answer.ts";
import type { ModelError } from "../../canonical/error.ts";
import type { Json, JsonObject, ModelRequest } from "../../canonical/request.ts";
import { sealState } from "../../canonical/signature.ts";
import { failure } from "../../wire/event-order.ts";
import { argumentsText } from "../call-arguments.ts";
import { failedStop, NOT_UNDERSTOOD } from "../failures.ts";
import { isList, isObject, parseJson } from "../fields.ts";
import { toolNames } from "../tool-names.ts";
import { JSON_TOOL, TOOL_NAME } from "./request.ts";
import { readStop } from "./stop.ts";
import { readUsage } from "./usage.ts";

export function readAnswer(body: Uint8Array, request: ModelRequest): ModelAnswer | ModelError {
  const value = parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"))?.value;
  const output = isObject(value) ? value.output : undefined;
  const message = isObject(output) ? output.message : undefined;
  if (!isObject(value) || !isObject(message) || !isList(message.content)) return NOT_UNDERSTOOD;
  if (typeof value.stopReason !== "string") return failure("The model's provider did not say why the model stopped.");
  const stop = readStop(value.stopReason);
  if (stop.reason === "failed") return failedStop(stop);
  const { back } = toolNames(request, TOOL_NAME);
  const cut = stop.reason === "length" || stop.reason === "context";
  const parts: AnswerPart[] = [];
  let asText = false;
  for (const block of message.content) {
    const part = isObject(block) ? readBlock(block, back, request) : null;
    if (part === null) continue;
    // A call that the cap cut is given as whatever could be parsed of it; nothing may take that for the arguments.
    const lost = part.type === "tool-call" && cut && block === message.content.at(-1) && part.arguments === "{}";
    parts.push(lost ? { ...part, arguments: "" } : part);
    if (part.type === "text" && isObject(block) && isObject(block.toolUse)) asText = true;
  }
  return {
    id: "",
    model: "",
    parts,
    stop: asText && stop.reason === "tool-calls" ? { ...stop, reason: "end" } : stop,
    usage: readUsage(value.usage),
  };
}

function readBlock(block: JsonObject, name: (name: string) => string, request: ModelRequest): AnswerPart | null {
  const { toolUse, reasoningContent } = block;
  if (typeof block.text === "string") return block.text === "" ? null : { type: "text", text: block.text };
  if (isObject(toolUse)) {
    const input = argumentsText(toolUse.input ?? {});
    if (isJsonTool(text(toolUse.name), request)) return { type: "text", text: input };
    return {
      type: "tool-call",
      id: text(toolUse.toolUseId),
      name: name(text(toolUse.name)),
      arguments: input,
      signature: null,
    };
  }
  if (!isObject(reasoningContent)) return null;
  const redacted = text(reasoningContent.redactedContent);
  if (redacted !== "") {
    return { type: "reasoning", text: "", signature: null, redacted: sealState("bedrock", redacted) };
  }
  const thought = isObject(reasoningContent.reasoningText) ? reasoningContent.reasoningText : {};
  const signature = text(thought.signature);
  if (text(thought.text) === "" && signature === "") return null;
  const sealed = signature === "" ? null : sealState("bedrock", signature);
  return { type: "reasoning", text: text(thought.text), signature: sealed, redacted: null };
}

/** The tool that stands for an answer in JSON (see `request.ts`). */
export function isJsonTool(name: string, request: ModelRequest): boolean {
  return request.format.kind !== "text" && request.tools.length === 0 && name === JSON_TOOL;
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
