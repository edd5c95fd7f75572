/** Writes a request for Bedrock's Converse: the body, and the path that says model and stream. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
import type { JsonObject, ModelRequest, Tool } from "../../canonical/request.ts";
import { basePath } from "../base-path.ts";
import type { ProviderRequest, ProviderTarget, Refusal } from "../dialect.ts";
import { foreignFields } from "../foreign.ts";
import { listText, objectText, valueText } from "../json-text.ts";
import { type ToolNames, toolNames } from "../tool-names.ts";
import type { Abilities } from "./abilities.ts";
import { abilitiesOf } from "./family.ts";
import { writeModelFields } from "./model-fields.ts";
import { cachePoint, TurnWriter } from "./turns.ts";

export const TOOL_NAME = /^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/;

/** The tool by which the model is made to answer with a JSON object where no schema is given, or with one of a schema where the model cannot be held to it: Converse has no other way to say that. */
export const JSON_TOOL = "answer_with_json";

export function writeRequest(request: ModelRequest, target: ProviderTarget): ProviderRequest | readonly Refusal[] {
  const refusals = foreignFields(request, "bedrock");
  const names = toolNames(request, TOOL_NAME);
  const abilities = abilitiesOf(target);
  // Converse has no word for "no tool": a model that is told of none calls none.
  const forbidden = request.toolChoice?.kind === "none" || abilities.tools === "none";
  const turns = new TurnWriter(request, names.there, abilities, refusals, forbidden).write();
  const fields = writeModelFields(request, target, abilities, refusals);
  check(request, abilities, refusals);
  if (refusals.length > 0) return refusals;
  const toolConfig = forbidden ? null : writeTools(request, names, abilities);
  // What a model cannot do in a stream is asked for whole; whoever reads it takes a whole answer for a stream.
  const stream = request.stream && (toolConfig === null || abilities.tools === "streamed");
  const body = objectText(
    ["system", turns.system.length === 0 ? null : listText(turns.system)],
    ["messages", listText(turns.messages)],
    ["inferenceConfig", writeInference(request)],
    ["toolConfig", toolConfig],
    ["outputConfig", abilities.schema === "format" ? writeOutput(request) : null],
    ["additionalModelRequestFields", fields],
  );
  const operation = stream ? "converse-stream" : "converse";
  return {
    method: "POST",
    target: `${basePath(target.base)}/model/${encodeURIComponent(target.model)}/${operation}`,
    headers: [
      "content-type",
      "application/json",
      "accept",
      stream ? "application/vnd.amazon.eventstream" : "application/json",
    ],
    body,
  };
}

/** Whether the tool that stands for an answer in JSON is the only one. */
function answersByTool({ format }: ModelRequest, { schema }: Abilities): boolean {
  return format.kind === "json" || (format.kind === "schema" && schema === "tool");
}

function check(request: ModelRequest, abilities: Abilities, refusals: Refusal[]): void {
  const refuse = (path: string, message: string) => refusals.push({ path, message });
  if (request.count > 1) refuse("n", "Bedrock's models give one answer. Ask once for each, or set n to 1.");
  if ((request.temperature ?? 0) > 1) refuse("temperature", "Bedrock's models take a temperature from 0 to 1.");
  if ((request.frequencyPenalty ?? 0) !== 0) refuse("frequency_penalty", "Bedrock's Converse knows no such penalty.");
  if ((request.presencePenalty ?? 0) !== 0) refuse("presence_penalty", "Bedrock's Converse knows no such penalty.");
  checkTools(request, abilities, refuse);
  if (request.format.kind === "schema" && abilities.schema === null) {
    refuse("response_format", "This model of Bedrock's cannot be held to a JSON Schema.");
  } else if (request.format.kind === "json" && (abilities.tools === "none" || abilities.choices === "auto")) {
    refuse("response_format", "This model of Bedrock's cannot be made to answer with JSON.");
  } else if (answersByTool(request, abilities)) {
    const { reasoning } = request;
    const thinks = reasoning !== null && reasoning.budget !== 0 && reasoning.effort !== "none";
    if (request.tools.length > 0 || thinks || hasToolBlocks(request)) {
      refuse(
        "response_format",
        "This model of Bedrock's cannot be made to answer with JSON of this kind while it thinks or has tools. Leave these out, or give a JSON Schema to a model that takes one.",
      );
    }
  }
}

