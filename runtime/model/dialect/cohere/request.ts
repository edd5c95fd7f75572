/** Writes a request for Cohere's `/v2/chat`. https://docs.cohere.com/reference/chat */
import type { ModelRequest, Reasoning, Tool } from "../../canonical/request.ts";
import { basePath } from "../base-path.ts";
import type { ProviderRequest, ProviderTarget, Refusal } from "../dialect.ts";
import { foreignFields } from "../foreign.ts";
import { listText, objectText, valueText } from "../json-text.ts";
import { effortOf } from "../openai-common/effort.ts";
import { type ToolNames, toolNames } from "../tool-names.ts";
import { writeMessages } from "./messages.ts";

/** Cohere's models write calls as code, so names are kept to what may be a function's. */
export const TOOL_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

const MOST_STOP_STRINGS = 5;
const MOST_TOP_K = 500;

export function writeRequest(request: ModelRequest, target: ProviderTarget): ProviderRequest | readonly Refusal[] {
  const refusals = foreignFields(request, "cohere");
  const names = toolNames(request, TOOL_NAME);
  const messages = writeMessages(request, names.there, refusals);
  const tools = offeredTools(request, refusals);
  check(request, refusals);
  if (refusals.length > 0) return refusals;
  const strict = tools.length > 0 && tools.every((tool) => tool.strict === true);
  const body = objectText(
    ["model", JSON.stringify(target.model)],
    ["messages", listText(messages)],
    ["tools", tools.length === 0 ? null : listText(tools.map((tool) => writeTool(tool, names)))],
    // One word for all tools, so it is said only where it is meant for all.
    ["strict_tools", strict ? "true" : null],
    ["tool_choice", tools.length === 0 ? null : writeToolChoice(request)],
    ["response_format", writeFormat(request)],
    ["max_tokens", valueText(request.maxOutput)],
    ["stop_sequences", request.stop.length === 0 ? null : JSON.stringify(request.stop)],
    ["temperature", valueText(request.temperature)],
    ["seed", valueText(request.seed)],
    ["frequency_penalty", valueText(request.frequencyPenalty)],
    ["presence_penalty", valueText(request.presencePenalty)],
    ["k", valueText(request.topK)],
    ["p", request.topP === null ? null : String(Math.min(0.99, Math.max(0.01, request.topP)))],
    ["thinking", writeThinking(request.reasoning)],
    ["stream", request.stream ? "true" : "false"],
  );
  const base = basePath(target.base);
  return {
    method: "POST",
    target: `${base.endsWith("/v2") ? base : `${base}/v2`}/chat`,
    headers: ["content-type", "application/json", "accept", request.stream ? "text/event-stream" : "application/json"],
    body,
  };
}

/** Cohere can be told to call some tool, not which: told of one alone, that is the one. */
function offeredTools({ tools, toolChoice }: ModelRequest, refusals: Refusal[]): readonly Tool[] {
  if (toolChoice?.kind !== "tool") return tools;
  const chosen = tools.filter((tool) => tool.name === toolChoice.name);
  if (chosen.length === 0)
    refusals.push({ path: "tool_choice", message: "The tool that has to be called is not among the tools." });
  return chosen;
}

function check(request: ModelRequest, refusals: Refusal[]): void {
  const refuse = (path: string, message: string) => refusals.push({ path, message });
  if (request.count > 1) refuse("n", "Cohere's models give one answer. Ask once for each, or set n to 1.");
  if (request.tools.length > 0 && request.parallelTools === false) {
    refuse("parallel_tool_calls", "Cohere's models cannot be held to one tool at a time.");
  }
  if (request.tools.length > 0 && request.format.kind !== "text") {
    refuse("response_format", "Cohere's models cannot be held to JSON while they have tools.");
  }
  if (request.stop.length > MOST_STOP_STRINGS)
    refuse("stop", `Cohere takes ${MOST_STOP_STRINGS} stop strings at most.`);
  if ((request.temperature ?? 0) > 1) refuse("temperature", "Cohere's models take a temperature from 0 to 1.");
  if ((request.topK ?? 0) > MOST_TOP_K) refuse("top_k", `Cohere's models take a top_k from 0 to ${MOST_TOP_K}.`);
  for (const [name, value] of [
    ["frequency_penalty", request.frequencyPenalty ?? 0],
    ["presence_penalty", request.presencePenalty ?? 0],
  ] as const) {
    if (value < 0 || value > 1) refuse(name, "Cohere's models take penalties from 0 to 1.");
  }
}

function writeTool(tool: Tool, names: ToolNames): string {
  const called = objectText(
    ["name", JSON.stringify(names.there(tool.name))],
    ["description", valueText(tool.description)],
    ["parameters", JSON.stringify(tool.parameters)],
  );
  return objectText(["type", '"function"'], ["function", called]);
}

function writeToolChoice({ toolChoice }: ModelRequest): string | null {
  if (toolChoice === null || toolChoice.kind === "auto") return null;
  return toolChoice.kind === "none" ? '"NONE"' : '"REQUIRED"';
}

function writeFormat({ format }: ModelRequest): string | null {
  if (format.kind === "text") return null;
  const schema = format.kind === "schema" ? JSON.stringify(format.schema) : null;
  return objectText(["type", '"json_object"'], ["json_schema", schema]);
}

/** Cohere knows tokens and no effort; without a number the model thinks as long as it likes. */
const BUDGETS = { minimal: 512, low: 1024, medium: 8192 } as const;

function writeThinking(reasoning: Reasoning | null): string | null {
  const effort = reasoning === null ? null : effortOf(reasoning);
  if (reasoning === null) return null;
  if (effort === "none") return '{"type":"disabled"}';
  const byEffort = effort === "minimal" || effort === "low" || effort === "medium" ? BUDGETS[effort] : null;
  return objectText(["type", '"enabled"'], ["token_budget", valueText(reasoning.budget ?? byEffort)]);
}
