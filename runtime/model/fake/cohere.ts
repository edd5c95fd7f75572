/** Cohere's `/v2/chat` as Cohere speaks it. */
import type { ModelAnswer, ModelEvent, Stop, StopReason } from "../canonical/answer.ts";
import { EMPTY_REQUEST, type Json, type ModelRequest, type Part, type Turn } from "../canonical/request.ts";
import { completionTokens, promptTokens, type Usage } from "../canonical/usage.ts";
import { Fields, isObject } from "../dialect/fields.ts";
import type { AnswerContext, Refusal } from "../dialect/dialect.ts";
import { writeNamedEvent } from "../wire/sse.ts";
import type { FakeDialect, FakeWriter } from "./dialect.ts";
import { cohereFailure, cohereRefusal } from "./failures.ts";
import { formatOf, readTools, textOf, textPart } from "./reading.ts";

export const cohereFake: FakeDialect = {
  name: "cohere",
  match: (path) => (path.endsWith("/v2/chat") ? { model: null, stream: null } : null),
  readRequest,
  writeAnswer: (answer) => JSON.stringify(whole(answer)),
  eventWriter,
  failure: cohereFailure,
  refusal: cohereRefusal,
  streamMediaType: "text/event-stream",
};

function readRequest(body: Json): ModelRequest | readonly Refusal[] {
  const refusals: Refusal[] = [];
  const fields = new Fields(isObject(body) ? body : {}, "", refusals);
  const turns: Turn[] = [];
  let system = "";
  for (const message of fields.objects("messages")) {
    const role = message.required("role");
    if (role === "system") system += textOf(message.value("content"));
    else if (role === "assistant") turns.push({ role, parts: readAssistant(message) });
    else {
      const parts = role === "tool" ? [readResult(message)] : readContent(message);
      const last = turns.at(-1);
      if (last?.role === "user") turns[turns.length - 1] = { role: "user", parts: [...last.parts, ...parts] };
      else turns.push({ role: "user", parts });
    }
  }
  const choice = fields.string("tool_choice");
  const format = fields.fields("response_format");
  const request: ModelRequest = {
    ...EMPTY_REQUEST,
    streamUsage: true,
    model: fields.required("model"),
    system: system === "" ? [] : [{ type: "text", text: system }],
    turns,
    tools: readTools(fields),
    toolChoice: choice === null ? null : { kind: choice === "NONE" ? "none" : "any" },
    maxOutput: fields.count("max_tokens", 0),
    stop: fields.strings("stop_sequences"),
    format: format === null ? { kind: "text" } : formatOf(format.json("json_schema") ?? undefined),
    reasoning:
      fields.fields("thinking")?.string("type") === "enabled" ? { effort: "low", budget: null, visible: null } : null,
    stream: fields.boolean("stream") ?? false,
  };
  return refusals.length > 0 ? refusals : request;
}

function readResult(message: Fields): Part {
  const text = textOf(message.value("content"));
  return {
    type: "tool-result",
    id: message.required("tool_call_id"),
    name: "",
    parts: [{ type: "text", text }],
    failed: false,
  };
}

function readContent(message: Fields): Part[] {
  const content = message.value("content");
  if (typeof content === "string") return [textPart(content)];
  const parts: Part[] = [];
  for (const block of message.objects("content")) {
    if (block.string("type") === "text") parts.push(textPart(block.required("text")));
    else if (block.string("type") === "image_url") {
      const url = block.fields("image_url")?.required("url") ?? "";
      parts.push({ type: "image", source: { kind: "url", url, mediaType: null }, detail: null });
    } else block.refuse("type", "unknown content type");
  }
  return parts;
}

function readAssistant(message: Fields): Part[] {
  const parts: Part[] = [textPart(`${message.string("tool_plan") ?? ""}${textOf(message.value("content"))}`)];
  for (const call of message.objects("tool_calls")) {
    const called = call.fields("function");
    const id = call.required("id");
    if (called !== null)
      parts.push({
        type: "tool-call",
        id,
        name: called.required("name"),
        arguments: called.required("arguments"),
        signature: null,
      });
  }
  return parts;
}