function checkTools(
  { tools, toolChoice, parallelTools }: ModelRequest,
  abilities: Abilities,
  refuse: (path: string, message: string) => void,
): void {
  if (tools.length === 0) return;
  const none = toolChoice?.kind === "none";
  if (abilities.tools === "none") {
    if (!none) refuse("tools", "This model of Bedrock's takes no tools.");
    return;
  }
  if (parallelTools === false) {
    refuse("parallel_tool_calls", "Bedrock's Converse cannot hold a model to one tool at a time.");
  }
  if (!none && abilities.choices === "auto" && toolChoice !== null && toolChoice.kind !== "auto") {
    refuse("tool_choice", "This model of Bedrock's decides itself whether it calls a tool. Leave it out, or auto.");
  }
}

function writeInference(request: ModelRequest): string | null {
  const text = objectText(
    ["maxTokens", valueText(request.maxOutput)],
    ["stopSequences", request.stop.length === 0 ? null : JSON.stringify(request.stop)],
    ["temperature", valueText(request.temperature)],
    ["topP", valueText(request.topP)],
  );
  return text === "{}" ? null : text;
}

function hasToolBlocks({ turns }: ModelRequest): boolean {
  return turns.some(({ parts }) => parts.some(({ type }) => type === "tool-call" || type === "tool-result"));
}

/** Tools that the history tells of have to be there, even where the client offers none any more. */
function toolsOfHistory(request: ModelRequest): readonly Tool[] {
  const names = new Set<string>();
  for (const { parts } of request.turns) {
    for (const part of parts) if (part.type === "tool-call") names.add(part.name);
  }
  if (names.size === 0) names.add("no_tool");
  return [...names].map((name) => ({
    name,
    description: "Not to be called any more.",
    parameters: { type: "object" },
    strict: null,
  }));
}

function writeTools(request: ModelRequest, names: ToolNames, { cache, choices, schema }: Abilities): string | null {
  const { format, toolChoice: choice } = request;
  if (format.kind === "json") return jsonTool({ type: "object", additionalProperties: true }, choices);
  if (format.kind === "schema" && schema === "tool") return jsonTool(format.schema, choices);
  const alone = choice?.kind === "tool" && choices === "any";
  const own = alone ? request.tools.filter(({ name }) => name === choice.name) : request.tools;
  const offered = own.length > 0 || !hasToolBlocks(request) ? own : toolsOfHistory(request);
  if (offered.length === 0) return null;
  const tools: string[] = [];
  for (const tool of offered) {
    tools.push(writeTool(tool, names));
    if (tool.cache !== undefined && cache === "all") tools.push(cachePoint(tool.cache));
  }
  const named = choice?.kind === "tool" && !alone ? { tool: { name: names.there(choice.name) } } : null;
  const kind = alone ? "any" : choice?.kind;
  // To leave it to the model is what all of them do unasked.
  const left = kind === undefined || own.length === 0 || (kind === "auto" && choices === "auto");
  return objectText(["tools", listText(tools)], ["toolChoice", left ? null : valueText(named ?? { [kind]: {} })]);
}

function writeTool(tool: Tool, names: ToolNames): string {
  const schema: JsonObject =
    tool.parameters.type === undefined ? { type: "object", ...tool.parameters } : tool.parameters;
  const spec = objectText(
    ["name", JSON.stringify(names.there(tool.name))],
    ["description", tool.description === null || tool.description === "" ? null : JSON.stringify(tool.description)],
    ["inputSchema", objectText(["json", JSON.stringify(schema)])],
    ["strict", tool.strict === true ? "true" : null],
  );
  return objectText(["toolSpec", spec]);
}

function jsonTool(schema: JsonObject, choices: Abilities["choices"]): string {
  const spec = {
    name: JSON_TOOL,
    description: "Gives the answer, as one JSON object.",
    inputSchema: { json: { type: "object", ...schema } },
  };
  const toolChoice = choices === "any" ? { any: {} } : { tool: { name: JSON_TOOL } };
  return JSON.stringify({ tools: [{ toolSpec: spec }], toolChoice });
}

function writeOutput({ format }: ModelRequest): string | null {
  if (format.kind !== "schema") return null;
  const jsonSchema = {
    schema: JSON.stringify(format.schema),
    name: format.name,
    ...(format.description === null ? {} : { description: format.description }),
  };
  return JSON.stringify({ textFormat: { type: "json_schema", structure: { jsonSchema } } });
}
