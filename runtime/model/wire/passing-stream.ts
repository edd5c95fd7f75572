/**
 * A provider's stream on its way to a client that speaks the same dialect: events are handed on as the bytes they are, but for the model's name. What the gateway
 * has to know (whether there is content, what was used, whether it failed or ended) a reader is told of; pieces of text, which are nearly all events of a stream
 * and say nothing of that, are recognised by their bytes and shown to nobody.
 */
import type { ModelEvent } from "../canonical/answer.ts";
import type { Usage } from "../canonical/usage.ts";
import type { EventReader, PassingReader } from "../dialect/dialect.ts";
import { failure } from "./event-order.ts";
import { type RawEvent, RawEvents } from "./raw-events.ts";

/** What is kept of a stream before its first content. */
const MOST_HELD = 1024 * 1024;

export interface PassRules {
  /** Whether this data is a piece of content and nothing else. */
  isPiece(data: Buffer): boolean;
  /** The same for the client; null: it is not to see it. */
  edit(data: Buffer): Uint8Array | null;
  /** Whether it says that the stream is over. */
  isEnd(data: Buffer): boolean;
  /** What clients wait for where a provider that is through has not said so; "": nothing. */
  readonly end: string;
}

/** Something has come that a client gets something by. */
const CONTENT: ModelEvent = { type: "text", index: 0, text: " " };

export class PassingStream implements PassingReader {
  readonly #reader: EventReader;
  readonly #rules: PassRules;
  readonly #raw = new RawEvents((event) => this.#event(event));
  #events: ModelEvent[] = [];
  readonly #out: Uint8Array[] = [];
  #length = 0;
  /** Content has come: pieces need not be shown to the reader any more. */
  #begun = false;
  /** The provider has said that it is through. */
  #closed = false;
  #over = false;
  #failed = false;

  constructor(reader: EventReader, rules: PassRules) {
    this.#reader = reader;
    this.#rules = rules;
  }

  get usage(): Usage | null {
    return this.#reader.usage;
  }

  push(bytes: Uint8Array): readonly ModelEvent[] {
    if (!this.#over && !this.#raw.push(bytes))
      this.#fail("An event of the provider's stream is longer than this gateway takes.");
    return this.#take();
  }

  finish(): readonly ModelEvent[] {
    if (!this.#over) this.#raw.finish();
    if (!this.#over) this.#told(this.#reader.finish());
    if (this.#events.at(-1)?.type === "end" && !this.#closed) this.#write(Buffer.from(this.#rules.end));
    return this.#take();
  }

  take(): Uint8Array | null {
    const out = this.#out;
    if (out.length === 0) return null;
    this.#length = 0;
    // A copy: what was read lies where the next read will.
    const bytes = Buffer.concat(out);
    out.length = 0;
    return bytes;
  }

  #take(): readonly ModelEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    // Between two reads nothing may be left in the reader's buffer.
    if (this.#out.length > 0 && !this.#begun) {
      const kept = Buffer.concat(this.#out);
      this.#out.length = 0;
      this.#out.push(kept);
    }
    return events;
  }

  #event({ bytes, start, end }: RawEvent): void {
    if (this.#over) return;
    if (start === -1) {
      // Signs of life: before the answer has begun there is nobody to show them to.
      if (this.#begun) this.#write(bytes);
      return;
    }
    const data = bytes.subarray(start, end);
    const isPiece = this.#begun && this.#rules.isPiece(data);
    if (isPiece) {
      if (this.#events.length === 0) this.#events.push(CONTENT);
    } else this.#told(this.#reader.push(bytes));
    if (this.#failed) return;
    const edited = this.#rules.edit(data);
    if (edited === null) return;
    if (edited === data) this.#write(bytes);
    else this.#write(Buffer.concat([bytes.subarray(0, start), edited, bytes.subarray(end)]));
    if (!isPiece && this.#rules.isEnd(data)) this.#closed = true;
  }

  /** Behind an error nothing is handed on, and the event that told of it is not either: it may speak of the gateway's own account. */
  #told(events: readonly ModelEvent[]): void {
    for (const event of events) {
      this.#events.push(event);
      if (event.type === "error" || event.type === "end") {
        this.#over = true;
        this.#failed = event.type === "error";
      } else if (!this.#begun) this.#begun = isBegun(event);
    }
  }

  #write(bytes: Uint8Array): void {
    this.#out.push(bytes);
    this.#length += bytes.length;
    if (!this.#begun && this.#length > MOST_HELD) this.#fail("The provider's stream says nothing for too long.");
  }

  #fail(message: string): void {
    this.#over = true;
    this.#failed = true;
    this.#events.push({ type: "error", error: failure(message) });
  }
}

/** As `isContent` of the engine; whoever knows less shows the reader more. */
function isBegun({ type }: ModelEvent): boolean {
  return type === "text" || type === "arguments" || type === "stop";
}
