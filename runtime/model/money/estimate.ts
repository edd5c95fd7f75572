/**
 * What a call is charged that was cut off before its provider had told all it used: neither nothing, which would leak budgets, nor the worst case, of which a broken
 * stream has rarely used a tenth. What was told counts as told; the rest is bounded by what has been received.
 */
import { completionTokens, promptTokens, type Usage } from "../canonical/usage.ts";
import { costOf, isUsage } from "./cost.ts";
import type { Price } from "./price.ts";
import { type CallBound, dearestOutput, worstCost } from "./worst-case.ts";

/** What had come of an answer. */
export interface Received {
  /** Bytes of text, arguments and names, in UTF-8: as many tokens at most. */
  readonly bytes: number;
  /** Texts, tool calls, thoughts. */
  readonly parts: number;
}

/** Most tokens of what models write around a part and show nobody: names of fields, marks of its beginning and end. */
const PART = 16;
/** What a model may have written, and not yet sent, when it was cut off: a second of most of them. */
const UNDER_WAY = 64;

export interface Cut {
  /** As far as the provider told. */
  readonly told: Usage | null;
  /** null: more than was received may have been written: thoughts that nobody is shown, or an answer that comes as a whole. */
  readonly received: Received | null;
}

export interface Estimate {
  /** Pico-units. */
  readonly cost: bigint;
  readonly tokens: number;
  /** With the output as it is charged; null: the provider did not tell the input. */
  readonly usage: Usage | null;
}

/** null: nothing is known, or what was told cannot be, so the worst case counts. Input that was not told counts as it was reserved, output never beyond that, unless more of it was told. */
export function estimateOf(price: Price, bound: CallBound, { told, received }: Cut): Estimate | null {
  const known = told !== null && promptTokens(told) > 0 && !(bound.audio && told.audioInput === undefined);
  if ((!known && received === null) || (told !== null && !isUsage(told))) return null;
  const written = told === null ? 0 : completionTokens(told);
  const seen = received === null ? bound.output : Math.max(written, received.bytes + received.parts * PART) + UNDER_WAY;
  const output = Math.max(written, Math.min(bound.output, seen));
  if (!known) return { cost: worstCost(price, bound.input, output), tokens: bound.input.tokens + output, usage: null };
  const usage = charged(price, told, output - written, received === null);
  const cost = costOf(price, usage);
  return cost === null ? null : { cost, tokens: promptTokens(usage) + completionTokens(usage), usage };
}

/** `unseen`: what is added may be thoughts, and counts as what is dearer. */
function charged({ rates }: Price, told: Usage, more: number, unseen: boolean): Usage {
  const thoughts = unseen && rates.reasoning === dearestOutput(rates) && rates.reasoning > rates.output;
  return thoughts ? { ...told, reasoning: told.reasoning + more } : { ...told, output: told.output + more };
}
