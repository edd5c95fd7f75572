/** Writes a request for Anthropic's Messages API, or for Claude on Vertex AI: the body's fields, and which settings of the target change them. */

import type { Json, ModelRequest, Reasoning, Tool } from "../../canonical/request.ts";
import type { ProviderRequest, ProviderTarget, Refusal } from "../dialect.ts";
import { basePath, vertexPath } from "../base-path.ts";
import { foreignFields } from "../foreign.ts";
import { isList } from "../fields.ts";
import { listText, objectText, valueText } from "../json-text.ts";
import { toolNames } from "../tool-names.ts";
import { cacheControl, writeTurns } from "./turns.ts";

/** https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools */
export const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** The tool by which the model is made to answer with a JSON object where no schema is given: Anthropic has no other way to say that. */
export const JSON_TOOL = "answer_with_json";

const VERSION = "2023-06-01";
const VERTEX_VERSION = "vertex-2023-10-16";
const LEAST_BUDGET = 1024;

export function writeRequest(request: ModelRequest, target: ProviderTarget): ProviderRequest | readonly Refusal[] {
  const refusals: Refusal[] = foreignFields(request, "anthropic");
  const own = request.extras.dialect === "anthropic" ? request.extras.fields : {};
  const names = toolNames(request, TOOL_NAME);
  const turns = writeTurns(request, names.there, refusals);
  const vertex = target.variant === "vertex";
  const maxOutput = request.maxOutput ?? wholeNumber(target.settings.max_output);
  if (maxOutput === null) {
    refusals.push({
      path: "max_tokens",
      message:
        "Anthropic's models have to be told the most output tokens. Name them in the request, or give the model a max_output.",
    });
  }
  check(request, refusals);
  const jsonTool = request.format.kind === "json";
  const thinking = writeThinking(request, target, maxOutput ?? 0, own.thinking, refusals);
  const choice = writeToolChoice(request, names.there);
  const tools = jsonTool ? [JSON_TOOL_TEXT] : request.tools.map((tool) => writeTool(tool, names.there));
  if (isList(own.tools)) for (const tool of own.tools) tools.push(JSON.stringify(tool));
  if (refusals.length > 0) return refusals;

  const body = objectText(
    ["model", vertex ? null : JSON.stringify(target.model)],
    ["anthropic_version", vertex ? JSON.stringify(VERTEX_VERSION) : null],
    ["max_tokens", valueText(maxOutput)],
    ["system", turns.system.length === 0 ? null : listText(turns.system)],
    ["messages", listText(turns.messages)],
    ["tools", tools.length === 0 ? null : listText(tools)],
    ["tool_choice", jsonTool ? JSON.stringify({ type: "tool", name: JSON_TOOL }) : choice],
    ["temperature", valueText(request.temperature)],
    ["top_p", valueText(request.topP)],
    ["top_k", valueText(request.topK)],
    ["stop_sequences", request.stop.length === 0 ? null : JSON.stringify(request.stop)],
    ["thinking", thinking.thinking],
    ["output_config", writeOutput(request, thinking.effort, own.output_config)],
    ["metadata", writeMetadata(request.user, own.metadata)],
    ["stream", request.stream ? "true" : null],
    ...Object.entries(own)
      .filter(([name]) => !WRITTEN.has(name))
      .map(([name, value]): [string, string] => [name, JSON.stringify(value)]),
  );
  return { method: "POST", target: requestTarget(request.stream, target), headers: requestHeaders(target), body };
}

export function requestHeaders({ variant, settings }: ProviderTarget): readonly string[] {
  const headers = ["content-type", "application/json"];
  if (variant !== "vertex") headers.push("anthropic-version", settings.version ?? VERSION);
  if (settings.beta !== undefined) headers.push("anthropic-beta", settings.beta);
  return headers;
}

const WRITTEN: ReadonlySet<string> = new Set(["thinking", "tools", "output_config", "metadata", "anthropic_version"]);

const JSON_TOOL_TEXT = JSON.stringify({
  name: JSON_TOOL,
  description: "Gives the answer, as one JSON object.",
  input_schema: { type: "object", additionalProperties: true },
});

export function requestTarget(stream: boolean, { variant, base, settings, model }: ProviderTarget): string {
  if (variant !== "vertex") {
    // Anthropic's own clients name the server alone; others write the version into the base, as they do for OpenAI.
    const path = basePath(base);
    return path.endsWith("/v1") ? `${path}/messages` : `${path}/v1/messages`;
  }
  return `${vertexPath(base, settings, "anthropic", model)}:${stream ? "streamRawPredict" : "rawPredict"}`;
}

