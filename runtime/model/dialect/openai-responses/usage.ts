/** Token counts as Responses has them: what was cached is inside of the input's count, what was thought inside of the output's. */
import type { Json } from "../../canonical/request.ts";
import { completionTokens, promptTokens, type Usage } from "../../canonical/usage.ts";
import { isObject } from "../fields.ts";
import { count, disjoint, told } from "../openai-common/counts.ts";

/** Null: there is none, or what is told cannot be. */
export function readUsage(value: Json | undefined): Usage | null {
  if (!isObject(value)) return null;
  if (value.input_tokens === undefined && value.output_tokens === undefined) return null;
  const input = isObject(value.input_tokens_details) ? value.input_tokens_details : {};
  const output = isObject(value.output_tokens_details) ? value.output_tokens_details : {};
  return disjoint({
    prompt: told(value.input_tokens),
    cached: count(input.cached_tokens),
    written: count(input.cache_write_tokens),
    completion: told(value.output_tokens),
    reasoning: count(output.reasoning_tokens),
    total: count(value.total_tokens),
  });
}

/** Whether clients can be handed what the provider says: the parts are within their wholes, and the total is their sum. */
export function addsUp(value: Json | undefined, usage: Usage | null): boolean {
  if (!isObject(value)) return value === undefined || value === null;
  if (usage === null) return false;
  const [input, output] = [promptTokens(usage), completionTokens(usage)];
  return value.input_tokens === input && value.output_tokens === output && value.total_tokens === input + output;
}

/** JSON text; "null" where nobody told. */
export function writeUsage(usage: Usage | null): string {
  if (usage === null) return "null";
  const input = promptTokens(usage);
  const output = completionTokens(usage);
  const written = usage.cacheWrite + usage.cacheWriteHour;
  return `{"input_tokens":${input},"input_tokens_details":{"cached_tokens":${usage.cacheRead},"cache_write_tokens":${written}},"output_tokens":${output},"output_tokens_details":{"reasoning_tokens":${usage.reasoning}},"total_tokens":${input + output}}`;
}
