/**
 * Client and provider both speak Chat Completions: the client's bytes go to OpenAI as they came, and the provider's answer to the client, but for the
 * model's name, the cap of the output, and that the usage of a stream is told. What would mean something else there is written anew instead.
 */
import type { Pieces } from "../../../pieces.ts";
import type { ModelRequest, Part } from "../../canonical/request.ts";
import { piecesWithMembers } from "../../wire/outline.ts";
import { PassingStream } from "../../wire/passing-stream.ts";
import { Renamed } from "../../wire/renamed.ts";
import { renamedAnswer } from "../../wire/renamed-answer.ts";
import type { RequestBytes } from "../../wire/request-bytes.ts";
import type { PassingReader, ProviderRequest, ProviderTarget } from "../dialect.ts";
import { isList, isObject, parseJson } from "../fields.ts";
import { ChatEventReader } from "./event-reader.ts";
import { requestHeaders, requestTarget } from "../openai-common/target.ts";
import { TOOL_NAME } from "./provider-request.ts";
import { recounted } from "../recounted.ts";
import { writeUsage } from "./usage.ts";

/** OpenAI's own models take whatever their dialect says; servers that only resemble them get what is known of them (`variants.ts`). */
const AS_THEY_COME: ReadonlySet<string> = new Set(["", "azure"]);

/** Fields of other servers, and of answers that the form in the middle does not hold. */
const OTHERS: ReadonlySet<string> = new Set([
  "top_k",
  "reasoning",
  "functions",
  "function_call",
  "logprobs",
  "top_logprobs",
  "modalities",
  "audio",
]);

export function passRequest(
  body: RequestBytes,
  request: ModelRequest,
  target: ProviderTarget,
): ProviderRequest<Pieces> | null {
  if (!AS_THEY_COME.has(target.variant) || request.count !== 1 || !isPlain(request)) return null;
  const found = body.outline;
  if (found === null) return null;
  const names = found.members.map(({ name }) => name);
  if (names.some((name) => OTHERS.has(name)) || request.extras.essential?.includes("tools") === true) return null;
  const values: [string, string][] = [["model", JSON.stringify(target.model)]];
  const { maxOutput } = request;
  if (maxOutput !== null) {
    const both = names.includes("max_tokens") && names.includes("max_completion_tokens");
    if (both) return null;
    values.push([names.includes("max_tokens") ? "max_tokens" : "max_completion_tokens", String(maxOutput)]);
  }
  if (request.stream && !request.streamUsage) {
    if (names.includes("stream_options")) return null;
    values.push(["stream_options", '{"include_usage":true}']);
  }
  return {
    method: "POST",
    target: requestTarget(target, "chat/completions", true),
    headers: requestHeaders(request.stream),
    body: piecesWithMembers(body.pieces, found, values),
  };
}

export function passAnswer(body: Uint8Array, told: string, model: string): Uint8Array | null {
  return renamedAnswer(body, "model", told, model);
}

/** What is called, counted, ended or broken is looked at; the rest is text. Nearly all events have the last two, with null. */
const LOOKED_AT = /"(?:tool_calls|error)"|"(?:usage|finish_reason)"(?!:null)|\\u/;
const DONE = "[DONE]";

export function passStream(request: ModelRequest, model: string, usage: boolean): PassingReader {
  const renamed = new Renamed("model", model);
  return new PassingStream(new ChatEventReader(request), {
    isPiece: (data) => data.charCodeAt(0) === 123 && !LOOKED_AT.test(data),
    texts: ['"content":"', '"refusal":"'],
    edit: (data) => {
      if (data === DONE) return data;
      return !usage && tellsUsageAlone(data) ? null : renamed.edit(data);
    },
    recount: (data, used) => recounted(data, [["usage"]], used === null ? null : writeUsage(used)),
    isEnd: (data) => data === DONE,
    end: "data: [DONE]\n\n",
  });
}

/** The event that a stream has because the gateway asked for it. */
function tellsUsageAlone(data: string): boolean {
  if (!/"usage"(?!:null)/.test(data)) return false;
  const value = parseJson(data)?.value;
  return isObject(value) && isList(value.choices) && value.choices.length === 0 && isObject(value.usage);
}

/** Nothing in it stems from another provider's answer or is meant for one: thoughts, signatures, markers of caches. */
function isPlain({ system, turns, tools }: ModelRequest): boolean {
  return (
    !system.some(isMarked) &&
    tools.every((tool) => !isMarked(tool) && TOOL_NAME.test(tool.name)) &&
    !turns.some(({ parts }) => parts.some((part) => !isPlainPart(part)))
  );
}

function isPlainPart(part: Part): boolean {
  if (isMarked(part) || part.type === "reasoning") return false;
  if (part.type === "tool-call") return part.signature === null && TOOL_NAME.test(part.name);
  // OpenAI's results hold texts alone.
  return part.type !== "tool-result" || part.parts.every((inner) => inner.type === "text" && !isMarked(inner));
}

function isMarked(part: object): boolean {
  return "cache" in part && part.cache !== undefined;
}
