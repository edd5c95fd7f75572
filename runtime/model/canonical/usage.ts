/**
 * What a model call used, in counters that never overlap: every provider counts in its own way, some with cached tokens inside the prompt's
 * count and some without, and sums of overlapping counts are how gateways come to bill wrongly.
 */

export interface Usage {
  /** Input tokens at the full price: neither read from nor written to a cache. */
  readonly input: number;
  /** Input tokens that the provider had cached. */
  readonly cacheRead: number;
  /** Input tokens written to a cache that lives five minutes (or as long as the provider decides). */
  readonly cacheWrite: number;
  /** Input tokens written to a cache that lives an hour. */
  readonly cacheWriteHour: number;
  /** Output tokens that the client sees: text, tool calls. */
  readonly output: number;
  /** Output tokens of reasoning, shown or not. */
  readonly reasoning: number;
  /** Input tokens of audio at the full price, where the provider counts them apart; not part of `input`. */
  readonly audioInput?: number;
  /** Output tokens of audio, where the provider counts them apart; not part of `output`. */
  readonly audioOutput?: number;
  /** Searches that the provider made and asks for one by one. */
  readonly searches?: number;
}

export const NO_USAGE: Usage = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0, output: 0, reasoning: 0 };

/** All that went in. */
export function promptTokens(usage: Usage): number {
  return usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWriteHour + (usage.audioInput ?? 0);
}

/** All that came out. */
export function completionTokens(usage: Usage): number {
  return usage.output + usage.reasoning + (usage.audioOutput ?? 0);
}

/** Of two calls together. */
export function addUsage(one: Usage, other: Usage): Usage {
  const sum: { -readonly [Counter in keyof Usage]: Usage[Counter] } = { ...one };
  for (const [counter, count] of Object.entries(other) as [keyof Usage, number][])
    sum[counter] = (sum[counter] ?? 0) + count;
  return sum;
}
