/** Writes a request for Gemini's generateContent, at Google AI or (variant "vertex") at Vertex AI. */

import { isEmpty, writtenText } from "../../canonical/sizes.ts";
import type { Json, JsonObject, ModelRequest, Tool } from "../../canonical/request.ts";
import { basePath, vertexPath } from "../base-path.ts";
import type { ProviderRequest, ProviderTarget, Refusal } from "../dialect.ts";
import { isList, isObject } from "../fields.ts";
import { foreignFields } from "../foreign.ts";
import { listText, objectText, valueText } from "../json-text.ts";
import { toolNames } from "../tool-names.ts";
import { isOld, writeContents } from "./contents-writer.ts";

/** https://ai.google.dev/api/caching#FunctionDeclaration */
export const TOOL_NAME = /^[a-zA-Z_][a-zA-Z0-9_.-]{0,63}$/;

const MOST_STOPS = 5;

/** Of each effort, for models that take a budget (Gemini 2.5): as Google's own OpenAI endpoint has it. */
const BUDGETS = { minimal: 1024, low: 1024, medium: 8192, high: 24_576, xhigh: 24_576, max: 24_576 } as const;
const LEVELS = { minimal: "MINIMAL", low: "LOW", medium: "MEDIUM", high: "HIGH", xhigh: "HIGH", max: "HIGH" } as const;

export function writeRequest(request: ModelRequest, target: ProviderTarget): ProviderRequest | readonly Refusal[] {
  const refusals: Refusal[] = foreignFields(request, "gemini");
  const own = request.extras.dialect === "gemini" ? request.extras.fields : {};
  const names = toolNames(request, TOOL_NAME);
  const contents = writeContents(request, target, names.there, refusals);
  check(request, refusals);
  const settings = writeSettings(request, target, own.generationConfig, refusals);
  if (refusals.length > 0) return refusals;

  const tools: string[] = [];
  if (request.tools.length > 0) {
    const declared = request.tools.map((tool) => writeTool(tool, names.there));
    tools.push(objectText(["functionDeclarations", listText(declared)]));
  }
  if (isList(own.tools)) for (const tool of own.tools) tools.push(JSON.stringify(tool));
  const system = request.system
    .filter((part) => !isEmpty(part))
    .map((part) => objectText(["text", JSON.stringify(writtenText(part))]));
  const body = objectText(
    ["systemInstruction", system.length === 0 ? null : objectText(["parts", listText(system)])],
    ["contents", listText(contents)],
    ["tools", tools.length === 0 ? null : listText(tools)],
    ["toolConfig", writeToolConfig(request, names.there, own.toolConfig)],
    ["generationConfig", settings],
    ...Object.entries(own)
      .filter(([name]) => !WRITTEN.has(name))
      .map(([name, value]): [string, string] => [name, JSON.stringify(value)]),
  );
  const headers = ["content-type", "application/json"];
  return { method: "POST", target: requestTarget(request.stream, target), headers, body };
}

const WRITTEN: ReadonlySet<string> = new Set(["tools", "toolConfig", "generationConfig"]);

export function requestTarget(stream: boolean, { variant, base, settings, model }: ProviderTarget): string {
  const path =
    variant === "vertex"
      ? vertexPath(base, settings, "google", model)
      : `${basePath(base)}/models/${encodeURIComponent(model)}`;
  return path + (stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
}

/** What cannot be said, and would change the answer if it were left out. */
function check(request: ModelRequest, refusals: Refusal[]): void {
  if (request.count > 1) {
    refusals.push({ path: "n", message: "This gateway asks Gemini for one answer. Ask once for each, or set n to 1." });
  }
  if (request.stop.length > MOST_STOPS) {
    refusals.push({ path: "stop", message: `Gemini takes at most ${MOST_STOPS} stop strings.` });
  }
}

function writeTool(tool: Tool, name: (name: string) => string): string {
  const empty = Object.keys(tool.parameters).length === 0;
  return objectText(
    ["name", JSON.stringify(name(tool.name))],
    ["description", valueText(tool.description)],
    ["parametersJsonSchema", empty ? null : JSON.stringify(tool.parameters)],
  );
}

function writeToolConfig(
  request: ModelRequest,
  name: (name: string) => string,
  native: Json | undefined,
): string | null {
  const rest: JsonObject = isObject(native) ? native : {};
  const choice = request.toolChoice;
  const pairs: [string, string][] = Object.entries(rest).map(([key, value]) => [key, JSON.stringify(value)]);
  if (choice !== null && request.tools.length > 0) {
    const mode = choice.kind === "none" ? "NONE" : choice.kind === "auto" ? "AUTO" : "ANY";
    const allowed = choice.kind === "tool" ? JSON.stringify([name(choice.name)]) : null;
    pairs.push(["functionCallingConfig", objectText(["mode", `"${mode}"`], ["allowedFunctionNames", allowed])]);
  }
  return pairs.length === 0 ? null : objectText(...pairs);
}

function writeSettings(
  request: ModelRequest,
  target: ProviderTarget,
  native: Json | undefined,
  refusals: Refusal[],
): string | null {
  const { format } = request;
  const most = target.settings.max_output;
  const cap = request.maxOutput ?? (most !== undefined && /^[0-9]{1,9}$/.test(most) ? Number(most) : null);
  const pairs: [string, string | null][] = [
    ["maxOutputTokens", valueText(cap)],
    ["temperature", valueText(request.temperature)],
    ["topP", valueText(request.topP)],
    ["topK", valueText(request.topK)],
    ["stopSequences", request.stop.length === 0 ? null : JSON.stringify(request.stop)],
    ["seed", valueText(request.seed)],
    ["frequencyPenalty", valueText(request.frequencyPenalty)],
    ["presencePenalty", valueText(request.presencePenalty)],
    ["responseMimeType", format.kind === "text" ? null : '"application/json"'],
    ["responseJsonSchema", format.kind === "schema" ? JSON.stringify(format.schema) : null],
    ["thinkingConfig", writeThinking(request, target, refusals)],
  ];
  for (const [name, value] of Object.entries(isObject(native) ? native : {})) pairs.push([name, JSON.stringify(value)]);
  return pairs.every(([, value]) => value === null) ? null : objectText(...pairs);
}

/** `settings.thinking`: "budget" or "level"; absent: by the model's name, since Gemini 2.5 takes a budget and those after it a level. */
function writeThinking(request: ModelRequest, target: ProviderTarget, refusals: Refusal[]): string | null {
  const { reasoning } = request;
  if (reasoning === null) return null;
  const byBudget = (target.settings.thinking ?? (isOld(target.model) ? "budget" : "level")) === "budget";
  const { effort, visible } = reasoning;
  let { budget } = reasoning;
  let level: string | null = null;
  // Gemini takes one of both; the budget is the more exact.
  if (budget === null && effort !== null) {
    if (effort === "none") {
      if (byBudget) budget = 0;
      else {
        refusals.push({
          path: "reasoning_effort",
          message: "Gemini 3 and later cannot be kept from thinking. The least is the effort minimal.",
        });
      }
    } else if (byBudget) budget = BUDGETS[effort];
    else level = LEVELS[effort];
  }
  if (budget === null && level === null && visible === null) {
    // The client asks for thinking and leaves open how much.
    return byBudget ? '{"thinkingBudget":-1}' : null;
  }
  return objectText(
    ["includeThoughts", visible === null ? null : String(visible)],
    ["thinkingBudget", valueText(budget)],
    ["thinkingLevel", level === null ? null : `"${level}"`],
  );
}
