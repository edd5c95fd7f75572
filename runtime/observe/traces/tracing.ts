/**
 * Traces of one serving thread: which requests are recorded, and the way of their spans to a collector. The caller's decision holds (W3C Trace Context,
 * `sampled`); of the others a part is recorded, and services are told so.
 */
import { performance } from "node:perf_hooks";
import type { Exchange } from "../../http/exchange.ts";
import type { SampleValue } from "../sample.ts";
import { parseTraceparent } from "../trace.ts";
import { SpanExporter, type SpanExporterOptions } from "./exporter.ts";
import { Recording } from "./recording.ts";
import { addServerSpan } from "./server-span.ts";

export interface TracingOptions extends SpanExporterOptions {
  /** Of the requests whose trace begins here, the part that is recorded; 0 to 1. */
  readonly sample: number;
}

const SAMPLED_BIT = 1;

export class Tracing {
  readonly #share: number;
  readonly #random: () => number;
  readonly #exporter: SpanExporter;

  constructor(options: TracingOptions) {
    this.#share = options.sample;
    this.#random = options.random;
    this.#exporter = new SpanExporter(options);
  }

  /** Decides about a request, before anything of the program sees it. One that is not recorded costs a look at its fields. */
  begin(exchange: Exchange): void {
    const parent = parentOf(exchange);
    if (parent === null) {
      if (this.#share < 1 && this.#random() >= this.#share) {
        exchange.unsampled = true;
        return;
      }
    } else if ((Number.parseInt(parent.flags, 16) & SAMPLED_BIT) === 0) return;
    exchange.recording = new Recording({
      traceId: exchange.traceId,
      spanId: exchange.spanId,
      parentId: parent?.parentId ?? "",
      origin: Date.now() - performance.now(),
      sink: this.#exporter.add,
    });
  }

  /** For metrics: what became of spans. */
  values(): SampleValue[] {
    const { sent, dropped, refused } = this.#exporter;
    return Object.entries({ sent, dropped, refused }).map(([result, value]) => ({ value, labels: { result } }));
  }

  /** Sends what is there, for so many milliseconds at most. */
  close(milliseconds: number): Promise<void> {
    return this.#exporter.close(milliseconds);
  }
}

/** The exchange is over: its own span ends. */
export function endRecording(exchange: Exchange): void {
  if (exchange.recording !== null) addServerSpan(exchange.recording, exchange);
}

function parentOf({ headers }: Exchange): ReturnType<typeof parseTraceparent> {
  // The last one, as the trace's identifier is of (a field that comes twice).
  let value: string | null = null;
  for (let index = 0; index < headers.length; index += 2)
    if (headers[index] === "traceparent") value = headers[index + 1]!;
  return value === null ? null : parseTraceparent(value);
}
