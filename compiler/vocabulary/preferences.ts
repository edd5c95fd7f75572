/** By what the models of a choice can be ranked, and what conditions of `prefer` can ask. */
import type { Measure, PreferenceRule } from "../../runtime/model/configuration.ts";

/** Beside `weights(…)`. */
export const preferenceWords: readonly string[] = [
  "order",
  "cheapest",
  "fastest",
  "least_loaded",
] satisfies PreferenceRule["by"][];

export interface MeasureEntry {
  readonly word: Measure;
  readonly type: "tokens" | "duration" | "int";
  readonly documentation: string;
  readonly example: string;
}

const entries: readonly MeasureEntry[] = [
  {
    word: "context",
    type: "tokens",
    documentation: "the estimated tokens of the request's prompt",
    example: "context < 8ktok",
  },
  {
    word: "p50",
    type: "duration",
    documentation: "the model's median time to the first token",
    example: "p50 < 400ms",
  },
  {
    word: "p95",
    type: "duration",
    documentation: "the model's time to the first token that 95% of its answers keep",
    example: "p95 < 800ms",
  },
  {
    word: "in_flight",
    type: "int",
    documentation: "the calls that the model is answering just now, over all threads",
    example: "in_flight < 20",
  },
];

export const measures: ReadonlyMap<string, MeasureEntry> = new Map(entries.map((entry) => [entry.word, entry]));
