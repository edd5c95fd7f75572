/** Whole answers of the Messages API: read from a provider, and written for a client. */

import { argumentsObject, argumentsText } from "../call-arguments.ts";
import type { AnswerContext } from "../dialect.ts";
import { failedStop, NOT_UNDERSTOOD } from "../failures.ts";
import { isList, isObject, parseJson } from "../fields.ts";
import { listText, objectText, valueText } from "../json-text.ts";
import { toolNames } from "../tool-names.ts";
import type { AnswerPart, ModelAnswer } from "../../canonical/answer.ts";
import type { ModelError } from "../../canonical/error.ts";
import type { Json, JsonObject, ModelRequest } from "../../canonical/request.ts";
import { sealState, stateForClient } from "../../canonical/signature.ts";
import { failure } from "../../wire/event-order.ts";
import { errorBody, readErrorEvent } from "./error.ts";
import { JSON_TOOL, TOOL_NAME } from "./request-writer.ts";
import { readStop, writeStop } from "./stop.ts";
import { Counters, estimateInput, estimateTokens, writeUsage } from "./usage.ts";

export function readAnswer(body: Uint8Array, request: ModelRequest): ModelAnswer | ModelError {
  const parsed = parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
  const value = parsed?.value;
  if (!isObject(value)) return NOT_UNDERSTOOD;
  if (value.type === "error") return readErrorEvent(value.error);
  if (!isList(value.content)) return NOT_UNDERSTOOD;
  if (typeof value.stop_reason !== "string") return failure("The model's provider did not say why the model stopped.");
  const names = toolNames(request, TOOL_NAME);
  const cut = value.stop_reason === "max_tokens" || value.stop_reason === "model_context_window_exceeded";
  let asText = false;
  const parts: AnswerPart[] = [];
  for (const block of value.content) {
    if (!isObject(block)) continue;
    const part = readBlock(block, names.back, request);
    if (part === null) continue;
    // A call that the cap cut is given as whatever could be parsed of it; nothing may take that for the arguments.
    if (part.type === "tool-call" && cut && block === value.content.at(-1) && part.arguments === "{}") {
      parts.push({ ...part, arguments: "" });
    } else parts.push(part);
    if (block.type === "tool_use" && part.type === "text") asText = true;
  }
  const stop = readStop(value.stop_reason, typeof value.stop_sequence === "string" ? value.stop_sequence : null);
  if (stop.reason === "failed") return failedStop(stop);
  const counters = new Counters();
  counters.read(value.usage);
  return {
    id: text(value.id),
    model: text(value.model),
    parts,
    stop: asText && stop.reason === "tool-calls" ? { ...stop, reason: "end" } : stop,
    usage: counters.usage,
    ...(counters.nonsense ? { uncounted: true } : {}),
  };
}

function readBlock(block: JsonObject, name: (name: string) => string, request: ModelRequest): AnswerPart | null {
  switch (block.type) {
    case "text":
      return text(block.text) === "" ? null : { type: "text", text: text(block.text) };
    case "thinking": {
      const signature = text(block.signature);
      const thought = text(block.thinking);
      if (signature === "" && thought === "") return null;
      const sealed = signature === "" ? null : sealState("anthropic", signature);
      return { type: "reasoning", text: thought, signature: sealed, redacted: null };
    }
    case "redacted_thinking": {
      const data = text(block.data);
      return data === ""
        ? null
        : { type: "reasoning", text: "", signature: null, redacted: sealState("anthropic", data) };
    }
    case "tool_use": {
      const input = argumentsText(block.input ?? {});
      if (isJsonTool(text(block.name), request)) return { type: "text", text: input };
      return { type: "tool-call", id: text(block.id), name: name(text(block.name)), arguments: input, signature: null };
    }
    // What the provider's own tools did is no part of the form in the middle; their text is.
    default:
      return null;
  }
}

/** The tool that stands for an answer in JSON (see `request-writer.ts`). */
export function isJsonTool(name: string, request: ModelRequest): boolean {
  return request.format.kind === "json" && name === JSON_TOOL;
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

export function writeAnswer(answer: ModelAnswer, context: AnswerContext): string {
  const reason = writeStop(answer.stop);
  if (reason === null) return errorBody(failedStop(answer.stop));
  const blocks: string[] = [];
  let characters = 0;
  for (const part of answer.parts) {
    switch (part.type) {
      case "text":
      case "refusal":
        characters += part.text.length;
        if (part.text !== "") blocks.push(objectText(["type", '"text"'], ["text", JSON.stringify(part.text)]));
        break;
      case "reasoning":
        characters += part.text.length;
        blocks.push(thought(part.text, part.signature, part.redacted));
        break;
      case "tool-call":
        characters += part.arguments.length;
        blocks.push(
          objectText(
            ["type", '"tool_use"'],
            ["id", JSON.stringify(part.id)],
            ["name", JSON.stringify(part.name)],
            ["input", argumentsObject(part.arguments)],
          ),
        );
        if (part.signature !== null) blocks.push(thought("", part.signature, null));
        break;
    }
  }
  const usage = answer.usage ?? {
    input: estimateInput(context.request),
    cacheRead: 0,
    cacheWrite: 0,
    cacheWriteHour: 0,
    output: estimateTokens(characters),
    reasoning: 0,
  };
  return objectText(
    ["id", JSON.stringify(messageId(answer.id, context))],
    ["type", '"message"'],
    ["role", '"assistant"'],
    ["model", JSON.stringify(context.model)],
    ["content", listText(blocks)],
    ["stop_reason", JSON.stringify(reason)],
    ["stop_sequence", valueText(answer.stop.matched) ?? "null"],
    ["usage", writeUsage(usage)],
  );
}

/**
 * A thought's block. The state of a tool call, which Anthropic's clients have no place for, travels as an empty thought behind the call: clients bring
 * thoughts back unchanged, and `blocks.ts` puts it where it belongs.
 */
export function thought(text: string, signature: string | null, redacted: string | null): string {
  if (redacted !== null) {
    return objectText(["type", '"redacted_thinking"'], ["data", JSON.stringify(stateForClient("anthropic", redacted))]);
  }
  const state = signature === null ? "" : stateForClient("anthropic", signature);
  return objectText(["type", '"thinking"'], ["thinking", JSON.stringify(text)], ["signature", JSON.stringify(state)]);
}

export function messageId(id: string, context: AnswerContext): string {
  return id.startsWith("msg_") ? id : `msg_${context.random(24)}`;
}
