/** What is measured per model and operation, under the names, labels and bounds of OpenTelemetry's GenAI conventions for metrics (Development, on semconv 1.42). */
import type { ModelNote } from "../http/exchange.ts";
import { completionTokens, promptTokens } from "../model/canonical/usage.ts";
import { Histogram } from "./histogram.ts";
import { METRICS } from "./metrics.ts";
import { histogramValues, type Sample, type SampleValue, sample } from "./sample.ts";

/** What was asked of whom. */
export interface ModelOperation {
  /** `gen_ai.operation.name` */
  readonly operation: string;
  /** `gen_ai.provider.name` */
  readonly provider: string;
  /** As the provider names it. */
  readonly upstream: string;
}

const SECONDS: readonly number[] = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
const TOKENS: readonly number[] = [
  1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
];

interface Measured extends ModelOperation {
  /** By the class of the error; "": none. */
  readonly durations: Map<string, Histogram>;
  readonly firstChunk: Histogram;
  readonly input: Histogram;
  readonly output: Histogram;
}

/** Of one model. A swap may give its name to another provider's. */
export class ModelOperations {
  readonly #measured: Measured[] = [];

  count(of: ModelOperation, { outcome, usage, firstToken }: ModelNote, milliseconds: number): void {
    const measured = this.#of(of);
    const error = outcome === "answered" || outcome === "left" || outcome === "outrun" ? "" : outcome;
    let duration = measured.durations.get(error);
    if (duration === undefined) {
      duration = new Histogram(SECONDS);
      measured.durations.set(error, duration);
    }
    duration.observe(milliseconds / 1000);
    if (firstToken !== null) measured.firstChunk.observe(firstToken / 1000);
    if (usage === null) return;
    measured.input.observe(promptTokens(usage));
    measured.output.observe(completionTokens(usage));
  }

  #of({ operation, provider, upstream }: ModelOperation): Measured {
    for (const one of this.#measured)
      if (one.upstream === upstream && one.operation === operation && one.provider === provider) return one;
    const made: Measured = {
      operation,
      provider,
      upstream,
      durations: new Map(),
      firstChunk: new Histogram(SECONDS),
      input: new Histogram(TOKENS),
      output: new Histogram(TOKENS),
    };
    this.#measured.push(made);
    return made;
  }

  values(model: string, into: OperationValues): void {
    for (const { operation, provider, upstream, durations, firstChunk, input, output } of this.#measured) {
      const labels = {
        model,
        gen_ai_operation_name: operation,
        gen_ai_provider_name: provider,
        gen_ai_request_model: upstream,
      };
      for (const [error_type, one] of durations)
        into.durations.push(...histogramValues(METRICS.genAiDuration, { ...labels, error_type }, one));
      into.firstChunks.push(...histogramValues(METRICS.genAiFirstChunk, labels, firstChunk));
      for (const [gen_ai_token_type, one] of Object.entries({ input, output }))
        into.tokens.push(...histogramValues(METRICS.genAiTokens, { ...labels, gen_ai_token_type }, one));
    }
  }
}

export class OperationValues {
  readonly durations: SampleValue[] = [];
  readonly firstChunks: SampleValue[] = [];
  readonly tokens: SampleValue[] = [];

  get samples(): Sample[] {
    return [
      sample(METRICS.genAiFirstChunk, this.firstChunks),
      sample(METRICS.genAiDuration, this.durations),
      sample(METRICS.genAiTokens, this.tokens),
    ];
  }
}
