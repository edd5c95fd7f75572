/** Makes counters that never overlap out of OpenAI's, which do. */
import type { Json } from "../../canonical/request.ts";
import type { Usage } from "../../canonical/usage.ts";

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

/** A count that can be one; 0 for everything else. */
export function count(value: Json | undefined): number {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER / 8 ? Math.round(value) : 0;
}

/**
 * Some compatible servers count what is cached or thought beside the prompt and the completion instead of inside: a part that is greater than its
 * whole cannot be in it, and a total that is the sum of all says so too. Nothing that was used may get lost here, since it is paid for.
 */
export function disjoint({ prompt, cached, written, completion, reasoning, total }: OverlappingCounts): Usage {
  const cacheInside = cached + written <= prompt;
  const reasoningInside = reasoning <= completion && (reasoning === 0 || total !== prompt + completion + reasoning);
  return {
    input: cacheInside ? prompt - cached - written : prompt,
    cacheRead: cached,
    cacheWrite: written,
    cacheWriteHour: 0,
    output: reasoningInside ? completion - reasoning : completion,
    reasoning,
  };
}
