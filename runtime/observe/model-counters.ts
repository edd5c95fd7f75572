/** What is counted per model. The set belongs to the thread: counters go on when a swap replaces a program. */
import type { ModelNote } from "../http/exchange.ts";
import { METRICS } from "./metrics.ts";
import { type ModelOperation, ModelOperations, OperationValues } from "./model-operations.ts";
import { type Sample, type SampleValue, sample } from "./sample.ts";

/** As metrics name them. */
const KINDS = {
  input: "input",
  cacheRead: "cache_read",
  cacheWrite: "cache_write",
  cacheWriteHour: "cache_write_hour",
  output: "output",
  reasoning: "reasoning",
} as const;

class ModelCounters {
  readonly outcomes = new Map<string, number>();
  readonly tokens: { -readonly [Kind in keyof typeof KINDS]: number } = {
    input: 0,
    cacheRead: 0,
    cacheWrite: 0,
    cacheWriteHour: 0,
    output: 0,
    reasoning: 0,
  };
  readonly operations = new ModelOperations();
  readonly chosen = new Map<string, number>();
  readonly skipped = new Map<string, number>();
  /** By key and event, in that order. */
  readonly keys = new Map<string, Map<string, number>>();
  fallbacks = 0;
  continuations = 0;
}

export class ModelCounterSet {
  readonly #models = new Map<string, ModelCounters>();

  /** Once for each time that a model was asked, `of` what, and for how long. */
  count(note: ModelNote, of: ModelOperation, milliseconds: number): void {
    const { model, outcome, usage, fallbacks, continuations, by } = note;
    const counters = this.#of(model);
    if (by !== undefined && by !== "") counters.chosen.set(by, (counters.chosen.get(by) ?? 0) + 1);
    counters.outcomes.set(outcome, (counters.outcomes.get(outcome) ?? 0) + 1);
    if (fallbacks > 0) counters.fallbacks++;
    if (continuations > 0) counters.continuations++;
    counters.operations.count(of, note, milliseconds);
    if (usage === null) return;
    const { tokens } = counters;
    if (usage.input > 0) tokens.input += usage.input;
    if (usage.cacheRead > 0) tokens.cacheRead += usage.cacheRead;
    if (usage.cacheWrite > 0) tokens.cacheWrite += usage.cacheWrite;
    if (usage.cacheWriteHour > 0) tokens.cacheWriteHour += usage.cacheWriteHour;
    if (usage.output > 0) tokens.output += usage.output;
    if (usage.reasoning > 0) tokens.reasoning += usage.reasoning;
  }

  /** Once for each time that a model could not be asked, and another one was looked for. */
  skipped(model: string, reason: string): void {
    const { skipped } = this.#of(model);
    skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  }

  /** What became of one of a model's keys. */
  key(model: string, key: string, event: string): void {
    const { keys } = this.#of(model);
    const events = keys.get(key) ?? new Map<string, number>();
    keys.set(key, events);
    events.set(event, (events.get(event) ?? 0) + 1);
  }

  #of(model: string): ModelCounters {
    let counters = this.#models.get(model);
    if (counters === undefined) {
      counters = new ModelCounters();
      this.#models.set(model, counters);
    }
    return counters;
  }

  samples(): Sample[] {
    const requests: SampleValue[] = [];
    const tokens: SampleValue[] = [];
    const operations = new OperationValues();
    const fallbacks: SampleValue[] = [];
    const continuations: SampleValue[] = [];
    const chosen: SampleValue[] = [];
    const skipped: SampleValue[] = [];
    const keys: SampleValue[] = [];
    for (const [model, counters] of this.#models) {
      for (const [outcome, value] of counters.outcomes) requests.push({ value, labels: { model, outcome } });
      for (const kind of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
        const value = counters.tokens[kind];
        if (value > 0) tokens.push({ value, labels: { model, kind: KINDS[kind] } });
      }
      counters.operations.values(model, operations);
      for (const [by, value] of counters.chosen) chosen.push({ value, labels: { model, by } });
      for (const [key, events] of counters.keys)
        for (const [event, value] of events) keys.push({ value, labels: { model, key, event } });
      for (const [reason, value] of counters.skipped) skipped.push({ value, labels: { model, reason } });
      if (counters.fallbacks > 0) fallbacks.push({ value: counters.fallbacks, labels: { model } });
      if (counters.continuations > 0) continuations.push({ value: counters.continuations, labels: { model } });
    }
    return [
      sample(METRICS.modelRequests, requests),
      sample(METRICS.modelTokens, tokens),
      ...operations.samples,
      sample(METRICS.modelChosen, chosen),
      sample(METRICS.modelSkipped, skipped),
      sample(METRICS.modelKeys, keys),
      sample(METRICS.modelFallbacks, fallbacks),
      sample(METRICS.modelContinuations, continuations),
    ];
  }
}
