/**
 * A provider's stream on its way to a client that speaks the same dialect: events are handed on as the bytes they are, but for the model's name. What the gateway
 * has to know (whether there is content, what was used, whether it failed or ended) a reader is told of; pieces of text, which are nearly all events of a stream
 * and say nothing of that, are recognised as they stand and shown to nobody.
 */
import type { ModelEvent } from "../canonical/answer.ts";
import type { Usage } from "../canonical/usage.ts";
import type { EventReader, PassingReader } from "../dialect/dialect.ts";
import { failure } from "./event-order.ts";
import { RawEvents } from "./raw-events.ts";

/** What is kept of a stream before its first content. */
const MOST_HELD = 1024 * 1024;

/** Data is text of one character for each byte. */
export interface PassRules {
  /** Whether this data is a piece of content and nothing else. */
  isPiece(data: string): boolean;
  /** What stands in front of the text of a piece, with its first quotation mark: the first of these that does. */
  readonly texts: readonly string[];
  /** The same for the client; null: it is not to see it. */
  edit(data: string): string | null;
  /** The same with other words of what was used, where the provider's do not add up; null: nobody knows it. */
  recount(data: string, usage: Usage | null): string;
  /** Whether it says that the stream is over. */
  isEnd(data: string): boolean;
  /** What clients wait for where a provider that is through has not said so; "": nothing. */
  readonly end: string;
}

/** Something has come that a client gets something by: a byte. */
const CONTENT: ModelEvent = { type: "text", index: 0, text: " " };

export class PassingStream implements PassingReader {
  readonly #reader: EventReader;
  readonly #rules: PassRules;
  readonly #raw = new RawEvents((event, start, end) => this.#event(event, start, end));
  #events: ModelEvent[] = [];
  #out = "";
  /** Content has come: pieces need not be shown to the reader any more. */
  #begun = false;
  /** The provider has said that it is through. */
  #closed = false;
  #over = false;
  #failed = false;
  /** What comes now was cut off by the end of the connection, and perhaps in its middle: only the reader can tell. */
  #ending = false;

  measures = false;
  passed = 0;

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
    this.#ending = true;
    if (!this.#over) this.#raw.finish();
    if (!this.#over) this.#told(this.#reader.finish());
    if (this.#events.at(-1)?.type === "end" && !this.#closed) this.#out += this.#rules.end;
    return this.#take();
  }

  take(): Uint8Array | null {
    if (this.#out === "") return null;
    const bytes = Buffer.from(this.#out, "latin1");
    this.#out = "";
    return bytes;
  }

  #take(): readonly ModelEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  #event(event: string, start: number, end: number): void {
    if (this.#over) return;
    if (start === -1) {
      // Signs of life: before the answer has begun there is nobody to show them to.
      if (this.#begun) this.#out += event;
      return;
    }
    const data = event.slice(start, end);
    const isPiece = this.#begun && !this.#ending && this.#rules.isPiece(data);
    if (isPiece) {
      if (this.measures) this.passed += textLength(data, this.#rules.texts);
      if (this.#events.length === 0) {
        this.#events.push(CONTENT);
        // Which is told of.
        this.passed -= 1;
      }
    } else this.#told(this.#reader.push(Buffer.from(event, "latin1")));
    if (this.#failed) return;
    const sound = isPiece || this.#reader.uncounted !== true ? data : this.#rules.recount(data, this.#reader.usage);
    const edited = this.#rules.edit(sound);
    if (edited === null) return;
    this.#out += edited === data ? event : event.slice(0, start) + edited + event.slice(end);
    if (!isPiece && this.#rules.isEnd(data)) this.#closed = true;
    if (!this.#begun && this.#out.length > MOST_HELD) this.#fail("The provider's stream says nothing for too long.");
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

  #fail(message: string): void {
    this.#over = true;
    this.#failed = true;
    this.#events.push({ type: "error", error: failure(message) });
  }
}

/** Bytes of the text, as it is written; where it is not found, of all. */
function textLength(data: string, texts: readonly string[]): number {
  let start = -1;
  for (const before of texts) {
    const at = data.indexOf(before);
    if (at === -1) continue;
    start = at + before.length;
    break;
  }
  if (start === -1) return data.length;
  let end = data.indexOf('"', start);
  while (end !== -1 && isEscaped(data, start, end)) end = data.indexOf('"', end + 1);
  return end === -1 ? data.length : end - start;
}

/** An odd number of backslashes stands before it. */
function isEscaped(data: string, start: number, at: number): boolean {
  let from = at;
  while (from > start && data.charCodeAt(from - 1) === 92) from--;
  return (at - from) % 2 === 1;
}

/** As `isContent` of the engine; whoever knows less shows the reader more. */
function isBegun({ type }: ModelEvent): boolean {
  return type === "text" || type === "arguments" || type === "stop";
}
