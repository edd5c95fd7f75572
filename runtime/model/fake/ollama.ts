/** Ollama's `/api/chat` as its server speaks it. */
import type { ModelAnswer, ModelEvent, Stop } from "../canonical/answer.ts";
import { EMPTY_REQUEST, type Json, type ModelRequest, type Part, type Turn } from "../canonical/request.ts";
import { completionTokens, promptTokens, type Usage } from "../canonical/usage.ts";
import { Fields, isObject, parseJson } from "../dialect/fields.ts";
import type { AnswerContext, Refusal } from "../dialect/dialect.ts";
import type { FakeDialect, FakeWriter } from "./dialect.ts";
import { ollamaFailure, ollamaRefusal } from "./failures.ts";
import { formatOf, readTools, textPart } from "./reading.ts";

export const ollamaFake: FakeDialect = {
  name: "ollama",
  match: (path) => (path.endsWith("/api/chat") ? { model: null, stream: null } : null),
  readRequest,
  writeAnswer: (answer, context) => JSON.stringify(whole(answer, context)),
  eventWriter,
  failure: ollamaFailure,
  refusal: ollamaRefusal,
  streamMediaType: "application/x-ndjson",
};

function readRequest(body: Json): ModelRequest | readonly Refusal[] {
  const refusals: Refusal[] = [];
  const fields = new Fields(isObject(body) ? body : {}, "", refusals);
  const turns: Turn[] = [];
  let system = "";
  for (const message of fields.objects("messages")) {
    const role = message.required("role");
    const content = message.string("content") ?? "";
    if (role === "system") system += content;
    else if (role === "tool") {
      const result: Part = {
        type: "tool-result",
        id: "",
        name: message.string("tool_name") ?? "",
        parts: [{ type: "text", text: content }],
        failed: false,
      };
      turns.push({ role: "user", parts: [result] });
    } else turns.push({ role: role === "assistant" ? "assistant" : "user", parts: readParts(message, content) });
  }
  const options = fields.fields("options");
  const format = fields.value("format");
  const think = fields.value("think");
  const request: ModelRequest = {
    ...EMPTY_REQUEST,
    streamUsage: true,
    model: fields.required("model"),
    system: system === "" ? [] : [{ type: "text", text: system }],
    turns: merged(turns),
    tools: readTools(fields),
    maxOutput: options?.count("num_predict", -2) ?? null,
    stop: options?.strings("stop") ?? [],
    format: format === null ? { kind: "text" } : formatOf(format),
    reasoning: think === null || think === false ? null : { effort: "low", budget: null, visible: null },
    stream: fields.boolean("stream") ?? true,
  };
  return refusals.length > 0 ? refusals : request;
}

function readParts(message: Fields, content: string): Part[] {
  const parts: Part[] = content === "" ? [] : [textPart(content)];
  for (const data of message.strings("images")) {
    if (!/^[A-Za-z0-9+/]+=*$/.test(data)) message.refuse("images", "illegal base64 data at input byte 0");
    parts.push({ type: "image", source: { kind: "base64", mediaType: "image/png", data }, detail: null });
  }
  for (const call of message.objects("tool_calls")) {
    const called = call.fields("function");
    if (called === null) continue;
    // A string here is what gateways get wrong.
    const input = called.json("arguments");
    parts.push({
      type: "tool-call",
      id: "",
      name: called.required("name"),
      arguments: JSON.stringify(input),
      signature: null,
    });
  }
  return parts;
}

function merged(turns: readonly Turn[]): Turn[] {
  const all: Turn[] = [];
  for (const turn of turns) {
    const last = all.at(-1);
    if (last?.role === turn.role) all[all.length - 1] = { role: turn.role, parts: [...last.parts, ...turn.parts] };
    else all.push(turn);
  }
  return all;
}

function line(context: AnswerContext, message: object, more: object = { done: false }): object {
  const created = new Date(context.created * 1000).toISOString();
  return { model: context.model, created_at: created, message: { role: "assistant", ...message }, ...more };
}

function ending(stop: Stop, usage: Usage | null): object {
  const prompt = usage === null ? 0 : promptTokens(usage) - usage.cacheRead;
  return {
    done: true,
    done_reason: stop.reason === "length" ? "length" : "stop",
    // What was cached is not counted, and no count is none at all.
    ...(usage === null
      ? {}
      : { ...(prompt === 0 ? {} : { prompt_eval_count: prompt }), eval_count: completionTokens(usage) }),
  };
}

function callOf(name: string, text: string): object {
  return { function: { name, arguments: parseJson(text)?.value ?? {} } };
}

function whole({ parts, stop, usage }: ModelAnswer, context: AnswerContext): object {
  const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  const thinking = parts.map((part) => (part.type === "reasoning" ? part.text : "")).join("");
  const calls = parts.flatMap((part) => (part.type === "tool-call" ? [callOf(part.name, part.arguments)] : []));
  const message = {
    content: text,
    ...(thinking === "" ? {} : { thinking }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  return line(context, message, ending(stop, usage));
}

function eventWriter(context: AnswerContext): FakeWriter {
  const calls = new Map<number, { name: string; text: string }>();
  const thoughts = new Set<number>();
  let stop: Stop = { reason: "end", native: "", matched: null };
  let usage: Usage | null = null;
  const write = (event: ModelEvent): object | null => {
    switch (event.type) {
      case "open":
        if (event.part.kind === "tool-call") calls.set(event.index, { name: event.part.name, text: "" });
        if (event.part.kind === "reasoning") thoughts.add(event.index);
        return null;
      case "text":
        return line(
          context,
          thoughts.has(event.index) ? { content: "", thinking: event.text } : { content: event.text },
        );
      case "arguments": {
        const call = calls.get(event.index);
        if (call !== undefined) call.text += event.text;
        return null;
      }
      // Calls come whole.
      case "close": {
        const call = calls.get(event.index);
        return call === undefined ? null : line(context, { content: "", tool_calls: [callOf(call.name, call.text)] });
      }
      case "stop":
        stop = event.stop;
        return null;
      case "usage":
        usage = event.usage;
        return null;
      case "end":
        return line(context, { content: "" }, ending(stop, usage));
      case "error":
        return { error: event.error.message };
      default:
        return null;
    }
  };
  return (event) => {
    const written = write(event);
    return written === null ? "" : `${JSON.stringify(written)}\n`;
  };
}