const REASONS: { readonly [Reason in StopReason]?: string } = {
  "stop-string": "STOP_SEQUENCE",
  length: "MAX_TOKENS",
  "tool-calls": "TOOL_CALL",
  policy: "ERROR_TOXIC",
  failed: "ERROR",
};

function reasonOf(stop: Stop): string {
  return REASONS[stop.reason] ?? "COMPLETE";
}

/** Cohere's own additions to a prompt, which are worked on and not billed. */
const PREAMBLE_TOKENS = 200;

function usageOf(usage: Usage | null): object {
  if (usage === null) return {};
  const [input, output] = [promptTokens(usage), completionTokens(usage)];
  return {
    usage: {
      billed_units: { input_tokens: input, output_tokens: output },
      tokens: { input_tokens: input + PREAMBLE_TOKENS, output_tokens: output },
      cached_tokens: usage.cacheRead,
    },
  };
}

function whole({ id, parts, stop, usage }: ModelAnswer): object {
  const calls = parts.flatMap((part) =>
    part.type === "tool-call"
      ? [{ id: part.id, type: "function", function: { name: part.name, arguments: part.arguments } }]
      : [],
  );
  const content: object[] = [];
  let plan = "";
  for (const part of parts) {
    if (part.type === "reasoning") content.push({ type: "thinking", thinking: part.text });
    else if (part.type === "text" && calls.length > 0) plan += part.text;
    else if (part.type === "text") content.push({ type: "text", text: part.text });
  }
  const planned = calls.length === 0 ? {} : { tool_plan: plan, tool_calls: calls };
  return { id, finish_reason: reasonOf(stop), message: { role: "assistant", content, ...planned }, ...usageOf(usage) };
}

function eventWriter({ request }: AnswerContext): FakeWriter {
  /** Cohere counts calls and contents each for themselves. */
  const places = new Map<number, { readonly kind: "text" | "thinking" | "call"; readonly at: number }>();
  let contents = 0;
  let calls = 0;
  let stop: Stop = { reason: "end", native: "", matched: null };
  let usage: Usage | null = null;
  const frame = (type: string, rest: object): string => writeNamedEvent(type, JSON.stringify({ type, ...rest }));
  const content = (type: string, at: number, inner: object): string =>
    frame(type, { index: at, delta: { message: { content: inner } } });
  const calling = (type: string, at: number, inner: object): string =>
    frame(type, { index: at, delta: { message: { tool_calls: inner } } });
  return (event: ModelEvent) => {
    const place = "index" in event ? places.get(event.index) : undefined;
    switch (event.type) {
      case "start":
        return frame("message-start", {
          id: event.id,
          delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } },
        });
      case "open": {
        if (event.part.kind === "tool-call") {
          places.set(event.index, { kind: "call", at: calls });
          const { id, name } = event.part;
          return calling("tool-call-start", calls++, { id, type: "function", function: { name, arguments: "" } });
        }
        const kind = event.part.kind === "reasoning" ? "thinking" : "text";
        places.set(event.index, { kind, at: contents });
        return content("content-start", contents++, { type: kind, [kind]: "" });
      }
      case "text":
        return place === undefined ? "" : content("content-delta", place.at, { [place.kind]: event.text });
      case "arguments":
        return place === undefined ? "" : calling("tool-call-delta", place.at, { function: { arguments: event.text } });
      case "close":
        return place === undefined
          ? ""
          : frame(place.kind === "call" ? "tool-call-end" : "content-end", { index: place.at });
      case "stop":
        stop = event.stop;
        return "";
      case "usage":
        usage = event.usage;
        return "";
      case "end":
        return frame("message-end", {
          id: `fake-${request.turns.length}`,
          delta: { finish_reason: reasonOf(stop), ...usageOf(usage) },
        });
      case "error":
        return frame("message-end", { delta: { finish_reason: "ERROR", error: event.error.message } });
      default:
        return "";
    }
  };
}
