/** Whole answers, read from a provider and written for a client. */
import type { AnswerPart, ModelAnswer } from "../../canonical/answer.ts";
import { isCut } from "../../canonical/answer.ts";
import type { ModelError } from "../../canonical/error.ts";
import type { Json, JsonObject, ModelRequest } from "../../canonical/request.ts";
import { sealState } from "../../canonical/signature.ts";
import { failure } from "../../wire/event-order.ts";
import type { AnswerContext } from "../dialect.ts";
import { isList, isObject, parseJson } from "../fields.ts";
import { inBandError } from "../openai-common/error.ts";
import { type ToolNames, toolNames } from "../tool-names.ts";
import { TOOL_NAME } from "./provider-request.ts";
import { callItem, messageItem, reasoningItem, refusalContent, ResponseObject, textContent } from "./response.ts";
import { readStop } from "./stop.ts";
import { itemState, itemText, stateOut } from "./thoughts.ts";
import { addsUp, readUsage } from "./usage.ts";

export function readAnswer(body: Uint8Array, request: ModelRequest): ModelAnswer | ModelError {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  const parsed = parseJson(text);
  if (parsed === null || !isObject(parsed.value)) return failure("The provider's answer is no JSON object.");
  const response = parsed.value;
  const failed = responseError(response);
  if (failed !== null) return failed;
  if (!isList(response.output)) return failure("The provider's answer holds no output.");
  const names = toolNames(request, TOOL_NAME);
  const parts: AnswerPart[] = [];
  const items = response.output.filter(isObject);
  const stop = readStop(
    response,
    items.some((item) => item.type === "function_call"),
  );
  items.forEach((item, at) => {
    parts.push(...readItemParts(item, at, names, isCut(stop)));
  });
  const usage = readUsage(response.usage);
  const read = { id: string(response.id), model: string(response.model), parts, stop, usage };
  return addsUp(response.usage, usage) ? read : { ...read, uncounted: true };
}

/** Of a response that failed, was cancelled or is not ready; null: it is an answer. */
export function responseError(response: JsonObject): ModelError | null {
  if (response.error !== undefined && response.error !== null) return inBandError(response.error);
  const { status } = response;
  if (status === "failed" || status === "cancelled" || status === "queued" || status === "in_progress") {
    return failure("The model failed before its answer was whole.", status);
  }
  return null;
}

function string(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function readItemParts(item: JsonObject, at: number, names: ToolNames, cut: boolean): AnswerPart[] {
  switch (item.type) {
    case "message": {
      const parts: AnswerPart[] = [];
      for (const content of isList(item.content) ? item.content : []) {
        if (!isObject(content)) continue;
        if (content.type === "refusal") {
          if (string(content.refusal) !== "") parts.push({ type: "refusal", text: string(content.refusal) });
        } else if (string(content.text) !== "") parts.push({ type: "text", text: string(content.text) });
      }
      return parts;
    }
    case "function_call": {
      const name = string(item.name);
      if (name === "") return [];
      const id = string(item.call_id) || string(item.id) || `call_${at}`;
      const written = string(item.arguments);
      return [
        {
          type: "tool-call",
          id,
          name: names.back(name),
          arguments: written === "" && !cut ? "{}" : written,
          signature: itemSignature(item),
        },
      ];
    }
    case "reasoning": {
      const text = itemText(item);
      const signature = itemState(item);
      return text === "" && signature === null ? [] : [{ type: "reasoning", text, signature, redacted: null }];
    }
    default:
      return [];
  }
}

/** The state of a call, where Google's servers of OpenAI's dialects keep it; null: there is none. */
export function itemSignature(item: JsonObject): string | null {
  const google = isObject(item.extra_content) ? item.extra_content.google : undefined;
  const signature = isObject(google) ? string(google.thought_signature) : "";
  return signature === "" ? null : sealState("openai-responses", signature);
}

export function writeAnswer(answer: ModelAnswer, context: AnswerContext): string {
  const items = answer.parts.map((part) => {
    const random = context.random(24);
    switch (part.type) {
      case "text":
        return messageItem(random, textContent(part.text));
      case "refusal":
        return messageItem(random, refusalContent(part.text));
      case "reasoning":
        return reasoningItem(random, part.text, stateOut(part));
      case "tool-call":
        return callItem(random, part.id, part.name, part.arguments, part.signature);
    }
    return "";
  });
  return new ResponseObject(context, answer.id).finished(answer.stop, items, answer.usage);
}
