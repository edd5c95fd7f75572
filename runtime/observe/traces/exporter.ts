/**
 * The way of spans out of a thread: collected, posted to a collector in batches (OTLP over HTTP, JSON), never waited for. The queue is bounded; what does not fit, and
 * what a collector does not take in time, is dropped and counted. What may be sent again is, as the protocol says.
 */
import { type ExportAnswer, Poster } from "./post.ts";
import { attributeTexts } from "./span-text.ts";

export interface SpanExporterOptions {
  /** Where spans are posted, whole. */
  readonly url: string;
  /** Sent with each batch. */
  readonly headers: { readonly [name: string]: string };
  /** What all spans have in common. */
  readonly resource: { readonly [name: string]: string };
  readonly version: string;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  /** Told when the collector stops or begins to take spans: why it does not; null: it does. */
  readonly note: (problem: string | null) => void;
  readonly limits?: Partial<ExportLimits>;
}

export interface ExportLimits {
  /** Characters of spans that wait or are under way. */
  readonly queue: number;
  /** Spans, and characters, of one batch. */
  readonly batch: number;
  readonly batchSize: number;
  /** Milliseconds that spans are collected. */
  readonly collect: number;
  /** Milliseconds for one request. */
  readonly timeout: number;
  /** Milliseconds before a batch is sent again, at first and at most; and for which it is tried. */
  readonly firstPause: number;
  readonly longestPause: number;
  readonly tried: number;
}

const LIMITS: ExportLimits = {
  queue: 8 * 1024 * 1024,
  batch: 512,
  batchSize: 1024 * 1024,
  collect: 1000,
  timeout: 10_000,
  firstPause: 1000,
  longestPause: 30_000,
  tried: 120_000,
};

export class SpanExporter {
  /** Spans that a collector took. */
  sent = 0;
  /** Spans that found no room, or no collector. */
  dropped = 0;
  /** Spans that a collector did not want. */
  refused = 0;
  readonly #limits: ExportLimits;
  readonly #options: SpanExporterOptions;
  readonly #poster: Poster;
  readonly #head: string;
  #spans: string[] = [];
  /** Of `#spans`, and of the batch that is under way. */
  #size = 0;
  #underWay = 0;
  #sending = false;
  #away = false;
  #timer: NodeJS.Timeout | null = null;
  /** Ends the pause before a batch is sent again. */
  #wake: (() => void) | null = null;
  /** `performance.now()` by which all is over; null: it runs. */
  #end: number | null = null;
  #idle: (() => void) | null = null;

  constructor(options: SpanExporterOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#poster = new Poster(options.url, options.headers, `vivremotion/${options.version}`);
    const scope = `{"name":"vivremotion","version":${JSON.stringify(options.version)}}`;
    this.#head = `{"resourceSpans":[{"resource":{"attributes":[${attributeTexts(options.resource)}]},"scopeSpans":[{"scope":${scope},"spans":[`;
  }

  /** A finished span. Never blocks, never throws. */
  readonly add = (span: string): void => {
    const { queue, batch, batchSize, collect } = this.#limits;
    if (this.#end !== null || this.#size + this.#underWay + span.length > queue) {
      this.dropped++;
      return;
    }
    this.#spans.push(span);
    this.#size += span.length;
    if (this.#sending) return;
    if (this.#spans.length >= batch || this.#size >= batchSize) this.#start();
    else this.#timer ??= unreferenced(setTimeout(() => this.#start(), collect));
  };

  /** Sends what is there, once more at most, and closes the connection: within so many milliseconds, whatever the collector does. */
  async close(milliseconds: number): Promise<void> {
    if (this.#end !== null) return;
    this.#end = performance.now() + milliseconds;
    this.#wake?.();
    if (!this.#sending && this.#spans.length > 0) this.#start();
    if (this.#sending) {
      const late = setTimeout(() => this.#poster.close(), milliseconds);
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
      clearTimeout(late);
    }
    this.#stopTimer();
    this.#poster.close();
    this.dropped += this.#spans.length;
    this.#spans = [];
    this.#size = 0;
  }

  #start(): void {
    this.#stopTimer();
    if (this.#sending) return;
    this.#sending = true;
    void this.#sendAll();
  }

  /** Until nothing is left that makes a batch worth sending. */
  async #sendAll(): Promise<void> {
    const { batch, batchSize, collect } = this.#limits;
    do {
      await this.#send(this.#take());
      this.#underWay = 0;
    } while (
      this.#spans.length > 0 &&
      (this.#end === null ? this.#spans.length >= batch || this.#size >= batchSize : performance.now() < this.#end)
    );
    this.#sending = false;
    if (this.#end === null && this.#spans.length > 0)
      this.#timer ??= unreferenced(setTimeout(() => this.#start(), collect));
    this.#idle?.();
  }

  /** The oldest, as many as one batch holds. */
  #take(): string[] {
    const { batch, batchSize } = this.#limits;
    let count = 0;
    let size = 0;
    while (
      count < this.#spans.length &&
      count < batch &&
      (count === 0 || size + this.#spans[count]!.length <= batchSize)
    ) {
      size += this.#spans[count]!.length;
      count++;
    }
    this.#size -= size;
    this.#underWay = size;
    return this.#spans.splice(0, count);
  }

  async #send(spans: readonly string[]): Promise<void> {
    const { timeout, firstPause, longestPause, tried } = this.#limits;
    const body = `${this.#head}${spans.join(",")}]}]}]}`;
    const givenUp = performance.now() + tried;
    for (let attempt = 0; ; attempt++) {
      const left = this.#end === null ? timeout : Math.min(timeout, this.#end - performance.now());
      const answer: ExportAnswer =
        left <= 0 ? { kind: "again", problem: "the gateway stops", after: 0 } : await this.#poster.post(body, left);
      if (answer.kind === "taken") {
        const refused = Math.min(spans.length, answer.rejected);
        this.refused += refused;
        this.sent += spans.length - refused;
        this.#tell(null);
        return;
      }
      this.#tell(answer.problem);
      if (answer.kind === "refused") {
        this.refused += spans.length;
        return;
      }
      const pause = Math.max(answer.after, this.#pause(attempt, firstPause, longestPause));
      if (this.#end !== null || performance.now() + pause > givenUp) {
        this.dropped += spans.length;
        return;
      }
      await this.#wait(pause);
    }
  }

  /** Twice as long each time, by chance between half and all of it. */
  #pause(attempt: number, first: number, longest: number): number {
    const full = Math.min(longest, first * 2 ** Math.min(attempt, 20));
    return full * (0.5 + this.#options.random() / 2);
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise<void>((resolve) => {
      const timer = unreferenced(setTimeout(resolve, milliseconds));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    }).then(() => {
      this.#wake = null;
    });
  }

  /** Once each time that it changes. */
  #tell(problem: string | null): void {
    const away = problem !== null;
    if (away === this.#away) return;
    this.#away = away;
    this.#options.note(problem);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** Spans keep no process alive. */
function unreferenced(timer: NodeJS.Timeout): NodeJS.Timeout {
  return timer.unref();
}
