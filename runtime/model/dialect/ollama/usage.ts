/** Ollama's counters: the last line tells them. */
import type { JsonObject } from "../../canonical/request.ts";
import { NO_USAGE, type Usage } from "../../canonical/usage.ts";
import { count, countable } from "../openai-common/counts.ts";

/**
 * `prompt_eval_count` is absent where the whole prompt was in the cache: nothing of it was worked on, and how long it was is not told. `eval_count` holds
 * the thinking, which is not told apart. Null: neither is there, or what is told cannot be.
 */
export function readUsage(value: JsonObject): Usage | null {
  if ((value.prompt_eval_count ?? null) === null && (value.eval_count ?? null) === null) return null;
  return countable({ ...NO_USAGE, input: count(value.prompt_eval_count), output: count(value.eval_count) });
}
