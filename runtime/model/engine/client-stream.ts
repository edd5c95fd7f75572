/** A streamed answer on its way to the client: frames in its dialect, and the provider held back while the client takes no more. */
import type { Exchange, Headers } from "../../http/exchange.ts";
import type { ModelEvent } from "../canonical/answer.ts";
import type { AnswerContext, ClientDialect, EventWriter } from "../dialect/dialect.ts";
import type { Asked } from "./asked.ts";

export class ClientStream {
  readonly #exchange: Exchange;
  readonly #writer: EventWriter;
  /** Who is held back until the client takes more. */
  #source: Asked | null = null;

  /** Begins the answer; `headers`: further ones. */
  constructor(exchange: Exchange, client: ClientDialect, context: AnswerContext, headers: Headers) {
    this.#exchange = exchange;
    this.#writer = client.eventWriter(context);
    exchange.begin(200, ["content-type", client.streamMediaType, "cache-control", "no-cache", ...headers], null);
  }

  /** The frames of these events in one write. `source`: who is held back where the client takes no more; null: nobody. */
  write(events: readonly ModelEvent[], source: Asked | null): void {
    let text = "";
    for (const event of events) text += this.#writer.write(event);
    if (text === "" || this.#exchange.write(Buffer.from(text)) || source === null) return;
    this.#source = source;
    source.pause();
    this.#exchange.onDrain(this.#drained);
  }

  /** The client is told that another model goes on. */
  continued(): void {
    const text = this.#writer.continued();
    if (text !== "") this.#exchange.write(Buffer.from(text));
  }

  readonly #drained = (): void => {
    this.#exchange.onDrain(null);
    const source = this.#source;
    this.#source = null;
    source?.resume();
  };

  /** Nothing is resumed any more. */
  release(): void {
    if (this.#source !== null) this.#exchange.onDrain(null);
    this.#source = null;
  }
}
