/** Writes a request for a provider: OpenAI, or a server that follows it; "azure" differs by its path alone. */
import type { Json, JsonObject, ModelRequest, Tool } from "../../canonical/request.ts";
import { openState } from "../../canonical/signature.ts";
import type { ProviderRequest, ProviderTarget, Refusal } from "../dialect.ts";
import { isObject } from "../fields.ts";
import { foreignFields } from "../foreign.ts";
import { effortOf } from "../openai-common/effort.ts";
import { requestHeaders, requestTarget } from "../openai-common/target.ts";
import { toolNames } from "../tool-names.ts";
import { ItemWriter } from "./provider-items.ts";

/** What OpenAI takes as a tool's name. */
export const TOOL_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** Fields whose answer the form in the middle does not hold: they are served only where the bytes pass through. */
const NOT_CARRIED: ReadonlySet<string> = new Set(["background", "top_logprobs", "tools", "tool_choice"]);

const ENCRYPTED = "reasoning.encrypted_content";

export function writeRequest(request: ModelRequest, target: ProviderTarget): ProviderRequest | readonly Refusal[] {
  const refusals = foreignFields(request, "openai-responses");
  const names = toolNames(request, TOOL_NAME);
  const own = request.extras.dialect === "openai-responses" ? request.extras : null;
  const body: { [name: string]: Json } = { model: target.model };
  if (request.system.length === 1) body.instructions = request.system[0]?.text ?? "";
  body.input = new ItemWriter(request, names, refusals).write();
  if (request.tools.length > 0) {
    body.tools = request.tools.map((tool) => writeTool(tool, names.there(tool.name), own !== null));
    const choice = request.toolChoice;
    if (choice?.kind === "tool") body.tool_choice = { type: "function", name: names.there(choice.name) };
    else if (choice !== null) body.tool_choice = choice.kind === "any" ? "required" : choice.kind;
    if (request.parallelTools !== null) body.parallel_tool_calls = request.parallelTools;
  }
  if (request.maxOutput !== null) body.max_output_tokens = request.maxOutput;
  if (request.temperature !== null) body.temperature = request.temperature;
  if (request.topP !== null) body.top_p = request.topP;
  if (request.stop.length > 0) refusals.push({ path: "stop", message: "This provider cannot be given stop strings." });
  if (request.count !== 1) {
    refusals.push({ path: "n", message: "This provider cannot be asked for several answers to one request." });
  }
  writeReasoning(request, body);
  if (request.user !== null) body.user = request.user;
  if (request.stream) body.stream = true;
  for (const name of own?.essential ?? []) {
    if (!NOT_CARRIED.has(name)) continue;
    refusals.push({ path: name, message: "This is served only by a provider that takes the request as it came." });
  }
  for (const [name, value] of Object.entries(own?.fields ?? {})) {
    if (name !== "text" && !Object.hasOwn(body, name)) body[name] = value;
  }
  writeText(request, own?.fields.text, body);
  if (own === null) keepNothing(request, body);
  if (refusals.length > 0) return refusals;
  return {
    method: "POST",
    target: requestTarget(target, "responses", false),
    headers: requestHeaders(request.stream),
    body: JSON.stringify(body),
  };
}

function writeTool(tool: Tool, name: string, own: boolean): JsonObject {
  const written: { [name: string]: Json } = { type: "function", name };
  if (tool.description !== null) written.description = tool.description;
  written.parameters = tool.parameters;
  // Strict is the default here and nowhere else; it would refuse schemas that other dialects take.
  if (tool.strict !== null || !own) written.strict = tool.strict ?? false;
  return written;
}

function writeReasoning({ reasoning }: ModelRequest, body: { [name: string]: Json }): void {
  if (reasoning === null) return;
  const written: { [name: string]: Json } = {};
  const effort = effortOf(reasoning);
  if (effort !== null) written.effort = effort === "max" ? "xhigh" : effort;
  if (reasoning.visible === true) written.summary = "auto";
  if (Object.keys(written).length > 0) body.reasoning = written;
}

function writeText({ format }: ModelRequest, own: Json | undefined, body: { [name: string]: Json }): void {
  const text: { [name: string]: Json } = isObject(own) ? { ...own } : {};
  if (format.kind === "json") text.format = { type: "json_object" };
  if (format.kind === "schema") {
    const schema: { [name: string]: Json } = { type: "json_schema", name: format.name, schema: format.schema };
    if (format.description !== null) schema.description = format.description;
    if (format.strict !== null) schema.strict = format.strict;
    text.format = schema;
  }
  if (Object.keys(text).length > 0) body.text = text;
}

/**
 * Clients of other dialects send the whole conversation each time, so nothing has to lie with the provider, and thoughts come back only in encrypted
 * form. They are not asked for of models that do not think, which refuse the question.
 */
function keepNothing(request: ModelRequest, body: { [name: string]: Json }): void {
  body.store = false;
  const { reasoning, turns, extras } = request;
  const asked = reasoning !== null && effortOf(reasoning) !== "none";
  const thought = turns.some(({ parts }) =>
    parts.some(
      (part) =>
        part.type === "reasoning" &&
        part.signature !== null &&
        openState("openai-responses", part.signature, extras.dialect) !== null,
    ),
  );
  if (asked || thought) body.include = [ENCRYPTED];
}
