/** Bedrock's Converse as Bedrock speaks it, as strict as Bedrock is about turns, tools and empty texts. */
import type { ModelAnswer, ModelEvent, Stop, StopReason } from "../canonical/answer.ts";
import {
  EMPTY_REQUEST,
  type Json,
  type ModelRequest,
  type Part,
  type ToolChoice,
  type Turn,
} from "../canonical/request.ts";
import { stateForClient } from "../canonical/signature.ts";
import { completionTokens, promptTokens, type Usage } from "../canonical/usage.ts";
import { Fields, isObject, parseJson } from "../dialect/fields.ts";
import type { ClientPath, Refusal } from "../dialect/dialect.ts";
import { writeMessage } from "../wire/event-stream.ts";
import { beyondModel } from "./bedrock-models.ts";
import type { FakeDialect, FakeWriter } from "./dialect.ts";
import { bedrockFailure, bedrockRefusal } from "./failures.ts";
import { formatOf, textPart, toolOf } from "./reading.ts";

export const bedrockFake: FakeDialect = {
  name: "bedrock",
  match,
  readRequest,
  writeAnswer: (answer) => JSON.stringify(whole(answer)),
  eventWriter,
  failure: bedrockFailure,
  refusal: bedrockRefusal,
  streamMediaType: "application/vnd.amazon.eventstream",
};

function match(path: string): ClientPath | null {
  const found = /\/model\/([^/]+)\/converse(-stream)?$/.exec(path);
  if (found === null) return null;
  try {
    return { model: decodeURIComponent(found[1] ?? ""), stream: found[2] !== undefined };
  } catch {
    return null;
  }
}

function readRequest(body: Json, path: ClientPath): ModelRequest | readonly Refusal[] {
  const refusals: Refusal[] = [];
  const fields = new Fields(isObject(body) ? body : {}, "", refusals);
  const turns: Turn[] = [];
  for (const message of fields.objects("messages")) {
    const role = message.required("role");
    const parts = [...message.objects("content")].map(readBlock);
    if (role === (turns.at(-1)?.role ?? "assistant"))
      message.refuse(
        "role",
        "A conversation must start with a user message and alternate between user and assistant roles.",
      );
    if (parts.length === 0) message.refuse("content", "The content field is empty.");
    turns.push({ role: role === "assistant" ? "assistant" : "user", parts });
  }
  if (turns.length === 0) fields.refuse("messages", "A conversation must start with a user message.");
  const tools = fields.fields("toolConfig");
  if (
    tools === null &&
    turns.some(({ parts }) => parts.some(({ type }) => type === "tool-call" || type === "tool-result"))
  ) {
    fields.refuse(
      "toolConfig",
      "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
    );
  }
  const inference = fields.fields("inferenceConfig");
  const output = fields.fields("outputConfig")?.fields("textFormat")?.fields("structure")?.fields("jsonSchema");
  const thinking = fields.fields("additionalModelRequestFields")?.fields("thinking");
  const request: ModelRequest = {
    ...EMPTY_REQUEST,
    streamUsage: true,
    model: path.model ?? "",
    system: [...fields.objects("system")].flatMap((block) =>
      block.value("text") === null ? [] : [{ type: "text" as const, text: block.required("text") }],
    ),
    turns,
    tools: tools === null ? [] : [...tools.objects("tools")].flatMap(readTool),
    toolChoice: readChoice(tools?.fields("toolChoice") ?? null),
    maxOutput: inference?.count("maxTokens", 1) ?? null,
    stop: inference?.strings("stopSequences") ?? [],
    format:
      output === undefined || output === null
        ? { kind: "text" }
        : formatOf(parseJson(output.required("schema"))?.value),
    reasoning: thinking === undefined || thinking === null ? null : { effort: "low", budget: null, visible: null },
    stream: path.stream ?? false,
  };
  const beyond = beyondModel(request, tools !== null, JSON.stringify(body).includes('"cachePoint"'));
  if (beyond !== null) fields.refuse("", beyond);
  return refusals.length > 0 ? refusals : request;
}

function readTool(item: Fields): ReturnType<typeof toolOf>[] {
  const spec = item.fields("toolSpec");
  if (spec === null) return [];
  const name = spec.required("name");
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name))
    spec.refuse("name", "Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+");
  return [toolOf(name, spec.string("description"), spec.fields("inputSchema")?.json("json") ?? null)];
}

function readChoice(choice: Fields | null): ToolChoice | null {
  if (choice === null) return null;
  const tool = choice.fields("tool");
  if (tool !== null) return { kind: "tool", name: tool.required("name") };
  return { kind: choice.json("any") === null ? "auto" : "any" };
}

