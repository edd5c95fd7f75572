/** Whole answers of Cohere. */
import type { AnswerPart, ModelAnswer } from "../../canonical/answer.ts";
import type { ModelError } from "../../canonical/error.ts";
import type { Json, JsonObject, ModelRequest } from "../../canonical/request.ts";
import { failure } from "../../wire/event-order.ts";
import { failedStop, NOT_UNDERSTOOD } from "../failures.ts";
import { isList, isObject, parseJson } from "../fields.ts";
import { toolNames } from "../tool-names.ts";
import { TOOL_NAME } from "./request.ts";
import { readStop } from "./stop.ts";
import { readUsage } from "./usage.ts";

export function readAnswer(body: Uint8Array, request: ModelRequest): ModelAnswer | ModelError {
  const value = parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"))?.value;
  if (!isObject(value) || !isObject(value.message)) return NOT_UNDERSTOOD;
  const native = text(value.finish_reason);
  if (native === "") return failure("The model's provider did not say why the model stopped.");
  const stop = readStop(native);
  if (stop.reason === "failed") return failedStop(stop);
  const cut = stop.reason === "length" || stop.reason === "context";
  const parts = readParts(value.message, toolNames(request, TOOL_NAME).back, cut);
  if (parts === null) return NOT_UNDERSTOOD;
  return { id: text(value.id), model: "", parts, stop, usage: readUsage(value.usage) };
}

function readParts(message: JsonObject, name: (name: string) => string, cut: boolean): AnswerPart[] | null {
  const parts: AnswerPart[] = [];
  if (text(message.tool_plan) !== "") parts.push({ type: "text", text: text(message.tool_plan) });
  if (isList(message.content)) {
    for (const block of message.content) {
      if (!isObject(block)) continue;
      if (text(block.thinking) !== "") {
        parts.push({ type: "reasoning", text: text(block.thinking), signature: null, redacted: null });
      }
      if (text(block.text) !== "") parts.push({ type: "text", text: text(block.text) });
    }
  }
  if (!isList(message.tool_calls)) return parts;
  const seen = new Set<string>();
  for (const [index, call] of message.tool_calls.entries()) {
    const called = isObject(call) ? call.function : undefined;
    if (!isObject(call) || !isObject(called) || text(called.name) === "") return null;
    const wanted = text(call.id) === "" ? "call" : text(call.id);
    const id = seen.has(wanted) ? `${wanted}_${index + 1}` : wanted;
    seen.add(id);
    const written = text(called.arguments);
    const last = cut && index === message.tool_calls.length - 1;
    parts.push({
      type: "tool-call",
      id,
      name: name(text(called.name)),
      arguments: written === "" && !last ? "{}" : written,
      signature: null,
    });
  }
  return parts;
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
