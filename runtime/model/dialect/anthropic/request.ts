/** Reads a request as Anthropic's clients write it (Messages API): the body, its turns and their blocks. Nothing that changes the answer's meaning is left out in silence. */

import type { ClientPath, Refusal } from "../dialect.ts";
import { Fields, isObject, isTooDeep } from "../fields.ts";
import type { Json, JsonObject, ModelRequest, OutputFormat, Turn } from "../../canonical/request.ts";
import type { Reasoning, TextPart, Tool, ToolChoice } from "../../canonical/request.ts";
import { cacheMarker, readBlocks } from "./blocks.ts";

const KNOWN: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "system",
  "max_tokens",
  "stop_sequences",
  "stream",
  "temperature",
  "top_p",
  "top_k",
  "tools",
  "tool_choice",
  "thinking",
  "metadata",
  "output_config",
]);

const EFFORTS = new Map<string, NonNullable<Reasoning["effort"]>>([
  ["low", "low"],
  ["medium", "medium"],
  ["high", "high"],
  ["xhigh", "xhigh"],
  ["max", "max"],
]);

/** `counting`: the request only asks how many tokens it holds, so it names no cap. */
export function readRequest(body: Json, path: ClientPath, counting = false): ModelRequest | readonly Refusal[] {
  const refusals: Refusal[] = [];
  if (!isObject(body)) return [{ path: "", message: "The body has to be a JSON object." }];
  if (isTooDeep(body)) return [{ path: "", message: "The body is nested too deeply." }];
  const fields = new Fields(body, "", refusals);
  const extra: { [name: string]: Json } = { ...fields.others(KNOWN) };
  const essential: string[] = [];
  // A conversation that Anthropic holds, of which the request is only the newest part.
  if (fields.value("thread") !== null) essential.push("thread");

  const system = readSystem(fields);
  const turns: Turn[] = [];
  const seenCalls = new Map<string, string>();
  if (fields.list("messages") === null) fields.refuse("messages", "A list of messages has to be here.");
  for (const message of fields.objects("messages")) {
    const role = message.required("role");
    if (role === "user" || role === "assistant") {
      turns.push({ role, parts: readBlocks(message, "content", role, seenCalls) });
    } else if (role === "system") {
      // Newer models take instructions between turns; the form in the middle has one place for them.
      for (const part of readBlocks(message, "content", "user", seenCalls)) if (part.type === "text") system.push(part);
    } else if (role !== "") message.refuse("role", 'The role is "user", "assistant" or "system".');
  }

  const tools: Tool[] = [];
  const nativeTools: JsonObject[] = [];
  for (const tool of fields.objects("tools")) {
    const type = tool.string("type");
    if (type !== null && type !== "custom") {
      nativeTools.push(tool.object);
      continue;
    }
    const schema = tool.json("input_schema");
    if (schema === null) tool.refuse("input_schema", "A JSON Schema of an object has to be here.");
    tools.push({
      name: tool.required("name"),
      description: tool.string("description"),
      parameters: schema ?? {},
      strict: tool.boolean("strict"),
      ...cacheMarker(tool),
    });
  }
  if (nativeTools.length > 0) {
    extra.tools = nativeTools;
    essential.push("tools");
  }

  const choice = fields.fields("tool_choice");
  const parallel = choice?.boolean("disable_parallel_tool_use") ?? null;
  const maxOutput = fields.count("max_tokens", 0);
  if (maxOutput === null && !counting && fields.value("max_tokens") === null) {
    fields.refuse("max_tokens", "The most output tokens have to be told, such as 4096.");
  }
  const output = fields.fields("output_config");
  const outputRest = output?.others(new Set(["effort", "format"]));
  if (outputRest !== undefined && Object.keys(outputRest).length > 0) extra.output_config = outputRest;
  const metadata = fields.fields("metadata");
  const metadataRest = metadata?.others(new Set(["user_id"]));
  if (metadataRest !== undefined && Object.keys(metadataRest).length > 0) extra.metadata = metadataRest;
  const reasoning = readReasoning(fields.fields("thinking"), output, extra);
  const stream = fields.boolean("stream") ?? path.stream ?? false;
  const request: ModelRequest = {
    model: path.model ?? fields.required("model"),
    system,
    turns,
    tools,
    toolChoice: choice === null ? null : readToolChoice(choice),
    parallelTools: parallel === null ? null : !parallel,
    maxOutput,
    temperature: fields.number("temperature", 0, 1),
    topP: fields.number("top_p", 0, 1),
    topK: fields.count("top_k", 0),
    stop: fields.strings("stop_sequences"),
    seed: null,
    frequencyPenalty: null,
    presencePenalty: null,
    count: 1,
    format: readFormat(output?.fields("format") ?? null),
    reasoning,
    stream,
    // Anthropic's streams always tell.
    streamUsage: stream,
    user: metadata?.string("user_id") ?? null,
    extras: { dialect: "anthropic", fields: extra, ...(essential.length > 0 ? { essential } : {}) },
  };
  return refusals.length > 0 ? refusals : request;
}

function readSystem(fields: Fields): TextPart[] {
  const value = fields.value("system");
  if (value === null) return [];
  if (typeof value === "string") return value === "" ? [] : [{ type: "text", text: value }];
  const parts: TextPart[] = [];
  for (const block of fields.objects("system")) {
    const type = block.string("type");
    if (type !== "text") block.refuse("type", 'Instructions are blocks of type "text".');
    parts.push({ type: "text", text: block.required("text"), ...cacheMarker(block) });
  }
  return parts;
}

function readToolChoice(choice: Fields): ToolChoice | null {
  const type = choice.required("type");
  if (type === "auto" || type === "none" || type === "any") return { kind: type };
  if (type === "tool") return { kind: "tool", name: choice.required("name") };
  if (type !== "") choice.refuse("type", 'The choice is "auto", "any", "tool" or "none".');
  return null;
}

function readFormat(format: Fields | null): OutputFormat {
  if (format === null) return { kind: "text" };
  const schema = format.json("schema");
  if (format.string("type") !== "json_schema" || schema === null) {
    format.refuse("", 'The format is { "type": "json_schema", "schema": … }.');
    return { kind: "text" };
  }
  return { kind: "schema", name: "answer", description: null, schema, strict: true };
}

function readReasoning(
  thinking: Fields | null,
  output: Fields | null,
  extra: { [name: string]: Json },
): Reasoning | null {
  const word = output?.string("effort") ?? null;
  const effort = word === null ? null : (EFFORTS.get(word) ?? null);
  if (word !== null && effort === null) output?.refuse("effort", "The effort is low, medium, high, xhigh or max.");
  if (thinking === null) {
    if (effort === null) return null;
    // An effort alone does not make Claude think; towards Anthropic it has to stay alone.
    extra.thinking = null;
    return { effort, budget: null, visible: null };
  }
  const kind = thinking.required("type");
  const display = thinking.string("display");
  const visible = display === null ? null : display !== "omitted";
  if (kind === "disabled") return { effort, budget: 0, visible };
  if (kind === "adaptive") return { effort, budget: null, visible };
  if (kind === "enabled") {
    const budget = thinking.count("budget_tokens", 1024);
    if (thinking.value("budget_tokens") === null) {
      thinking.refuse("budget_tokens", "A number of tokens from 1024 on has to be here.");
    }
    return { effort, budget, visible };
  }
  // What Anthropic invents next is for Anthropic to judge.
  extra.thinking = thinking.object;
  return effort === null ? null : { effort, budget: null, visible };
}
