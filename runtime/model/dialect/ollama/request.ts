/** Writes a request for Ollama's `/api/chat`: messages, tools, and the options that Ollama keeps apart. https://docs.ollama.com/api/chat */
import type { ImagePart, ModelRequest, Part, ToolResultPart, Turn } from "../../canonical/request.ts";
import { openState } from "../../canonical/signature.ts";
import { basePath } from "../base-path.ts";
import { argumentsObject } from "../call-arguments.ts";
import type { ProviderRequest, ProviderTarget, Refusal } from "../dialect.ts";
import { foreignFields, foreignPart } from "../foreign.ts";
import { listText, objectText, valueText } from "../json-text.ts";
import { effortOf } from "../openai-common/effort.ts";

/**
 * `settings.num_ctx`: tokens of context, for which Ollama otherwise takes few and cuts what is longer in silence. `settings.keep_alive`: how long the model stays
 * loaded. `settings.thinking`: "switch" for models that only know whether to think, and no effort.
 */
export function writeRequest(request: ModelRequest, target: ProviderTarget): ProviderRequest | readonly Refusal[] {
  const refusals = foreignFields(request, "ollama");
  const messages: string[] = [];
  if (request.system.length > 0) {
    messages.push(message("system", request.system.map((part) => part.text).join("\n")));
  }
  for (const [index, turn] of request.turns.entries()) writeTurn(turn, index, messages, refusals);
  check(request, refusals);
  if (refusals.length > 0) return refusals;
  // Ollama has no word for "no tool": a model that is told of none calls none.
  const tools = request.toolChoice?.kind === "none" ? [] : request.tools;
  const { num_ctx: context, keep_alive: keepAlive } = target.settings;
  const body = objectText(
    ["model", JSON.stringify(target.model)],
    ["messages", listText(messages)],
    ["tools", tools.length === 0 ? null : listText(tools.map(writeTool))],
    ["format", writeFormat(request)],
    ["options", writeOptions(request, context)],
    ["think", writeThink(request, target.settings.thinking === "switch")],
    ["keep_alive", writeKeepAlive(keepAlive)],
    // Ollama streams unless it is told not to.
    ["stream", request.stream ? "true" : "false"],
  );
  const base = basePath(target.base);
  return {
    method: "POST",
    target: `${base.endsWith("/api") ? base : `${base}/api`}/chat`,
    headers: ["content-type", "application/json"],
    body,
  };
}

function check(request: ModelRequest, refusals: Refusal[]): void {
  const refuse = (path: string, message: string) => refusals.push({ path, message });
  const { toolChoice, tools } = request;
  if (tools.length > 0 && (toolChoice?.kind === "any" || toolChoice?.kind === "tool")) {
    refuse("tool_choice", "Ollama's models cannot be made to call a tool.");
  }
  if (tools.length > 0 && request.parallelTools === false) {
    refuse("parallel_tool_calls", "Ollama's models cannot be held to one tool at a time.");
  }
  if (request.count > 1) refuse("n", "Ollama's models give one answer. Ask once for each, or set n to 1.");
}

function message(role: string, content: string, ...more: readonly (readonly [string, string | null])[]): string {
  return objectText(["role", JSON.stringify(role)], ["content", JSON.stringify(content)], ...more);
}

