/**
 * Thoughts in Chat Completions, which has no place for them: `reasoning_content` or `reasoning` is their text, as many servers and clients have it, and
 * `reasoning_details` (OpenRouter's) is what a client has to give back unchanged.
 */
import type { Json, JsonObject, ReasoningPart } from "../../canonical/request.ts";
import { openState, sealState, stateForClient } from "../../canonical/signature.ts";
import { isList, isObject, parseJson } from "../fields.ts";

const TEXT = "reasoning.text";
const SUMMARY = "reasoning.summary";
const ENCRYPTED = "reasoning.encrypted";

/** What of a detail is kept beside its text, as one string; null: nothing. */
function stateOf(detail: JsonObject): string | null {
  const { type, signature, data, id, format } = detail;
  if (type !== ENCRYPTED && typeof signature === "string" && signature !== "" && id == null && format == null) {
    return signature;
  }
  if (type === ENCRYPTED && typeof data === "string" && id == null && format == null) return data;
  const kept: { [name: string]: Json } = {};
  for (const [name, value] of Object.entries({ type, signature, data, id, format })) {
    if (typeof value === "string" && value !== "") kept[name] = value;
  }
  return kept.signature === undefined && kept.data === undefined ? null : JSON.stringify(kept);
}

/** A detail; `state`: bare. */
function detail(type: string, state: string | null, text: string): JsonObject {
  const kept = state?.startsWith("{") === true ? parseJson(state)?.value : undefined;
  const fields = isObject(kept) && typeof kept.type === "string" && kept.type.startsWith("reasoning.") ? kept : null;
  const kind = fields === null ? type : String(fields.type);
  if (kind === ENCRYPTED) return { type: kind, data: state, ...fields };
  const named = kind === SUMMARY ? { summary: text } : { text };
  if (fields !== null) return { ...named, ...fields };
  return state === null ? { type: kind, ...named } : { type: kind, ...named, signature: state };
}

/** Of a request or an answer; `seal`: it comes from a provider. */
export function readDetails(details: Json | undefined, seal: boolean): ReasoningPart[] {
  if (!isList(details)) return [];
  const parts: ReasoningPart[] = [];
  for (const item of details) {
    if (!isObject(item)) continue;
    const bare = stateOf(item);
    const state = bare === null || !seal ? bare : sealState("openai-chat", bare);
    if (item.type === ENCRYPTED) {
      if (state !== null) parts.push({ type: "reasoning", text: "", signature: null, redacted: state });
    } else {
      const text = item.type === SUMMARY ? item.summary : item.text;
      if (typeof text === "string" || state !== null) {
        parts.push({ type: "reasoning", text: typeof text === "string" ? text : "", signature: state, redacted: null });
      }
    }
  }
  return parts;
}

/** Text without state; "" where there is none. */
export function reasoningText(message: JsonObject): string {
  const text = message.reasoning_content ?? message.reasoning;
  return typeof text === "string" ? text : "";
}

/** The parts of an assistant's message, of a client or a provider. */
export function readThoughts(message: JsonObject, seal: boolean): ReasoningPart[] {
  const parts = [...readDetails(message.reasoning_details, seal), ...readBlocks(message.thinking_blocks)];
  const text = reasoningText(message);
  if (text !== "" && !parts.some((part) => part.text !== "")) {
    parts.unshift({ type: "reasoning", text, signature: null, redacted: null });
  }
  return parts;
}

/** Thoughts as Anthropic has them, under the name that LiteLLM gives them. */
function readBlocks(blocks: Json | undefined): ReasoningPart[] {
  if (!isList(blocks)) return [];
  const parts: ReasoningPart[] = [];
  for (const block of blocks) {
    if (!isObject(block)) continue;
    const { type, thinking, signature, data } = block;
    if (type === "redacted_thinking" && typeof data === "string") {
      parts.push({ type: "reasoning", text: "", signature: null, redacted: sealState("anthropic", data) });
    } else if (type === "thinking" && typeof thinking === "string") {
      const state = typeof signature === "string" && signature !== "" ? sealState("anthropic", signature) : null;
      parts.push({ type: "reasoning", text: thinking, signature: state, redacted: null });
    }
  }
  return parts;
}

/** For a client that gives it back; null: there is no state, the text alone says all. */
export function detailForClient(part: ReasoningPart, index: number): JsonObject | null {
  const state = part.redacted ?? part.signature;
  if (state === null) return null;
  const bare = stateForClient("openai-chat", state);
  return { ...detail(part.redacted === null ? TEXT : ENCRYPTED, bare, part.text), index };
}

/** For a provider; null: another provider's thought, which this one could not verify. */
export function detailForProvider(part: ReasoningPart, client: string, index: number): JsonObject | null {
  const state = part.redacted ?? part.signature;
  const bare = state === null ? null : openState("openai-chat", state, client);
  if (bare === null && (state !== null || part.text === "")) return null;
  return { ...detail(part.redacted === null ? TEXT : ENCRYPTED, bare, part.text), index };
}
