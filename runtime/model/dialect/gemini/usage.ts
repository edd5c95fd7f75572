/** Gemini's counters: the prompt's holds what was cached, the candidates' leaves out the thoughts, and every chunk of a stream tells the whole so far. */
import type { Json, JsonObject } from "../../canonical/request.ts";
import { completionTokens, promptTokens, type Usage } from "../../canonical/usage.ts";
import { isObject } from "../fields.ts";
import { countable, told } from "../openai-common/counts.ts";

/** Null: nothing is told, or what is told cannot be. What this chunk leaves out keeps its number. */
export function readUsage(value: Json | undefined, before: Usage | null): Usage | null {
  if (!isObject(value)) return before;
  const cached = counter(value.cachedContentTokenCount) ?? before?.cacheRead ?? 0;
  const prompt = counter(value.promptTokenCount);
  // There is no prompt of no token: who does not tell of it has told nothing yet.
  if (prompt === null && before === null) return null;
  // What Google's own tools read counts as input too, beside the prompt.
  const tools = counter(value.toolUsePromptTokenCount) ?? 0;
  const input = prompt === null ? (before?.input ?? 0) : Math.max(0, prompt - cached) + tools;
  return countable({
    input,
    cacheRead: prompt === null ? cached : Math.min(cached, prompt),
    cacheWrite: 0,
    cacheWriteHour: 0,
    output: counter(value.candidatesTokenCount) ?? before?.output ?? 0,
    reasoning: counter(value.thoughtsTokenCount) ?? before?.reasoning ?? 0,
  });
}

/** Null: it is not told; NaN: it is no count. */
function counter(value: Json | undefined): number | null {
  if (value === undefined || value === null) return null;
  return Number.isSafeInteger(value) ? told(value) : Number.NaN;
}

/** Whether clients can be handed what the provider says: the parts are within their wholes, and the total is their sum. */
export function addsUp(value: JsonObject, usage: Usage | null): boolean {
  const { promptTokenCount: prompt, totalTokenCount: total, cachedContentTokenCount: cached } = value;
  // What is told besides, such as the kind of traffic, is no count.
  if (prompt === undefined && total === undefined && value.candidatesTokenCount === undefined) return true;
  if (usage === null || total !== promptTokens(usage) + completionTokens(usage)) return false;
  return typeof cached !== "number" || (typeof prompt === "number" && cached <= prompt);
}

export function writeUsage(usage: Usage): string {
  const prompt = promptTokens(usage);
  const cached = usage.cacheRead === 0 ? "" : `,"cachedContentTokenCount":${usage.cacheRead}`;
  const thoughts = usage.reasoning === 0 ? "" : `,"thoughtsTokenCount":${usage.reasoning}`;
  const total = prompt + completionTokens(usage);
  return `{"promptTokenCount":${prompt}${cached},"candidatesTokenCount":${usage.output}${thoughts},"totalTokenCount":${total}}`;
}
