/** Ollama's `done_reason`, which says neither that a tool is called nor that a stop string stopped it. */
import type { Stop } from "../../canonical/answer.ts";

/** `native`: "" from servers that do not tell. A word that is not known yet is an end: the answer came whole, and the word goes along. */
export function readStop(native: string, calls: boolean): Stop {
  if (native === "length") return { reason: "length", native, matched: null };
  return { reason: calls ? "tool-calls" : "end", native, matched: null };
}
