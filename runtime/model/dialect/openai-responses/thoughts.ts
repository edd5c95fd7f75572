/**
 * Thoughts in Responses: items with a summary and, for those who keep nothing at the provider, an encrypted whole that is good only together with the
 * item's identifier. Both travel as one opaque text, in the place of the encrypted whole wherever the client cannot know the identifier in time.
 */
import type { Json, JsonObject, ReasoningPart } from "../../canonical/request.ts";
import { openState, sealState, stateForClient } from "../../canonical/signature.ts";
import { isList, isObject, parseJson } from "../fields.ts";

/** The texts of an item: of its summary, else of its content. */
export function itemText(item: JsonObject): string {
  return texts(item.summary) || texts(item.content);
}

function texts(list: Json | undefined): string {
  if (!isList(list)) return "";
  return list
    .map((part) => (isObject(part) && typeof part.text === "string" ? part.text : ""))
    .filter((text) => text !== "")
    .join("\n\n");
}

/** Of a provider's item; null: it has none. */
export function itemState(item: JsonObject): string | null {
  const state = bareState(item);
  return state === null ? null : sealState("openai-responses", state);
}

function bareState({ id, encrypted_content: encrypted }: JsonObject): string | null {
  if (typeof encrypted !== "string" || encrypted === "") return null;
  return JSON.stringify({ id: typeof id === "string" ? id : "", encrypted_content: encrypted });
}

/** A client's item; null: it names what lies with the provider. */
export function readItem(item: JsonObject): ReasoningPart | null {
  const text = itemText(item);
  const encrypted = item.encrypted_content;
  if (typeof encrypted !== "string" || encrypted === "") {
    return text === "" ? null : { type: "reasoning", text, signature: null, redacted: null };
  }
  const held = encrypted.startsWith("{") ? parseJson(encrypted)?.value : undefined;
  if (isObject(held) && typeof held.redacted === "string") {
    return { type: "reasoning", text: "", signature: null, redacted: held.redacted };
  }
  // What this gateway wrote comes back as it was; what OpenAI itself wrote gets its identifier.
  const ours = isObject(held) || encrypted.startsWith("Vgw");
  return { type: "reasoning", text, signature: ours ? encrypted : bareState(item), redacted: null };
}

/** For the client's `encrypted_content`; null: there is none. */
export function stateOut({ signature, redacted }: ReasoningPart): string | null {
  if (redacted !== null) return JSON.stringify({ redacted: stateForClient("openai-responses", redacted) });
  return signature === null ? null : stateForClient("openai-responses", signature);
}

/** An item for the provider; null: the thought is another's, or nothing is left of it that this one could take. */
export function writeItem({ text, signature }: ReasoningPart, client: string): JsonObject | null {
  const state = signature === null ? null : openState("openai-responses", signature, client);
  const held = state === null ? undefined : parseJson(state)?.value;
  if (!isObject(held) || typeof held.encrypted_content !== "string") return null;
  return {
    type: "reasoning",
    ...(typeof held.id === "string" && held.id !== "" ? { id: held.id } : {}),
    summary: text === "" ? [] : [{ type: "summary_text", text }],
    encrypted_content: held.encrypted_content,
  };
}
