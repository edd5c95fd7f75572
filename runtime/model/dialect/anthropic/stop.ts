/** Anthropic's stop reasons and what they mean, both ways and totally. */
import type { Stop, StopReason } from "../../canonical/answer.ts";

const MEANING = new Map<string, StopReason>([
  ["end_turn", "end"],
  ["stop_sequence", "stop-string"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "context"],
  ["tool_use", "tool-calls"],
  ["refusal", "policy"],
  ["pause_turn", "paused"],
  ["compaction", "paused"],
  ["error", "failed"],
]);

/** A word that is not known yet is an end: the answer came whole, and the word goes along. */
export function readStop(native: string, matched: string | null): Stop {
  return { reason: MEANING.get(native) ?? "end", native, matched };
}

/** Null: no end at all, but an error. */
export function writeStop(stop: Stop): string | null {
  switch (stop.reason) {
    case "end":
      return "end_turn";
    case "stop-string":
      return "stop_sequence";
    case "length":
      return "max_tokens";
    case "context":
      return "model_context_window_exceeded";
    case "tool-calls":
      return "tool_use";
    case "policy":
      return "refusal";
    case "paused":
      return "pause_turn";
    case "failed":
      return null;
  }
}
