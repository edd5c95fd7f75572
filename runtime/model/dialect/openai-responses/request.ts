/** Reads a client's request: the fields beside its input. */
import type { Extras, Json, ModelRequest, OutputFormat, Reasoning, Tool, ToolChoice } from "../../canonical/request.ts";
import type { ClientPath, Refusal } from "../dialect.ts";
import { Fields, isObject } from "../fields.ts";
import { readCacheMarker } from "../openai-common/cache.ts";
import { readEffort } from "../openai-common/effort.ts";
import { ItemReader } from "./items.ts";

const KNOWN: ReadonlySet<string> = new Set([
  "model",
  "input",
  "instructions",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "max_output_tokens",
  "temperature",
  "top_p",
  "text",
  "reasoning",
  "stream",
  "stream_options",
  "user",
]);

/** Fields that change what the answer is, so that they cannot be left out. */
const ESSENTIAL: readonly string[] = [
  "previous_response_id",
  "conversation",
  "prompt",
  "background",
  "context_management",
  "top_logprobs",
  "tools",
  "tool_choice",
];

export function readRequest(value: Json, path: ClientPath): ModelRequest | readonly Refusal[] {
  if (!isObject(value)) return [{ path: "", message: "The body has to be a JSON object." }];
  const refusals: Refusal[] = [];
  const body = new Fields(value, "", refusals);
  const items = new ItemReader();
  const instructions = body.string("instructions");
  if (instructions !== null && instructions !== "") items.system.push({ type: "text", text: instructions });
  items.read(body);
  const own: { [name: string]: Json } = { ...body.others(KNOWN) };
  const tools = readTools(body, own);
  const text = body.fields("text");
  const verbosity = text?.string("verbosity") ?? null;
  if (verbosity !== null) own.text = { verbosity };
  const request: ModelRequest = {
    model: path.model ?? body.required("model"),
    system: items.system,
    turns: items.turns,
    tools,
    toolChoice: readToolChoice(body, own),
    parallelTools: body.boolean("parallel_tool_calls"),
    maxOutput: body.count("max_output_tokens", 1),
    temperature: body.number("temperature", 0, 2),
    topP: body.number("top_p", 0, 1),
    topK: null,
    stop: [],
    seed: null,
    frequencyPenalty: null,
    presencePenalty: null,
    count: 1,
    format: readFormat(text),
    reasoning: readReasoning(body),
    stream: path.stream ?? body.boolean("stream") ?? false,
    // The last event of a stream tells it, always.
    streamUsage: true,
    user: body.string("user"),
    extras: extras(own),
  };
  return refusals.length > 0 ? refusals : request;
}

function extras(fields: { readonly [name: string]: Json }): Extras {
  const essential = ESSENTIAL.filter((name) => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return value !== undefined && value !== false && value !== 0;
  });
  return { dialect: "openai-responses", fields, essential: essential.length > 0 ? essential : undefined };
}

/** Tools that the provider runs itself stay among the fields that only this dialect knows. */
function readTools(body: Fields, own: { [name: string]: Json }): readonly Tool[] {
  const tools: Tool[] = [];
  const others: Json[] = [];
  for (const tool of body.objects("tools")) {
    if (tool.required("type") !== "function") {
      others.push(tool.object);
      continue;
    }
    tools.push({
      name: tool.required("name"),
      description: tool.string("description"),
      parameters: tool.json("parameters") ?? { type: "object", properties: {} },
      strict: tool.boolean("strict"),
      cache: readCacheMarker(tool),
    });
  }
  if (others.length > 0) own.tools = others;
  return tools;
}

function readToolChoice(body: Fields, own: { [name: string]: Json }): ToolChoice | null {
  const value = body.value("tool_choice");
  if (value === null) return null;
  if (value === "auto" || value === "none") return { kind: value };
  if (value === "required") return { kind: "any" };
  const choice = isObject(value) ? body.fields("tool_choice") : null;
  if (choice?.value("type") === "function") return { kind: "tool", name: choice.required("name") };
  if (choice === null) body.refuse("tool_choice", '"auto", "none", "required" or a function is expected here.');
  else own.tool_choice = value;
  return null;
}

function readFormat(text: Fields | null): OutputFormat {
  const format = text?.fields("format") ?? null;
  if (format === null) return { kind: "text" };
  switch (format.required("type")) {
    case "text":
      return { kind: "text" };
    case "json_object":
      return { kind: "json" };
    case "json_schema":
      return {
        kind: "schema",
        name: format.required("name"),
        description: format.string("description"),
        schema: format.json("schema") ?? {},
        strict: format.boolean("strict"),
      };
    default:
      format.refuse("type", '"text", "json_object" or "json_schema" is expected here.');
      return { kind: "text" };
  }
}

function readReasoning(body: Fields): Reasoning | null {
  const reasoning = body.fields("reasoning");
  if (reasoning === null) return null;
  const summary = reasoning.string("summary") ?? reasoning.string("generate_summary");
  return { effort: readEffort(reasoning, "effort"), budget: null, visible: summary === null ? null : true };
}
