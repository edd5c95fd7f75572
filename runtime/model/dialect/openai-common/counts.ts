/** Makes counters that never overlap out of OpenAI's, which do. */
import type { Json } from "../../canonical/request.ts";
import { completionTokens, promptTokens, type Usage } from "../../canonical/usage.ts";

export interface OverlappingCounts {
  readonly prompt: number;
  /** Inside of `prompt`. */
  readonly cached: number;
  /** Inside of `prompt`. */
  readonly written: number;
  readonly completion: number;
  /** Inside of `completion`. */
  readonly reasoning: number;
  /** 0: not told. */
  readonly total: number;
}

/** 0 where nothing is told; NaN where what is told is no count, so that no sum with it is one either. */
export function count(value: Json | undefined): number {
  return value === undefined || value === null ? 0 : told(value);
}

/** As `count`, of what has to be told: an answer that says nothing of it is not one that used nothing. */
export function told(value: Json | undefined): number {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER / 8
    ? Math.round(value)
    : Number.NaN;
}

/** Null: one of the counters is no count, so nobody knows what was used. */
export function countable(usage: Usage): Usage | null {
  return Number.isNaN(promptTokens(usage) + completionTokens(usage)) ? null : usage;
}

/**
 * Some compatible servers count what is cached or thought beside the prompt and the completion instead of inside: a part that is greater than its
 * whole cannot be in it, and a total that is the sum of all says so too. Nothing that was used may get lost here, since it is paid for. Null: as `countable`.
 */
export function disjoint({ prompt, cached, written, completion, reasoning, total }: OverlappingCounts): Usage | null {
  const cacheInside = cached + written <= prompt;
  const reasoningInside = reasoning <= completion && (reasoning === 0 || total !== prompt + completion + reasoning);
  return countable({
    input: cacheInside ? prompt - cached - written : prompt,
    cacheRead: cached,
    cacheWrite: written,
    cacheWriteHour: 0,
    output: reasoningInside ? completion - reasoning : completion,
    reasoning,
  });
}
