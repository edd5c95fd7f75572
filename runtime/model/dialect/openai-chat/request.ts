/** Reads a client's request: the fields beside its messages. */
import type { Extras, Json, ModelRequest, OutputFormat, Reasoning, Tool, ToolChoice } from "../../canonical/request.ts";
import type { ClientPath, Refusal } from "../dialect.ts";
import { Fields, isObject } from "../fields.ts";
import { readCacheMarker } from "../openai-common/cache.ts";
import { readEffort } from "../openai-common/effort.ts";
import { readMessages } from "./messages.ts";

const KNOWN: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "max_completion_tokens",
  "max_tokens",
  "temperature",
  "top_p",
  "top_k",
  "stop",
  "seed",
  "frequency_penalty",
  "presence_penalty",
  "n",
  "response_format",
  "reasoning_effort",
  "reasoning",
  "stream",
  "stream_options",
  "user",
]);

/** Fields that change what the answer is, so that they cannot be left out. */
const ESSENTIAL: readonly string[] = [
  "functions",
  "function_call",
  "logit_bias",
  "logprobs",
  "top_logprobs",
  "modalities",
  "audio",
  "web_search_options",
  "tools",
];

export function readRequest(value: Json, path: ClientPath): ModelRequest | readonly Refusal[] {
  if (!isObject(value)) return [{ path: "", message: "The body has to be a JSON object." }];
  const refusals: Refusal[] = [];
  const body = new Fields(value, "", refusals);
  const { system, turns } = readMessages(body);
  const options = body.fields("stream_options");
  const others: Json[] = [];
  const tools = readTools(body, others);
  const request: ModelRequest = {
    model: path.model ?? body.required("model"),
    system,
    turns,
    tools,
    toolChoice: readToolChoice(body),
    parallelTools: body.boolean("parallel_tool_calls"),
    maxOutput: body.count("max_completion_tokens", 1) ?? body.count("max_tokens", 1),
    temperature: body.number("temperature", 0, 2),
    topP: body.number("top_p", 0, 1),
    topK: body.count("top_k", 0),
    stop: readStopStrings(body),
    seed: body.number("seed", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    frequencyPenalty: body.number("frequency_penalty", -2, 2),
    presencePenalty: body.number("presence_penalty", -2, 2),
    count: body.count("n", 1) ?? 1,
    format: readFormat(body),
    reasoning: readReasoning(body),
    stream: path.stream ?? body.boolean("stream") ?? false,
    streamUsage: options?.boolean("include_usage") ?? false,
    user: body.string("user"),
    extras: readExtras(body, others),
  };
  return refusals.length > 0 ? refusals : request;
}

function readExtras(body: Fields, tools: readonly Json[]): Extras {
  const rest = body.others(KNOWN);
  const fields = tools.length > 0 ? { ...rest, tools } : rest;
  const essential = ESSENTIAL.filter((name) => Object.hasOwn(fields, name) && matters(name, fields[name] ?? null));
  return { dialect: "openai-chat", fields, essential: essential.length > 0 ? essential : undefined };
}

/** Whether the field says anything but what goes without saying. */
function matters(name: string, value: Json): boolean {
  if (value === false || value === "none") return false;
  if (name === "modalities") return !(Array.isArray(value) && value.every((kind) => kind === "text"));
  if (name === "top_logprobs") return value !== 0;
  return !(isObject(value) && name === "logit_bias" && Object.keys(value).length === 0);
}

/** `others`: takes tools that are no functions. */
function readTools(body: Fields, others: Json[]): readonly Tool[] {
  const tools: Tool[] = [];
  for (const tool of body.objects("tools")) {
    if (tool.required("type") !== "function") {
      others.push(tool.object);
      continue;
    }
    const called = tool.fields("function");
    if (called === null) {
      tool.refuse("function", "An object is expected here, and it has to be there.");
      continue;
    }
    tools.push({
      name: called.required("name"),
      description: called.string("description"),
      parameters: called.json("parameters") ?? { type: "object", properties: {} },
      strict: called.boolean("strict"),
      cache: readCacheMarker(tool) ?? readCacheMarker(called),
    });
  }
  return tools;
}

function readToolChoice(body: Fields): ToolChoice | null {
  const value = body.value("tool_choice");
  if (value === null) return null;
  if (value === "auto" || value === "none") return { kind: value };
  // "any": Mistral's word.
  if (value === "required" || value === "any") return { kind: "any" };
  const choice = isObject(value) ? body.fields("tool_choice") : null;
  if (choice?.value("type") === "function") {
    return { kind: "tool", name: choice.fields("function")?.required("name") ?? choice.required("name") };
  }
  body.refuse("tool_choice", '"auto", "none", "required" or the name of a function is expected here.');
  return null;
}

function readStopStrings(body: Fields): readonly string[] {
  const value = body.value("stop");
  return typeof value === "string" ? [value] : body.strings("stop");
}

function readFormat(body: Fields): OutputFormat {
  const format = body.fields("response_format");
  if (format === null) return { kind: "text" };
  switch (format.required("type")) {
    case "text":
      return { kind: "text" };
    case "json_object":
      return { kind: "json" };
    case "json_schema": {
      const schema = format.fields("json_schema");
      if (schema === null) format.refuse("json_schema", "An object is expected here, and it has to be there.");
      return {
        kind: "schema",
        name: schema?.required("name") ?? "",
        description: schema?.string("description") ?? null,
        schema: schema?.json("schema") ?? {},
        strict: schema?.boolean("strict") ?? null,
      };
    }
    default:
      format.refuse("type", '"text", "json_object" or "json_schema" is expected here.');
      return { kind: "text" };
  }
}

/** `reasoning_effort`, or OpenRouter's `reasoning`. */
function readReasoning(body: Fields): Reasoning | null {
  const effort = readEffort(body, "reasoning_effort");
  const reasoning = body.fields("reasoning");
  if (reasoning === null) return effort === null ? null : { effort, budget: null, visible: null };
  const excluded = reasoning.boolean("exclude");
  return {
    effort: effort ?? readEffort(reasoning, "effort") ?? (reasoning.boolean("enabled") === false ? "none" : null),
    budget: reasoning.count("max_tokens", 0),
    visible: excluded === null ? null : !excluded,
  };
}
