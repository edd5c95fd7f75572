/** Writes a request for Bedrock's Converse: the body, and the path that says model and stream. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
import type { JsonObject, ModelRequest, Tool } from "../../canonical/request.ts";
import { basePath } from "../base-path.ts";
import type { ProviderRequest, ProviderTarget, Refusal } from "../dialect.ts";
import { foreignFields } from "../foreign.ts";
import { listText, objectText, valueText } from "../json-text.ts";
import { type ToolNames, toolNames } from "../tool-names.ts";
import { writeModelFields } from "./model-fields.ts";
import { cachePoint, TurnWriter } from "./turns.ts";

export const TOOL_NAME = /^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/;

/** The tool by which the model is made to answer with a JSON object where no schema is given: Converse has no other way to say that. */
export const JSON_TOOL = "answer_with_json";

export function writeRequest(request: ModelRequest, target: ProviderTarget): ProviderRequest | readonly Refusal[] {
  const refusals = foreignFields(request, "bedrock");
  const names = toolNames(request, TOOL_NAME);
  // Converse has no word for "no tool": a model that is told of none calls none.
  const forbidden = request.toolChoice?.kind === "none";
  const turns = new TurnWriter(request, names.there, refusals, forbidden).write();
  const fields = writeModelFields(request, target, refusals);
  check(request, refusals);
  if (refusals.length > 0) return refusals;
  const body = objectText(
    ["system", turns.system.length === 0 ? null : listText(turns.system)],
    ["messages", listText(turns.messages)],
    ["inferenceConfig", writeInference(request)],
    ["toolConfig", forbidden ? null : writeTools(request, names)],
    ["outputConfig", writeOutput(request)],
    ["additionalModelRequestFields", fields],
  );
  const operation = request.stream ? "converse-stream" : "converse";
  return {
    method: "POST",
    target: `${basePath(target.base)}/model/${encodeURIComponent(target.model)}/${operation}`,
    headers: [
      "content-type",
      "application/json",
      "accept",
      request.stream ? "application/vnd.amazon.eventstream" : "application/json",
    ],
    body,
  };
}

function check(request: ModelRequest, refusals: Refusal[]): void {
  const refuse = (path: string, message: string) => refusals.push({ path, message });
  if (request.count > 1) refuse("n", "Bedrock's models give one answer. Ask once for each, or set n to 1.");
  if ((request.temperature ?? 0) > 1) refuse("temperature", "Bedrock's models take a temperature from 0 to 1.");
  if ((request.frequencyPenalty ?? 0) !== 0) refuse("frequency_penalty", "Bedrock's Converse knows no such penalty.");
  if ((request.presencePenalty ?? 0) !== 0) refuse("presence_penalty", "Bedrock's Converse knows no such penalty.");
  if (request.tools.length > 0 && request.parallelTools === false) {
    refuse("parallel_tool_calls", "Bedrock's Converse cannot hold a model to one tool at a time.");
  }
  if (request.format.kind === "json") {
    const { reasoning } = request;
    const thinks = reasoning !== null && reasoning.budget !== 0 && reasoning.effort !== "none";
    if (request.tools.length > 0 || thinks || hasToolBlocks(request)) {
      refuse(
        "response_format",
        "Bedrock's models cannot be held to a JSON object without a schema while they think or have tools. Give a JSON Schema.",
      );
    }
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

function writeTools(request: ModelRequest, names: ToolNames): string | null {
  if (request.format.kind === "json") return JSON_TOOL_CONFIG;
  const offered = request.tools.length > 0 || !hasToolBlocks(request) ? request.tools : toolsOfHistory(request);
  if (offered.length === 0) return null;
  const tools: string[] = [];
  for (const tool of offered) {
    tools.push(writeTool(tool, names));
    if (tool.cache !== undefined) tools.push(cachePoint(tool.cache));
  }
  const choice = request.toolChoice;
  const named = choice?.kind === "tool" ? { tool: { name: names.there(choice.name) } } : null;
  const word = choice === null || request.tools.length === 0 ? null : (named ?? { [choice.kind]: {} });
  return objectText(["tools", listText(tools)], ["toolChoice", valueText(word)]);
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

const JSON_TOOL_CONFIG = JSON.stringify({
  tools: [
    {
      toolSpec: {
        name: JSON_TOOL,
        description: "Gives the answer, as one JSON object.",
        inputSchema: { json: { type: "object", additionalProperties: true } },
      },
    },
  ],
  toolChoice: { tool: { name: JSON_TOOL } },
});

function writeOutput({ format }: ModelRequest): string | null {
  if (format.kind !== "schema") return null;
  const jsonSchema = {
    schema: JSON.stringify(format.schema),
    name: format.name,
    ...(format.description === null ? {} : { description: format.description }),
  };
  return JSON.stringify({ textFormat: { type: "json_schema", structure: { jsonSchema } } });
}
