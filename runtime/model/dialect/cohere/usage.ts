/** Cohere's counters, of which there are two kinds: what the models worked on, and what is billed. */
import type { Json } from "../../canonical/request.ts";
import type { Usage } from "../../canonical/usage.ts";
import { isObject } from "../fields.ts";
import { count, disjoint, told } from "../openai-common/counts.ts";

/** What is billed counts, since costs and budgets are made of it; `tokens` holds Cohere's own additions to the prompt too, and stands in only where nothing else is told. */
export function readUsage(value: Json | undefined): Usage | null {
  if (!isObject(value)) return null;
  const billed = isObject(value.billed_units) ? value.billed_units : {};
  const tokens = isObject(value.tokens) ? value.tokens : {};
  const prompt = billed.input_tokens ?? tokens.input_tokens;
  const completion = billed.output_tokens ?? tokens.output_tokens;
  if (prompt === undefined && completion === undefined) return null;
  return disjoint({
    prompt: told(prompt),
    cached: count(value.cached_tokens),
    written: 0,
    completion: told(completion),
    reasoning: 0,
    total: 0,
  });
}
