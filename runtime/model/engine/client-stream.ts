/** A streamed answer on its way to the client: frames in its dialect, and the provider held back while the client takes no more. */
import { performance } from "node:perf_hooks";
import type { Exchange } from "../../http/exchange.ts";
import type { StreamedAttempt } from "../../upstream/streamed.ts";
import type { ModelEvent } from "../canonical/answer.ts";
import type { AnswerContext, ClientDialect, EventWriter } from "../dialect/dialect.ts";

export class ClientStream {
  /** The client takes no more just now. */
  paused = false;
  /** When content came last, or the client began to take it again; performance.now(). */
  heardAt: number = performance.now();
  readonly #exchange: Exchange;
  readonly #writer: EventWriter;
  #attempt: StreamedAttempt | null = null;

  /** Begins the answer. */
  constructor(exchange: Exchange, client: ClientDialect, context: AnswerContext) {
    this.#exchange = exchange;
    this.#writer = client.eventWriter(context);
    exchange.begin(200, ["content-type", client.streamMediaType, "cache-control", "no-cache"], null);
  }

  /** The frames of these events in one write. `attempt`: who is held back; null: the provider has sent everything. */
  write(events: readonly ModelEvent[], attempt: StreamedAttempt | null): void {
    let text = "";
    for (const event of events) text += this.#writer.write(event);
    if (text === "" || this.#exchange.write(Buffer.from(text)) || attempt === null) return;
    this.paused = true;
    this.#attempt = attempt;
    attempt.pause();
    this.#exchange.onDrain(this.resume);
  }

  readonly resume = (): void => {
    this.#exchange.onDrain(null);
    if (!this.paused) return;
    this.paused = false;
    // The client held it back, not the provider.
    this.heardAt = performance.now();
    this.#attempt?.resume();
  };

  /** Nothing is resumed any more. */
  release(): void {
    this.#attempt = null;
    if (this.paused) this.#exchange.onDrain(null);
  }
}
