/** Reads a request as Gemini's clients write it (generateContent): the body and its settings. Nothing that changes the answer's meaning is left out in silence. */

import type {
  Json,
  JsonObject,
  ModelRequest,
  OutputFormat,
  Reasoning,
  TextPart,
  Tool,
  ToolChoice,
} from "../../canonical/request.ts";
import type { ClientPath, Refusal } from "../dialect.ts";
import { Fields, isObject, isTooDeep } from "../fields.ts";
import { readTurns } from "./contents.ts";
import { camelCased } from "./names.ts";
import { jsonSchema } from "./schema.ts";

const KNOWN: ReadonlySet<string> = new Set([
  "contents",
  "systemInstruction",
  "tools",
  "toolConfig",
  "generationConfig",
  "model",
]);

const KNOWN_SETTINGS: ReadonlySet<string> = new Set([
  "maxOutputTokens",
  "temperature",
  "topP",
  "topK",
  "stopSequences",
  "seed",
  "frequencyPenalty",
  "presencePenalty",
  "candidateCount",
  "responseMimeType",
  "responseSchema",
  "responseJsonSchema",
  "thinkingConfig",
]);

const LEVELS = new Map<string, NonNullable<Reasoning["effort"]>>([
  ["MINIMAL", "minimal"],
  ["LOW", "low"],
  ["MEDIUM", "medium"],
  ["HIGH", "high"],
]);

/** The model and whether to stream stand in the path. */
export function readRequest(body: Json, path: ClientPath): ModelRequest | readonly Refusal[] {
  if (!isObject(body)) return [{ path: "", message: "The body has to be a JSON object." }];
  if (isTooDeep(body)) return [{ path: "", message: "The body is nested too deeply." }];
  const refusals: Refusal[] = [];
  const fields = new Fields(camelCased(body), "", refusals);
  const extra: { [name: string]: Json } = { ...fields.others(KNOWN) };
  const essential: string[] = [];
  // An answer of these is another: what Google has stored before the conversation, or pictures and sound instead of text.
  if (fields.value("cachedContent") !== null) essential.push("cachedContent");
  const system = readSystem(fields);
  if (fields.list("contents") === null) fields.refuse("contents", "A list of contents has to be here.");
  const turns = readTurns(fields);
  const { tools, native } = readTools(fields);
  if (native.length > 0) {
    extra.tools = native;
    essential.push("tools");
  }
  const config = fields.fields("toolConfig");
  const choice = config?.fields("functionCallingConfig") ?? null;
  const configRest = config?.others(new Set(["functionCallingConfig"]));
  if (configRest !== undefined && Object.keys(configRest).length > 0) extra.toolConfig = configRest;

  const settings = fields.fields("generationConfig") ?? new Fields({}, "generationConfig", refusals);
  const settingsRest = settings.others(KNOWN_SETTINGS);
  if (Object.keys(settingsRest).length > 0) {
    extra.generationConfig = settingsRest;
    if (asksForMedia(settingsRest)) essential.push("generationConfig");
  }
  const stream = path.stream ?? false;
  const request: ModelRequest = {
    model: path.model ?? fields.required("model"),
    system,
    turns,
    tools: allowedTools(tools, choice),
    toolChoice: readToolChoice(choice),
    parallelTools: null,
    maxOutput: settings.count("maxOutputTokens", 1),
    temperature: settings.number("temperature", 0, 2),
    topP: settings.number("topP", 0, 1),
    topK: settings.count("topK", 0),
    stop: settings.strings("stopSequences"),
    seed: settings.count("seed", Number.MIN_SAFE_INTEGER),
    frequencyPenalty: settings.number("frequencyPenalty", -2, 2),
    presencePenalty: settings.number("presencePenalty", -2, 2),
    count: settings.count("candidateCount", 1) ?? 1,
    format: readFormat(settings),
    reasoning: readReasoning(settings.fields("thinkingConfig")),
    stream,
    // Gemini's streams always tell.
    streamUsage: stream,
    user: null,
    extras: { dialect: "gemini", fields: extra, ...(essential.length > 0 ? { essential } : {}) },
  };
  return refusals.length > 0 ? refusals : request;
}

