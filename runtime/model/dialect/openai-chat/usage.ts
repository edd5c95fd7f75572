/** Token counts as Chat Completions has them: what was cached is inside of the prompt's count, what was thought inside of the completion's. */
import type { Json } from "../../canonical/request.ts";
import { completionTokens, promptTokens, type Usage } from "../../canonical/usage.ts";
import { isObject } from "../fields.ts";
import { count, disjoint, told } from "../openai-common/counts.ts";

/** Null: there is none, or what is told cannot be. DeepSeek names the cached tokens in a field of its own. */
export function readUsage(value: Json | undefined): Usage | null {
  if (!isObject(value)) return null;
  if (value.prompt_tokens === undefined && value.completion_tokens === undefined) return null;
  const prompt = isObject(value.prompt_tokens_details) ? value.prompt_tokens_details : {};
  const completion = isObject(value.completion_tokens_details) ? value.completion_tokens_details : {};
  return disjoint({
    prompt: told(value.prompt_tokens),
    cached: count(prompt.cached_tokens ?? value.prompt_cache_hit_tokens),
    written: count(prompt.cache_write_tokens),
    completion: told(value.completion_tokens),
    reasoning: count(completion.reasoning_tokens),
    total: count(value.total_tokens),
  });
}

/** Whether clients can be handed what the provider says: the parts are within their wholes, and the total is their sum. */
export function addsUp(value: Json | undefined, usage: Usage | null): boolean {
  if (!isObject(value)) return value === undefined || value === null;
  if (usage === null) return false;
  const [prompt, completion] = [promptTokens(usage), completionTokens(usage)];
  return (
    value.prompt_tokens === prompt &&
    value.completion_tokens === completion &&
    value.total_tokens === prompt + completion
  );
}

/** JSON text. */
export function writeUsage(usage: Usage): string {
  const prompt = promptTokens(usage);
  const completion = completionTokens(usage);
  const written = usage.cacheWrite + usage.cacheWriteHour;
  const cacheWrite = written === 0 ? "" : `,"cache_write_tokens":${written}`;
  return `{"prompt_tokens":${prompt},"completion_tokens":${completion},"total_tokens":${prompt + completion},"prompt_tokens_details":{"cached_tokens":${usage.cacheRead}${cacheWrite}},"completion_tokens_details":{"reasoning_tokens":${usage.reasoning}}}`;
}
