/** What is recorded of one request for its trace: the span of the request itself, and those of what is asked of others for it, each handed on as it ends. */
import { newSpanId } from "../trace.ts";
import { SpanText, type SpanKind } from "./span-text.ts";

/** Takes a finished span and returns at once. */
export type SpanSink = (span: string) => void;

export interface RecordingOptions {
  readonly traceId: string;
  /** Of the request's own span. */
  readonly spanId: string;
  /** The caller's span; "": the trace begins here. */
  readonly parentId: string;
  /** What `performance.now()` says less than milliseconds since the epoch. */
  readonly origin: number;
  readonly sink: SpanSink;
}

export class Recording {
  readonly #options: RecordingOptions;

  constructor(options: RecordingOptions) {
    this.#options = options;
  }

  /** An identifier for something that is asked of another one for this request. */
  newSpanId(): string {
    return newSpanId();
  }

  /** The request's own span. Times are `performance.now()`. */
  own(name: string, start: number, end: number): SpanText {
    const { traceId, spanId, parentId } = this.#options;
    return this.#span({ traceId, spanId, parentId, remoteParent: parentId !== "" }, "server", name, start, end);
  }

  /** Of something that was asked of another one. */
  child(spanId: string, name: string, start: number, end: number): SpanText {
    const { traceId, spanId: parentId } = this.#options;
    return this.#span({ traceId, spanId, parentId, remoteParent: false }, "client", name, start, end);
  }

  add(span: SpanText): void {
    this.#options.sink(span.toString());
  }

  #span(
    identity: ConstructorParameters<typeof SpanText>[0],
    kind: SpanKind,
    name: string,
    start: number,
    end: number,
  ): SpanText {
    const { origin } = this.#options;
    return new SpanText(identity, kind, name, start + origin, end + origin);
  }
}