/** What cannot be said, and would change the answer if it were left out. */
function check(request: ModelRequest, refusals: Refusal[]): void {
  const refuse = (path: string, message: string) => refusals.push({ path, message });
  if (request.count > 1) refuse("n", "Anthropic's models give one answer. Ask once for each, or set n to 1.");
  if (request.temperature !== null && request.temperature > 1) {
    refuse("temperature", "Anthropic's models take a temperature from 0 to 1.");
  }
  if ((request.frequencyPenalty ?? 0) !== 0) refuse("frequency_penalty", "Anthropic's models know no such penalty.");
  if ((request.presencePenalty ?? 0) !== 0) refuse("presence_penalty", "Anthropic's models know no such penalty.");
  if (request.format.kind === "json") {
    const thinks = request.reasoning !== null && request.reasoning.budget !== 0 && request.reasoning.effort !== "none";
    if (request.tools.length > 0 || thinks) {
      refuse(
        "response_format",
        "Anthropic's models cannot be held to a JSON object without a schema while they think or have tools. Give a JSON Schema.",
      );
    }
  }
}

function writeTool(tool: Tool, name: (name: string) => string): string {
  const schema = tool.parameters.type === undefined ? { type: "object", ...tool.parameters } : tool.parameters;
  return objectText(
    ["name", JSON.stringify(name(tool.name))],
    ["description", valueText(tool.description)],
    ["input_schema", JSON.stringify(schema)],
    ["strict", tool.strict === true ? "true" : null],
    ["cache_control", cacheControl(tool)],
  );
}

function writeToolChoice(request: ModelRequest, name: (name: string) => string): string | null {
  const choice = request.toolChoice;
  if (request.tools.length === 0 && request.extras.essential === undefined) return null;
  // Whether several tools may be called at once stands inside the choice, turned round.
  const single = request.parallelTools === false ? "true" : null;
  if (choice === null && single === null) return null;
  if (choice?.kind === "none") return '{"type":"none"}';
  return objectText(
    ["type", JSON.stringify(choice?.kind ?? "auto")],
    ["name", choice?.kind === "tool" ? JSON.stringify(name(choice.name)) : null],
    ["disable_parallel_tool_use", single],
  );
}

/**
 * `settings.thinking`: "budget" for models before Claude 4.6, which know no effort; "adaptive" for those from 4.7 on, which take no budget; absent:
 * each as the client says it.
 */
function writeThinking(
  request: ModelRequest,
  target: ProviderTarget,
  maxOutput: number,
  native: Json | undefined,
  refusals: Refusal[],
): { thinking: string | null; effort: Reasoning["effort"] } {
  const reasoning = request.reasoning;
  if (native !== undefined) return { thinking: valueText(native), effort: reasoning?.effort ?? null };
  if (reasoning === null) return { thinking: null, effort: null };
  const display = reasoning.visible === null ? null : JSON.stringify(reasoning.visible ? "summarized" : "omitted");
  const { effort } = reasoning;
  let { budget } = reasoning;
  if (effort === "none" || budget === 0) return { thinking: '{"type":"disabled"}', effort };
  const style = target.settings.thinking;
  if (style === "adaptive" && budget !== null) {
    const derived = effort ?? (budget <= 4096 ? "low" : budget <= 16_384 ? "medium" : "high");
    return { thinking: objectText(["type", '"adaptive"'], ["display", display]), effort: derived };
  }
  if (style === "budget" && budget === null) budget = Math.max(LEAST_BUDGET, Math.floor(maxOutput * share(effort)));
  if (budget === null) return { thinking: objectText(["type", '"adaptive"'], ["display", display]), effort };
  // A budget above the cap says no more than the cap does.
  const fitting = Math.min(budget, maxOutput - 1);
  if (fitting < LEAST_BUDGET) {
    refusals.push({
      path: "thinking.budget_tokens",
      message: `Anthropic's models think with at least ${LEAST_BUDGET} tokens, and fewer than max_tokens; here are ${budget} and ${maxOutput}.`,
    });
  }
  return {
    thinking: objectText(["type", '"enabled"'], ["budget_tokens", String(fitting)], ["display", display]),
    effort: style === "budget" ? null : effort,
  };
}

function share(effort: Reasoning["effort"]): number {
  if (effort === "minimal" || effort === "low") return 0.2;
  return effort === "high" || effort === "xhigh" || effort === "max" ? 0.8 : 0.5;
}

function writeOutput(request: ModelRequest, effort: Reasoning["effort"], native: Json | undefined): string | null {
  const { format } = request;
  const pairs: [string, string][] = [];
  if (effort !== null && effort !== "none") pairs.push(["effort", `"${effort === "minimal" ? "low" : effort}"`]);
  if (format.kind === "schema") pairs.push(["format", JSON.stringify({ type: "json_schema", schema: format.schema })]);
  if (typeof native === "object" && native !== null) {
    for (const [name, value] of Object.entries(native)) pairs.push([name, JSON.stringify(value)]);
  }
  return pairs.length === 0 ? null : objectText(...pairs);
}

function writeMetadata(user: string | null, native: Json | undefined): string | null {
  const rest = typeof native === "object" && native !== null ? native : {};
  const all = user === null ? rest : { ...rest, user_id: user };
  return Object.keys(all).length === 0 ? null : JSON.stringify(all);
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^[0-9]{1,9}$/.test(text) ? Number(text) : null;
}
