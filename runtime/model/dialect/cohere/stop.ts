/** Cohere's finish reasons and what they mean. */
import type { Stop, StopReason } from "../../canonical/answer.ts";

const MEANING = new Map<string, StopReason>([
  ["COMPLETE", "end"],
  ["STOP_SEQUENCE", "stop-string"],
  ["MAX_TOKENS", "length"],
  ["TOOL_CALL", "tool-calls"],
  ["ERROR", "failed"],
  ["TIMEOUT", "failed"],
  ["ERROR_LIMIT", "context"],
  ["ERROR_TOXIC", "policy"],
]);

/** A word that is not known yet is an end: the answer came whole, and the word goes along. */
export function readStop(native: string): Stop {
  return { reason: MEANING.get(native) ?? "end", native, matched: null };
}
