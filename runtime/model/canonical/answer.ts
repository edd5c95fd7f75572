/** What a model answers, in the form in the middle: whole, or as events of a stream; `gather` makes the one of the other. */
import type { ModelError } from "./error.ts";
import type { ReasoningPart, RefusalPart, TextPart, ToolCallPart } from "./request.ts";
import type { Usage } from "./usage.ts";

/** Why the model stopped. Every dialect's reasons map onto these, totally. "failed": the model or provider failed, which is never a normal end. */
export type StopReason = "end" | "stop-string" | "length" | "context" | "tool-calls" | "policy" | "paused" | "failed";

export interface Stop {
  readonly reason: StopReason;
  /** The provider's own word. */
  readonly native: string;
  /** The string that stopped it, where the provider tells. */
  readonly matched: string | null;
}

/** The model was stopped in the middle: its last part may be half of one, and arguments of a tool call may not be JSON. */
export function isCut(stop: Stop | null): boolean {
  return stop === null || stop.reason === "length" || stop.reason === "context" || stop.reason === "failed";
}

export type AnswerPart = TextPart | ToolCallPart | ReasoningPart | RefusalPart;

export interface ModelAnswer {
  /** The provider's identifier of the answer; "" where it gives none. */
  readonly id: string;
  /** As the provider names the model. */
  readonly model: string;
  readonly parts: readonly AnswerPart[];
  readonly stop: Stop;
  /** null: the provider did not tell. */
  readonly usage: Usage | null;
  /** What the provider's own words say of its usage does not add up: clients are told what was counted. */
  readonly uncounted?: true;
}

/**
 * Events of one streamed answer, in this order: `start` first; parts are opened, continued and closed by `index` (0, 1, 2 … in the order
 * in which they are opened; several may be open at once); then `stop`; `usage` may come at any time, each cumulative and replacing the one
 * before; `end` last and only after `stop`. Or `error` at any time, and nothing behind it. A reader never gives anything else, whatever bytes it reads.
 */
export type ModelEvent =
  | { readonly type: "start"; readonly id: string; readonly model: string }
  | { readonly type: "open"; readonly index: number; readonly part: OpenedPart }
  /** More of a text, reasoning or refusal. Never empty. */
  | { readonly type: "text"; readonly index: number; readonly text: string }
  /** More of a tool call's arguments. Never empty. */
  | { readonly type: "arguments"; readonly index: number; readonly text: string }
  /** The opaque state of a reasoning or a tool call; once, before its close. */
  | { readonly type: "signature"; readonly index: number; readonly signature: string }
  | { readonly type: "close"; readonly index: number }
  | { readonly type: "usage"; readonly usage: Usage }
  | { readonly type: "stop"; readonly stop: Stop }
  | { readonly type: "end" }
  | { readonly type: "error"; readonly error: ModelError };

export type OpenedPart =
  | { readonly kind: "text" }
  | { readonly kind: "refusal" }
  /** `redacted`: the provider's encrypted thought, whole. */
  | { readonly kind: "reasoning"; readonly redacted: string | null }
  | { readonly kind: "tool-call"; readonly id: string; readonly name: string };
