/** Bedrock's counters: `inputTokens` leaves out what was read from and written to a cache; the thinking is inside of `outputTokens` and not told apart. */
import type { Json } from "../../canonical/request.ts";
import type { Usage } from "../../canonical/usage.ts";
import { isList, isObject } from "../fields.ts";
import { count, countable, told } from "../openai-common/counts.ts";

/** Null: there is none, or what is told cannot be. */
export function readUsage(value: Json | undefined): Usage | null {
  if (!isObject(value)) return null;
  const details = isList(value.cacheDetails) ? value.cacheDetails : [];
  let hour = 0;
  let five = 0;
  for (const detail of details) {
    if (!isObject(detail)) continue;
    if (detail.ttl === "1h") hour += count(detail.inputTokens);
    else five += count(detail.inputTokens);
  }
  // Where only the parts are told, they are the whole.
  const written = value.cacheWriteInputTokens === undefined ? hour + five : count(value.cacheWriteInputTokens);
  const cacheWriteHour = Math.min(hour, written);
  return countable({
    input: told(value.inputTokens),
    cacheRead: count(value.cacheReadInputTokens),
    cacheWrite: written - cacheWriteHour,
    cacheWriteHour,
    output: told(value.outputTokens),
    reasoning: 0,
  });
}
