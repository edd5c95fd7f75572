/** What a program gives models as instructions, put before what the client gives, or in its place. */
import type { SystemPrompt } from "../../abi.ts";
import type { ModelError } from "../canonical/error.ts";
import type { ModelRequest, Part, TextPart } from "../canonical/request.ts";
import type { ClientDialectName } from "../dialect/dialect.ts";
import { error } from "./failures.ts";

/** As each dialect calls what a client gives as instructions. */
const FIELDS: { readonly [Name in ClientDialectName]: string } = {
  "openai-chat": "messages",
  "openai-responses": "instructions",
  anthropic: "system",
  gemini: "systemInstruction",
};

/** Fields that stand for instructions which lie with the provider, or bring them in another form: nobody here can see them, or leave them out. */
const STORED: { readonly [dialect: string]: readonly string[] } = {
  "openai-chat": ["chat_template"],
  "openai-responses": ["prompt", "previous_response_id", "conversation"],
  gemini: ["cachedContent"],
};

/** The request as models are to be asked; the same object where nothing of it is other than the client said. */
export function withSystemPrompt(
  request: ModelRequest,
  { system, client }: SystemPrompt,
  dialect: ClientDialectName,
): ModelRequest | ModelError {
  if (client !== "keep") {
    const stored = STORED[request.extras.dialect]?.find((name) => isSaid(request.extras.fields[name]));
    if (stored !== undefined) return refused(stored);
    if (request.turns.some(({ parts }) => parts.some(mayInstruct))) return refused("input");
  }
  if (client === "refuse" && request.system.some(({ text }) => text !== "")) return refused(FIELDS[dialect]);
  const own: readonly TextPart[] = system === null || system === "" ? [] : [{ type: "text", text: system }];
  const theirs = client === "drop" ? [] : request.system;
  if (own.length === 0 && theirs.length === request.system.length) return request;
  return { ...request, system: [...own, ...theirs] };
}

/** What only the client's own dialect understands: a reference to what lies with the provider, or something with a role of its own. */
function mayInstruct(part: Part): boolean {
  return part.type === "native" && (part.value.type === "item_reference" || typeof part.value.role === "string");
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

function refused(parameter: string): ModelError {
  const text = "The instructions are given by this gateway: a request has none of its own.";
  return { ...error("client", 400, `${parameter}: ${text}`), parameter };
}
