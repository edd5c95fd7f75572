/**
 * The span of one model that is asked, in OpenTelemetry's GenAI conventions for clients (Development, semantic-conventions-genai on 1.42). It never holds a word of
 * what was asked or answered.
 */
import { performance } from "node:perf_hooks";
import type { ModelNote } from "../../http/exchange.ts";
import type { Recording } from "../../observe/traces/recording.ts";
import { splitAuthority } from "../../observe/traces/authority.ts";
import type { StreamedSpan } from "../../upstream/streamed.ts";
import type { ModelAnswer, ModelEvent } from "../canonical/answer.ts";
import type { ModelRequest } from "../canonical/request.ts";
import { completionTokens, promptTokens, type Usage } from "../canonical/usage.ts";
import type { ModelConfiguration } from "../configuration.ts";
import { formatAmount } from "../money/amount.ts";
import { providerName } from "./provider-name.ts";

/** What was asked of the model, as far as it may be told. */
export type SpanRequest = Pick<ModelRequest, "stream" | "maxOutput" | "temperature" | "topP" | "topK">;

export class ModelSpan implements StreamedSpan {
  readonly id: string;
  status = 0;
  readonly #recording: Recording;
  readonly #configuration: ModelConfiguration;
  readonly #operation: string;
  readonly #request: SpanRequest | null;
  readonly #startedAt = performance.now();
  #answerId = "";
  #model = "";
  #stop = "";

  /** `operation`: `gen_ai.operation.name`; `request` null: it has nothing of a conversation. */
  constructor(recording: Recording, configuration: ModelConfiguration, operation: string, request: SpanRequest | null) {
    this.#recording = recording;
    this.#configuration = configuration;
    this.#operation = operation;
    this.#request = request;
    this.id = recording.newSpanId();
  }

  /** The provider's answer is whole. */
  answered({ id, model, stop }: Pick<ModelAnswer, "id" | "model" | "stop">): void {
    this.#answerId = id;
    this.#model = model;
    this.#stop = stop.native === "" ? stop.reason : stop.native;
  }

  told(events: readonly ModelEvent[]): void {
    for (const event of events) {
      if (event.type === "stop") this.#stop = event.stop.native === "" ? event.stop.reason : event.stop.native;
      else if (event.type === "start") {
        this.#answerId = event.id;
        this.#model = event.model;
      }
    }
  }

  end(note: ModelNote): void {
    const { model: name, key = "", by = "", skipped = [], fallbacks, continuations, firstToken, cost, outcome } = note;
    const { model, base } = this.#configuration;
    const { protocol, host } = new URL(base);
    const { address, port } = splitAuthority(host, protocol === "https:" ? "https" : "http");
    const span = this.#recording
      .child(this.id, `${this.#operation} ${model}`, this.#startedAt, performance.now())
      .text("gen_ai.operation.name", this.#operation)
      .text("gen_ai.provider.name", providerName(this.#configuration))
      .text("gen_ai.request.model", model)
      .text("server.address", address)
      .integer("server.port", port)
      .text("gen_ai.response.id", this.#answerId)
      .text("gen_ai.response.model", this.#model)
      .texts("gen_ai.response.finish_reasons", this.#stop === "" ? [] : [this.#stop])
      .text("vgw.model", name)
      .text("vgw.model.outcome", outcome)
      .text("vgw.model.chosen_by", by)
      .text("vgw.model.key", key)
      .texts(
        "vgw.model.skipped",
        skipped.map((one) => `${one.model}: ${one.reason}`),
      );
    const request = this.#request;
    if (request !== null) {
      if (request.stream) span.flag("gen_ai.request.stream", true);
      if (request.maxOutput !== null) span.integer("gen_ai.request.max_tokens", request.maxOutput);
      if (request.temperature !== null) span.double("gen_ai.request.temperature", request.temperature);
      if (request.topP !== null) span.double("gen_ai.request.top_p", request.topP);
      if (request.topK !== null) span.double("gen_ai.request.top_k", request.topK);
    }
    if (note.usage !== null) addUsage(span, note.usage);
    if (firstToken !== null) span.double("gen_ai.response.time_to_first_chunk", firstToken / 1000);
    if (this.status !== 0) span.integer("http.response.status_code", this.status);
    if (cost !== undefined) {
      span
        .double("vgw.model.cost", Number(formatAmount(cost.amount)))
        .text("vgw.model.cost.currency", cost.currency)
        .flag("vgw.model.cost.exact", cost.exact);
    }
    if (fallbacks > 0) span.integer("vgw.model.fallbacks", fallbacks);
    if (continuations > 0) span.integer("vgw.model.continuations", continuations);
    // That the client left, or another one was faster, is no error of the model's.
    if (outcome !== "answered" && outcome !== "left" && outcome !== "outrun") span.failed(outcome);
    this.#recording.add(span);
  }
}

type Span = ReturnType<Recording["child"]>;

/** Input counts with what was cached of it, output with what was thought, as the conventions have it. */
function addUsage(span: Span, usage: Usage): void {
  const { cacheRead, cacheWrite, cacheWriteHour, reasoning, audioInput = 0, audioOutput = 0 } = usage;
  span
    .integer("gen_ai.usage.input_tokens", promptTokens(usage))
    .integer("gen_ai.usage.output_tokens", completionTokens(usage));
  const written = cacheWrite + cacheWriteHour;
  if (cacheRead > 0) span.integer("gen_ai.usage.cache_read.input_tokens", cacheRead);
  if (written > 0) span.integer("gen_ai.usage.cache_creation.input_tokens", written);
  if (reasoning > 0) span.integer("gen_ai.usage.reasoning.output_tokens", reasoning);
  if (audioInput > 0) span.integer("gen_ai.usage.audio.input_tokens", audioInput);
  if (audioOutput > 0) span.integer("gen_ai.usage.audio.output_tokens", audioOutput);
}
