/** Converse's stop reasons and what they mean. */
import type { Stop, StopReason } from "../../canonical/answer.ts";

const MEANING = new Map<string, StopReason>([
  ["end_turn", "end"],
  ["stop_sequence", "stop-string"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "context"],
  ["tool_use", "tool-calls"],
  ["content_filtered", "policy"],
  ["guardrail_intervened", "policy"],
  ["malformed_model_output", "failed"],
  ["malformed_tool_use", "failed"],
]);

/** A word that is not known yet is an end: the answer came whole, and the word goes along. */
export function readStop(native: string): Stop {
  return { reason: MEANING.get(native) ?? "end", native, matched: null };
}
