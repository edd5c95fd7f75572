/** Opaque state towards Gemini's clients, who have one place for it, `thoughtSignature`: another provider's encrypted thought goes there too, marked. */
import type { ReasoningPart } from "../../canonical/request.ts";
import { stateForClient } from "../../canonical/signature.ts";

/** Of base64's alphabet, as long as a seal: clients that decode and encode it again leave it as it is. */
const REDACTED = "VgwRedacted/";

export function redactedForClient(redacted: string): string {
  return REDACTED + redacted;
}

export function signatureForClient(signature: string): string {
  return stateForClient("gemini", signature);
}

/** An empty thought with this state, or the encrypted thought that stands in it. */
export function emptyThought(signature: string): ReasoningPart {
  return signature.startsWith(REDACTED)
    ? { type: "reasoning", text: "", signature: null, redacted: signature.slice(REDACTED.length) }
    : { type: "reasoning", text: "", signature, redacted: null };
}
