/** Whole answers, read from a provider and written for a client. */
import type { AnswerPart, ModelAnswer } from "../../canonical/answer.ts";
import { isCut } from "../../canonical/answer.ts";
import type { ModelError } from "../../canonical/error.ts";
import type { Json, JsonObject, ModelRequest } from "../../canonical/request.ts";
import { sealState, stateForClient } from "../../canonical/signature.ts";
import { failure } from "../../wire/event-order.ts";
import type { AnswerContext } from "../dialect.ts";
import { isList, isObject, parseJson } from "../fields.ts";
import { inBandError } from "../openai-common/error.ts";
import { type ToolNames, toolNames } from "../tool-names.ts";
import { TOOL_NAME } from "./provider-request.ts";
import { readStop, stopDetails, writeStop } from "./stop.ts";
import { detailForClient, readThoughts } from "./thoughts.ts";
import { addsUp, readUsage, writeUsage } from "./usage.ts";

export function readAnswer(body: Uint8Array, request: ModelRequest): ModelAnswer | ModelError {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  const parsed = parseJson(text);
  if (parsed === null || !isObject(parsed.value)) return failure("The provider's answer is no JSON object.");
  const answer = parsed.value;
  if (answer.error !== undefined && answer.error !== null) return inBandError(answer.error);
  const choice = isList(answer.choices) ? answer.choices[0] : undefined;
  if (!isObject(choice)) return failure("The provider's answer holds no choice.");
  if (choice.error !== undefined && choice.error !== null) return inBandError(choice.error);
  const message = isObject(choice.message) ? choice.message : {};
  const calls = isList(message.tool_calls) ? message.tool_calls.filter(isObject) : [];
  const native = typeof choice.finish_reason === "string" ? choice.finish_reason : "";
  const matched = typeof choice.stop_reason === "string" ? choice.stop_reason : null;
  const stop = readStop(native, calls.length > 0, matched);
  if (stop.reason === "failed") return failure("The model failed before its answer was whole.", native);
  const id = string(answer.id);
  const parts: AnswerPart[] = [...readThoughts(message, true), ...readContent(message.content)];
  const refusal = string(message.refusal);
  if (refusal !== "") parts.push({ type: "refusal", text: refusal });
  const names = toolNames(request, TOOL_NAME);
  const taken = new Set<string>();
  calls.forEach((call, at) => {
    const part = readCall(call, `${id === "" ? "call" : id}_${at}`, names, isCut(stop));
    if (part === null) return;
    let unique = part.id;
    for (let next = 2; taken.has(unique); next++) unique = `${part.id}_${at}_${next}`;
    taken.add(unique);
    parts.push({ ...part, id: unique });
  });
  const usage = readUsage(answer.usage);
  const read = { id, model: string(answer.model), parts, stop, usage };
  return addsUp(answer.usage, usage) ? read : { ...read, uncounted: true };
}

function string(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** A string, or Mistral's list of chunks. */
export function readContent(content: Json | undefined): AnswerPart[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  if (!isList(content)) return [];
  const parts: AnswerPart[] = [];
  for (const chunk of content) {
    if (!isObject(chunk)) continue;
    if (chunk.type === "thinking") {
      const text = isList(chunk.thinking)
        ? chunk.thinking.map((inner) => (isObject(inner) ? string(inner.text) : "")).join("")
        : string(chunk.thinking);
      if (text !== "") parts.push({ type: "reasoning", text, signature: null, redacted: null });
    } else if (typeof chunk.text === "string" && chunk.text !== "") parts.push({ type: "text", text: chunk.text });
    else if (typeof chunk.refusal === "string" && chunk.refusal !== "") {
      parts.push({ type: "refusal", text: chunk.refusal });
    }
  }
  return parts;
}

function readCall(
  call: JsonObject,
  id: string,
  names: ToolNames,
  cut: boolean,
): (AnswerPart & { type: "tool-call" }) | null {
  const called = isObject(call.function) ? call.function : {};
  const name = string(called.name);
  if (name === "") return null;
  const written = callArguments(called.arguments);
  return {
    type: "tool-call",
    id: string(call.id) || id,
    name: names.back(name),
    arguments: written === "" && !cut ? "{}" : written,
    signature: callSignature(call),
  };
}

/** Text; some servers send the object itself. */
export function callArguments(value: Json | undefined): string {
  if (typeof value === "string") return value;
  return isObject(value) ? JSON.stringify(value) : "";
}

/** Where Google's servers of this dialect keep the state of a call; null: there is none. */
export function callSignature(call: JsonObject): string | null {
  const google = isObject(call.extra_content) ? call.extra_content.google : undefined;
  const signature = isObject(google) ? string(google.thought_signature) : "";
  return signature === "" ? null : sealState("openai-chat", signature);
}

export function writeAnswer(answer: ModelAnswer, { model, created, random }: AnswerContext): string {
  const message: { [name: string]: Json } = { role: "assistant", content: null, refusal: null };
  let content = "";
  let refusal = "";
  let thought = "";
  const details: JsonObject[] = [];
  const calls: JsonObject[] = [];
  let hasContent = false;
  for (const part of answer.parts) {
    switch (part.type) {
      case "text":
        content += part.text;
        hasContent = true;
        break;
      case "refusal":
        refusal += part.text;
        break;
      case "reasoning": {
        thought += part.text;
        const detail = detailForClient(part, details.length);
        if (detail !== null) details.push(detail);
        break;
      }
      case "tool-call":
        calls.push({
          id: part.id,
          type: "function",
          function: { name: part.name, arguments: part.arguments },
          ...signatureContent(part.signature),
        });
    }
  }
  if (hasContent || (calls.length === 0 && refusal === "")) message.content = content;
  if (refusal !== "") message.refusal = refusal;
  if (thought !== "") message.reasoning_content = thought;
  if (details.length > 0) message.reasoning_details = details;
  if (calls.length > 0) message.tool_calls = calls;
  const id = JSON.stringify(answer.id === "" ? `chatcmpl-${random(24)}` : answer.id);
  const usage = answer.usage === null ? "" : `,"usage":${writeUsage(answer.usage)}`;
  const stop = `"finish_reason":"${writeStop(answer.stop)}"${stopDetails(answer.stop)}`;
  return `{"id":${id},"object":"chat.completion","created":${created},"model":${JSON.stringify(model)},"choices":[{"index":0,"message":${JSON.stringify(message)},"logprobs":null,${stop}}]${usage}}`;
}

export function signatureContent(signature: string | null): JsonObject {
  if (signature === null) return {};
  return { extra_content: { google: { thought_signature: stateForClient("openai-chat", signature) } } };
}
