/** Gemini's finish reasons and what they mean, both ways and totally. */
import type { Stop, StopReason } from "../../canonical/answer.ts";

const MEANING = new Map<string, StopReason>([
  ["STOP", "end"],
  ["MAX_TOKENS", "length"],
  ["CONTINUATION", "paused"],
  ["SAFETY", "policy"],
  ["RECITATION", "policy"],
  ["LANGUAGE", "policy"],
  ["BLOCKLIST", "policy"],
  ["PROHIBITED_CONTENT", "policy"],
  ["SPII", "policy"],
  ["MODEL_ARMOR", "policy"],
  ["IMAGE_SAFETY", "policy"],
  ["IMAGE_PROHIBITED_CONTENT", "policy"],
  ["IMAGE_RECITATION", "policy"],
  ["OTHER", "failed"],
  ["MALFORMED_FUNCTION_CALL", "failed"],
  ["MALFORMED_RESPONSE", "failed"],
  ["UNEXPECTED_TOOL_CALL", "failed"],
  ["TOO_MANY_TOOL_CALLS", "failed"],
  ["MISSING_THOUGHT_SIGNATURE", "failed"],
  ["IMAGE_OTHER", "failed"],
  ["NO_IMAGE", "failed"],
]);

/** `called`: a function was called in this answer, which Gemini does not tell apart from other ends. What is not known yet counts as failed, as nearly all others do. */
export function readStop(native: string, called: boolean): Stop {
  const reason = MEANING.get(native) ?? "failed";
  return { reason: reason === "end" && called ? "tool-calls" : reason, native, matched: null };
}

/** Null: no end at all, but an error. */
export function writeStop(stop: Stop): string | null {
  switch (stop.reason) {
    case "end":
    case "stop-string":
    case "tool-calls":
    case "paused":
      return "STOP";
    case "length":
    case "context":
      return "MAX_TOKENS";
    case "policy":
      return MEANING.get(stop.native) === "policy" ? stop.native : "SAFETY";
    case "failed":
      return null;
  }
}