function asksForMedia({ responseModalities }: JsonObject): boolean {
  return Array.isArray(responseModalities) && responseModalities.some((name) => name !== "TEXT");
}

function readSystem(fields: Fields): TextPart[] {
  if (typeof fields.value("systemInstruction") === "string") {
    return [{ type: "text", text: fields.required("systemInstruction") }];
  }
  const parts: TextPart[] = [];
  for (const part of fields.fields("systemInstruction")?.objects("parts") ?? []) {
    parts.push({ type: "text", text: part.required("text") });
  }
  return parts;
}

function readTools(fields: Fields): { tools: Tool[]; native: JsonObject[] } {
  const tools: Tool[] = [];
  const native: JsonObject[] = [];
  for (const group of fields.objects("tools")) {
    for (const tool of group.objects("functionDeclarations")) {
      const json = tool.json("parametersJsonSchema");
      const schema = tool.json("parameters");
      tools.push({
        name: tool.required("name"),
        description: tool.string("description"),
        parameters: json ?? (schema === null ? { type: "object", properties: {} } : jsonSchema(schema)),
        strict: null,
      });
    }
    const rest = group.others(new Set(["functionDeclarations"]));
    if (Object.keys(rest).length > 0) native.push(rest);
  }
  return { tools, native };
}

function modeOf(choice: Fields | null): string {
  return choice?.string("mode") ?? "AUTO";
}

/** "ANY of these" is said elsewhere by leaving the others out. */
function allowedTools(tools: readonly Tool[], choice: Fields | null): readonly Tool[] {
  const names = choice?.strings("allowedFunctionNames") ?? [];
  if (names.length < 2 || modeOf(choice) !== "ANY") return tools;
  const allowed = new Set(names);
  return tools.filter((tool) => allowed.has(tool.name));
}

function readToolChoice(choice: Fields | null): ToolChoice | null {
  if (choice === null) return null;
  const names = choice.strings("allowedFunctionNames");
  switch (modeOf(choice)) {
    case "AUTO":
    case "VALIDATED":
    case "MODE_UNSPECIFIED":
      return { kind: "auto" };
    case "NONE":
      return { kind: "none" };
    case "ANY":
      return names.length === 1 ? { kind: "tool", name: names[0]! } : { kind: "any" };
    default:
      choice.refuse("mode", "The mode is AUTO, ANY, NONE or VALIDATED.");
      return null;
  }
}

function readFormat(settings: Fields): OutputFormat {
  const mediaType = settings.string("responseMimeType") ?? "text/plain";
  const json = settings.json("responseJsonSchema");
  const schema = settings.json("responseSchema");
  if (mediaType === "text/plain") return { kind: "text" };
  if (mediaType === "application/json") {
    if (json === null && schema === null) return { kind: "json" };
    const given = json ?? jsonSchema(schema ?? {});
    return { kind: "schema", name: "answer", description: null, schema: given, strict: null };
  }
  settings.refuse("responseMimeType", "Answers come as text/plain or application/json.");
  return { kind: "text" };
}

function readReasoning(thinking: Fields | null): Reasoning | null {
  if (thinking === null) return null;
  const level = thinking.string("thinkingLevel");
  const effort = level === null ? null : (LEVELS.get(level.toUpperCase()) ?? null);
  if (level !== null && effort === null && level !== "THINKING_LEVEL_UNSPECIFIED") {
    thinking.refuse("thinkingLevel", "The level is MINIMAL, LOW, MEDIUM or HIGH.");
  }
  // -1: as the model likes.
  const budget = thinking.count("thinkingBudget", -1);
  return { effort, budget: budget === -1 ? null : budget, visible: thinking.boolean("includeThoughts") };
}
