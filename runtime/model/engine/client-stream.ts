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
    const passed = source?.take() ?? null;
    let taken = passed === null || this.#exchange.write(passed);
    let text = "";
    // Of what is passed as it is only an error has to be written: the provider's own is not for clients, and the gateway's has no bytes.
    for (const event of events)
      if (source?.passes !== true || event.type === "error") text += this.#writer.write(event);
    if (text !== "") taken = this.#exchange.write(Buffer.from(text));
    if (taken || source === null) return;
    this.#source = source;
    source.pause();
    this.#exchange.onDrain(this.#drained);
  }

  /** The client is told that another model goes on. */
  continued(): void {
    const text = this.#writer.continued();
    if (text !== "") this.#exchange.write(Buffer.from(text));
  }

  /** What clients of events read over: one line. */
  comment(text: string): void {
    this.#exchange.write(Buffer.from(`: ${text}\n\n`));
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