function writeTurn({ role, parts }: Turn, turn: number, messages: string[], refusals: Refusal[]): void {
  const texts: string[] = [];
  const thoughts: string[] = [];
  const images: string[] = [];
  const calls: string[] = [];
  const take = (part: Part, path: string): void => {
    switch (part.type) {
      case "text":
      case "refusal":
        if (part.text !== "") texts.push(part.text);
        break;
      case "reasoning":
        if (part.redacted === null && part.text !== "" && isOwn(part.signature)) thoughts.push(part.text);
        break;
      case "image":
        takeImage(part, path);
        break;
      case "tool-call":
        calls.push(writeCall(part.id, part.name, part.arguments));
        break;
      case "tool-result":
        messages.push(writeResult(part, path));
        break;
      case "native":
        refusals.push(foreignPart(part, path));
        break;
      case "audio":
      case "file":
        refusals.push({ path, message: `Ollama's models take no ${part.type === "audio" ? "audio" : "files"}.` });
    }
  };
  const takeImage = ({ source }: ImagePart, path: string): void => {
    if (source.kind === "base64") images.push(JSON.stringify(source.data));
    else refusals.push({ path, message: "Ollama takes images in base64 only, and this gateway fetches none." });
  };
  const writeResult = (part: ToolResultPart, path: string): string => {
    // There is no field for it, and a model has to know.
    const content: string[] = part.failed ? ["Error:"] : [];
    let shown = false;
    part.parts.forEach((inner, at) => {
      if (inner.type === "text") content.push(inner.text);
      else if (inner.type === "image") {
        takeImage(inner, `${path}.parts[${at}]`);
        shown = true;
      } else take(inner, `${path}.parts[${at}]`);
    });
    if (shown && content.length === 0) content.push("See below.");
    return message(
      "tool",
      content.join("\n"),
      ["tool_name", part.name === "" ? null : JSON.stringify(part.name)],
      ["tool_call_id", JSON.stringify(part.id)],
    );
  };
  for (const [at, part] of parts.entries()) take(part, `turns[${turn}].parts[${at}]`);
  if (texts.length + thoughts.length + images.length + calls.length === 0) return;
  messages.push(
    message(
      role,
      texts.join("\n"),
      ["thinking", thoughts.length === 0 ? null : JSON.stringify(thoughts.join("\n"))],
      ["images", images.length === 0 ? null : listText(images)],
      ["tool_calls", calls.length === 0 ? null : listText(calls)],
    ),
  );
}

/** A text is a duration with its unit; a number alone, such as -1 for ever, is seconds and has to be one. */
export function writeKeepAlive(text: string | undefined): string | null {
  return text !== undefined && /^-?(0|[1-9][0-9]{0,8})$/.test(text) ? text : valueText(text);
}

/** Thoughts without state may be anybody's; with another provider's they are its own, and of no use to Ollama's models. */
function isOwn(signature: string | null): boolean {
  return signature === null || openState("ollama", signature, "") !== null;
}

function writeCall(id: string, name: string, text: string): string {
  const called = objectText(["name", JSON.stringify(name)], ["arguments", argumentsObject(text)]);
  return objectText(["id", JSON.stringify(id)], ["function", called]);
}

function writeTool(tool: ModelRequest["tools"][number]): string {
  const called = objectText(
    ["name", JSON.stringify(tool.name)],
    ["description", valueText(tool.description)],
    ["parameters", JSON.stringify(tool.parameters)],
  );
  return objectText(["type", '"function"'], ["function", called]);
}

function writeFormat({ format }: ModelRequest): string | null {
  if (format.kind === "json") return '"json"';
  return format.kind === "schema" ? JSON.stringify(format.schema) : null;
}

function writeOptions(request: ModelRequest, context: string | undefined): string | null {
  const text = objectText(
    ["num_ctx", context !== undefined && /^[0-9]{1,9}$/.test(context) ? String(Number(context)) : null],
    ["num_predict", valueText(request.maxOutput)],
    ["stop", request.stop.length === 0 ? null : JSON.stringify(request.stop)],
    ["temperature", valueText(request.temperature)],
    ["top_p", valueText(request.topP)],
    ["top_k", valueText(request.topK)],
    ["seed", valueText(request.seed)],
    ["frequency_penalty", valueText(request.frequencyPenalty)],
    ["presence_penalty", valueText(request.presencePenalty)],
  );
  return text === "{}" ? null : text;
}

const THINK = { minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" } as const;

function writeThink({ reasoning }: ModelRequest, isSwitch: boolean): string | null {
  const effort = reasoning === null ? null : effortOf(reasoning);
  if (effort === null) return reasoning === null ? null : "true";
  if (effort === "none") return "false";
  return isSwitch ? "true" : JSON.stringify(THINK[effort]);
}