function readBlock(block: Fields): Part {
  const text = block.string("text");
  if (text !== null) {
    if (text.trim() === "") block.refuse("text", "The text field in the ContentBlock object is blank.");
    return textPart(text);
  }
  const call = block.fields("toolUse");
  if (call !== null) {
    return {
      type: "tool-call",
      id: call.required("toolUseId"),
      name: call.required("name"),
      arguments: JSON.stringify(call.json("input")),
      signature: null,
    };
  }
  const result = block.fields("toolResult");
  if (result !== null) {
    const parts = [...result.objects("content")]
      .map(readBlock)
      .filter((part) => part.type === "text" || part.type === "image");
    return {
      type: "tool-result",
      id: result.required("toolUseId"),
      name: "",
      parts,
      failed: result.string("status") === "error",
    };
  }
  const image = block.fields("image");
  if (image !== null) {
    const data = image.fields("source")?.required("bytes") ?? "";
    return {
      type: "image",
      source: { kind: "base64", mediaType: `image/${image.required("format")}`, data },
      detail: null,
    };
  }
  const thought = block.fields("reasoningContent");
  if (thought !== null) return { type: "reasoning", text: "", signature: null, redacted: null };
  if (block.json("document") === null && block.json("cachePoint") === null)
    block.refuse("", "The content block is of no known kind.");
  return textPart("");
}

const REASONS: { readonly [Reason in StopReason]: string } = {
  end: "end_turn",
  "stop-string": "stop_sequence",
  length: "max_tokens",
  context: "model_context_window_exceeded",
  "tool-calls": "tool_use",
  policy: "content_filtered",
  paused: "end_turn",
  failed: "malformed_model_output",
};

function usageOf(usage: Usage): object {
  const written = usage.cacheWrite + usage.cacheWriteHour;
  return {
    inputTokens: usage.input,
    outputTokens: completionTokens(usage),
    totalTokens: promptTokens(usage) + completionTokens(usage),
    cacheReadInputTokens: usage.cacheRead,
    cacheWriteInputTokens: written,
  };
}

function whole({ parts, stop, usage }: ModelAnswer): object {
  const content = parts.map((part) => {
    switch (part.type) {
      case "tool-call":
        return { toolUse: { toolUseId: part.id, name: part.name, input: parseJson(part.arguments)?.value ?? {} } };
      case "reasoning":
        if (part.redacted !== null)
          return { reasoningContent: { redactedContent: stateForClient("bedrock", part.redacted) } };
        return {
          reasoningContent: {
            reasoningText: {
              text: part.text,
              ...(part.signature === null ? {} : { signature: stateForClient("bedrock", part.signature) }),
            },
          },
        };
      default:
        return { text: part.text };
    }
  });
  return {
    output: { message: { role: "assistant", content } },
    stopReason: REASONS[stop.reason],
    ...(usage === null ? {} : { usage: usageOf(usage) }),
    metrics: { latencyMs: 1 },
  };
}

function event(type: string, payload: object): Uint8Array {
  return writeMessage(
    [
      [":event-type", type],
      [":content-type", "application/json"],
      [":message-type", "event"],
    ],
    Buffer.from(JSON.stringify({ ...payload, p: "abcdefgh" })),
  );
}

function eventWriter(): FakeWriter {
  const thoughts = new Set<number>();
  let stop: Stop = { reason: "end", native: "", matched: null };
  let usage: Usage | null = null;
  const delta = (contentBlockIndex: number, inner: object): Uint8Array =>
    event("contentBlockDelta", { contentBlockIndex, delta: inner });
  return (said: ModelEvent) => {
    switch (said.type) {
      case "start":
        return event("messageStart", { role: "assistant" });
      case "open": {
        const { part, index } = said;
        if (part.kind === "tool-call") {
          return event("contentBlockStart", {
            contentBlockIndex: index,
            start: { toolUse: { toolUseId: part.id, name: part.name } },
          });
        }
        if (part.kind !== "reasoning") return "";
        thoughts.add(index);
        return part.redacted === null
          ? ""
          : delta(index, { reasoningContent: { redactedContent: stateForClient("bedrock", part.redacted) } });
      }
      case "text":
        return delta(
          said.index,
          thoughts.has(said.index) ? { reasoningContent: { text: said.text } } : { text: said.text },
        );
      case "arguments":
        return delta(said.index, { toolUse: { input: said.text } });
      case "signature": {
        // Only thoughts have state here.
        if (!thoughts.has(said.index)) return "";
        const signature = stateForClient("bedrock", said.signature);
        return delta(said.index, { reasoningContent: { signature } });
      }
      case "close":
        return event("contentBlockStop", { contentBlockIndex: said.index });
      case "stop":
        stop = said.stop;
        return "";
      case "usage":
        usage = said.usage;
        return "";
      case "end": {
        const stopped = event("messageStop", { stopReason: REASONS[stop.reason] });
        const metadata = usage === null ? {} : { usage: usageOf(usage) };
        return Buffer.concat([stopped, event("metadata", { ...metadata, metrics: { latencyMs: 1 } })]);
      }
      case "error":
        return writeMessage(
          [
            [":exception-type", "modelStreamErrorException"],
            [":content-type", "application/json"],
            [":message-type", "exception"],
          ],
          Buffer.from(JSON.stringify({ message: said.error.message })),
        );
    }
  };
}
