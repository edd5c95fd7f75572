/** Writes a request for a provider, as its variant takes it. */
import type { Json, JsonObject, ModelRequest, Tool } from "../../canonical/request.ts";
import type { ProviderRequest, ProviderTarget, Refusal } from "../dialect.ts";
import { isObject } from "../fields.ts";
import { foreignFields } from "../foreign.ts";
import { writeCacheMarker } from "../openai-common/cache.ts";
import { effortOf } from "../openai-common/effort.ts";
import { requestHeaders, requestTarget } from "../openai-common/target.ts";
import { toolNames } from "../tool-names.ts";
import { MessageWriter } from "./provider-messages.ts";
import { type Variant, variantOf } from "./variants.ts";

/** What OpenAI takes as a tool's name. */
export const TOOL_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** Fields whose answer the form in the middle does not hold: they are served only where the bytes pass through. */
const NOT_CARRIED: ReadonlySet<string> = new Set([
  "functions",
  "function_call",
  "logprobs",
  "top_logprobs",
  "modalities",
  "audio",
  "tools",
]);

export function writeRequest(request: ModelRequest, target: ProviderTarget): ProviderRequest | readonly Refusal[] {
  const variant = variantOf(target.variant);
  const refusals = foreignFields(request, "openai-chat");
  const names = toolNames(request, TOOL_NAME);
  const body: { [name: string]: Json } = { model: target.model };
  const messages = new MessageWriter(request, variant, names, refusals).write();
  body.messages = messages;
  if (request.prefill === true) writePrefill(messages, variant, body);
  if (request.tools.length > 0) {
    body.tools = request.tools.map((tool) => writeTool(tool, names.there(tool.name), variant));
    const choice = request.toolChoice;
    if (choice?.kind === "tool") {
      body.tool_choice = { type: "function", function: { name: names.there(choice.name) } };
    } else if (choice !== null) body.tool_choice = choice.kind === "any" ? variant.anyTool : choice.kind;
    if (request.parallelTools !== null && variant.parallelTools) body.parallel_tool_calls = request.parallelTools;
    else if (request.parallelTools === false) refuse(refusals, "parallel_tool_calls", "one tool at a time");
  }
  if (request.maxOutput !== null) body[variant.maxTokens] = request.maxOutput;
  if (request.temperature !== null) body.temperature = request.temperature;
  if (request.topP !== null) body.top_p = request.topP;
  if (request.topK !== null && variant.topK) body.top_k = request.topK;
  if (request.stop.length > 0) body.stop = request.stop;
  if (request.seed !== null && variant.seed !== null) body[variant.seed] = request.seed;
  if (request.frequencyPenalty !== null) body.frequency_penalty = request.frequencyPenalty;
  if (request.presencePenalty !== null) body.presence_penalty = request.presencePenalty;
  if (request.count !== 1) refuse(refusals, "n", "several answers to one request");
  writeFormat(request, variant, body, refusals);
  writeReasoning(request, variant, body);
  if (request.stream) {
    body.stream = true;
    if (variant.asksForUsage) body.stream_options = { include_usage: true };
  }
  if (request.user !== null && variant.user) body.user = request.user;
  writeExtras(request, variant, body, refusals);
  if (refusals.length > 0) return refusals;
  return {
    method: "POST",
    target: requestTarget(target, "chat/completions", true),
    headers: requestHeaders(request.stream),
    body: JSON.stringify(body),
  };
}

/** The answer goes on behind the last message. */
function writePrefill(messages: Json[], variant: Variant, body: { [name: string]: Json }): void {
  if (variant.prefill === "continue") {
    body.continue_final_message = true;
    body.add_generation_prompt = false;
  }
  const last = messages.at(-1);
  if (variant.prefill === "prefix" && isObject(last)) messages[messages.length - 1] = { ...last, prefix: true };
}

function refuse(refusals: Refusal[], path: string, what: string): void {
  refusals.push({ path, message: `This provider cannot be asked for ${what}.` });
}

function writeTool(tool: Tool, name: string, variant: Variant): JsonObject {
  const called: { [name: string]: Json } = { name };
  if (tool.description !== null) called.description = tool.description;
  called.parameters = tool.parameters;
  if (tool.strict !== null) called.strict = tool.strict;
  return { type: "function", function: called, ...(variant.cacheMarkers ? writeCacheMarker(tool.cache) : {}) };
}

function writeFormat(
  { format }: ModelRequest,
  variant: Variant,
  body: { [name: string]: Json },
  refusals: Refusal[],
): void {
  if (format.kind === "json") body.response_format = { type: "json_object" };
  if (format.kind !== "schema") return;
  if (!variant.jsonSchema) {
    refuse(refusals, "response_format", "JSON of a schema, only for JSON");
    return;
  }
  const schema: { [name: string]: Json } = { name: format.name, schema: format.schema };
  if (format.description !== null) schema.description = format.description;
  if (format.strict !== null) schema.strict = format.strict;
  body.response_format = { type: "json_schema", json_schema: schema };
}

function writeReasoning({ reasoning }: ModelRequest, variant: Variant, body: { [name: string]: Json }): void {
  if (reasoning === null) return;
  const effort = effortOf(reasoning);
  if (variant.reasoning === "object") {
    const written: { [name: string]: Json } = {};
    // OpenRouter takes one of both.
    if (reasoning.budget !== null && reasoning.budget > 0) written.max_tokens = reasoning.budget;
    else if (effort !== null) written.effort = variant.efforts[effort];
    if (reasoning.visible !== null) written.exclude = !reasoning.visible;
    body.reasoning = written;
    return;
  }
  if (effort === null) return;
  if (variant.reasoning === "effort") {
    body.reasoning_effort = variant.efforts[effort];
    return;
  }
  body.thinking = { type: effort === "none" ? "disabled" : "enabled" };
  if (effort !== "none") body.reasoning_effort = variant.efforts[effort];
}

function writeExtras(
  { extras }: ModelRequest,
  variant: Variant,
  body: { [name: string]: Json },
  refusals: Refusal[],
): void {
  if (extras.dialect !== "openai-chat") return;
  for (const name of extras.essential ?? []) {
    if (NOT_CARRIED.has(name)) {
      refusals.push({ path: name, message: "This is served only by a provider that takes the request as it came." });
    } else if (variant.extras?.has(name) === false) {
      refusals.push({ path: name, message: "This provider does not know this field." });
    }
  }
  for (const [name, value] of Object.entries(extras.fields)) {
    if (NOT_CARRIED.has(name) || Object.hasOwn(body, name)) continue;
    if (variant.extras === null || variant.extras.has(name)) body[name] = value;
  }
}
