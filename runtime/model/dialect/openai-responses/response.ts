/** The `response` object and the items of its output, as JSON text: what a request has said stands in it again, as clients expect. */
import type { Stop } from "../../canonical/answer.ts";
import type { ModelError } from "../../canonical/error.ts";
import type { Json, ModelRequest } from "../../canonical/request.ts";
import { stateForClient } from "../../canonical/signature.ts";
import type { Usage } from "../../canonical/usage.ts";
import type { AnswerContext } from "../dialect.ts";
import { errorObject } from "../openai-common/error.ts";
import { incompleteReason } from "./stop.ts";
import { writeUsage } from "./usage.ts";

export class ResponseObject {
  readonly #head: string;
  readonly #tail: string;

  constructor({ request, model, created, random }: AnswerContext, answerId: string) {
    const id = answerId.startsWith("resp") ? answerId : `resp_${answerId === "" ? random(32) : answerId}`;
    this.#head = `{"id":${JSON.stringify(id)},"object":"response","created_at":${created},"model":${JSON.stringify(model)}`;
    this.#tail = JSON.stringify(echo(request)).slice(1);
  }

  /** While it is being made. */
  running(): string {
    return this.#write("in_progress", "null", "null", "", "null");
  }

  /** `items`: JSON text of each. */
  finished(stop: Stop, items: readonly string[], usage: Usage | null): string {
    const reason = incompleteReason(stop);
    const details = reason === null ? "null" : JSON.stringify({ reason });
    return this.#write(
      reason === null ? "completed" : "incomplete",
      "null",
      details,
      items.join(","),
      writeUsage(usage),
    );
  }

  failed(error: ModelError, items: readonly string[], usage: Usage | null): string {
    const { code } = errorObject(error);
    const said = JSON.stringify({ code: code ?? "server_error", message: error.message });
    return this.#write("failed", said, "null", items.join(","), writeUsage(usage));
  }

  #write(status: string, error: string, details: string, output: string, usage: string): string {
    return `${this.#head},"status":"${status}","error":${error},"incomplete_details":${details},"output":[${output}],"usage":${usage},${this.#tail}`;
  }
}

/** What the request asked for, with what goes without saying. */
function echo(request: ModelRequest): { readonly [name: string]: Json } {
  const own = request.extras.dialect === "openai-responses" ? request.extras.fields : {};
  const { toolChoice: choice, reasoning, format } = request;
  const text =
    format.kind === "schema"
      ? {
          type: "json_schema",
          name: format.name,
          description: format.description,
          schema: format.schema,
          strict: format.strict,
        }
      : { type: format.kind === "json" ? "json_object" : "text" };
  return {
    background: false,
    instructions: request.system.length === 0 ? null : request.system.map((part) => part.text).join("\n\n"),
    max_output_tokens: request.maxOutput,
    metadata: own.metadata ?? {},
    parallel_tool_calls: request.parallelTools ?? true,
    previous_response_id: own.previous_response_id ?? null,
    reasoning: { effort: reasoning?.effort ?? null, summary: reasoning?.visible === true ? "auto" : null },
    service_tier: own.service_tier ?? "auto",
    store: false,
    temperature: request.temperature ?? 1,
    text: { format: text },
    tool_choice:
      choice === null
        ? "auto"
        : choice.kind === "tool"
          ? { type: "function", name: choice.name }
          : TOOL_CHOICE[choice.kind],
    tools: request.tools.map(({ name, description, parameters, strict }) => {
      return { type: "function", name, description, parameters, strict: strict ?? false };
    }),
    top_p: request.topP ?? 1,
    truncation: own.truncation ?? "disabled",
    user: request.user,
  };
}

const TOOL_CHOICE = { auto: "auto", none: "none", any: "required" } as const;

export type ItemStatus = "in_progress" | "completed" | "incomplete";

export function textContent(text: string): string {
  return `{"type":"output_text","text":${JSON.stringify(text)},"annotations":[],"logprobs":[]}`;
}

export function refusalContent(text: string): string {
  return `{"type":"refusal","refusal":${JSON.stringify(text)}}`;
}

/** `content`: JSON text, "" where nothing is there yet. */
export function messageItem(id: string, content: string, status: ItemStatus = "completed"): string {
  return `{"id":"msg_${id}","type":"message","status":"${status}","role":"assistant","content":[${content}]}`;
}

export function summaryPart(text: string): string {
  return `{"type":"summary_text","text":${JSON.stringify(text)}}`;
}

export function reasoningItem(id: string, text: string, state: string | null): string {
  const encrypted = state === null ? "" : `,"encrypted_content":${JSON.stringify(state)}`;
  return `{"id":"rs_${id}","type":"reasoning","summary":[${text === "" ? "" : summaryPart(text)}]${encrypted}}`;
}

export function callItem(
  id: string,
  callId: string,
  name: string,
  text: string,
  signature: string | null,
  status: ItemStatus = "completed",
): string {
  const state =
    signature === null
      ? ""
      : `,"extra_content":{"google":{"thought_signature":${JSON.stringify(stateForClient("openai-responses", signature))}}}`;
  return `{"id":"fc_${id}","type":"function_call","status":"${status}","call_id":${JSON.stringify(callId)},"name":${JSON.stringify(name)},"arguments":${JSON.stringify(text)}${state}}`;
}
