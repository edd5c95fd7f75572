/**
 * Server-sent events on the wire, read as they come and written as one string each. Reading follows the WHATWG HTML standard §9.2.6 with one
 * difference: an event that the end of the stream cuts off before its blank line is given too, since some providers end so.
 */
import { HeldBytes } from "./held-bytes.ts";

/** Bytes of one event, its line that is still arriving included. */
export const MAX_EVENT_BYTES = 16 * 1024 * 1024;

/** `name`: the `event` field, "" where there is none. `data`: the lines of `data`, joined by a line feed. */
export type EventReceiver = (name: string, data: string) => void;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const COLON = 58;
const SPACE = 32;

/** Reads one stream, cut in any way; each byte is looked at a fixed number of times. `id` and `retry` are of no use here and not kept. */
export class ServerSentEventParser {
  readonly #receive: EventReceiver;
  readonly #limit: number;
  #name = "";
  #data = "";
  #hasData = false;
  /** Bytes of the lines that made `#data` and `#name`. */
  #size = 0;
  /** The beginning of a line whose end has not come. */
  readonly #held = new HeldBytes();
  #atStart = true;
  /** The last byte was a carriage return: a line feed that follows belongs to it. */
  #afterReturn = false;
  #tooLong = false;

  constructor(receive: EventReceiver, limit: number = MAX_EVENT_BYTES) {
    this.#receive = receive;
    this.#limit = limit;
  }

  /** An event was longer than the limit; nothing is read any more. */
  get tooLong(): boolean {
    return this.#tooLong;
  }

  /** Keeps nothing of `bytes`. False: an event is too long, now or before. */
  push(bytes: Uint8Array): boolean {
    if (this.#tooLong) return false;
    const chunk = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const length = chunk.length;
    if (length === 0) return true;
    let at = 0;
    if (this.#afterReturn) {
      this.#afterReturn = false;
      if (chunk[0] === LINE_FEED) at = 1;
    }
    // Each is looked for again only once it has been passed: a stream that uses one of them alone would else be searched to its end at every line.
    let feed = chunk.indexOf(LINE_FEED, at);
    let carriageReturn = chunk.indexOf(CARRIAGE_RETURN, at);
    while (at < length) {
      if (feed !== -1 && feed < at) feed = chunk.indexOf(LINE_FEED, at);
      if (carriageReturn !== -1 && carriageReturn < at) carriageReturn = chunk.indexOf(CARRIAGE_RETURN, at);
      const byReturn = carriageReturn !== -1 && (feed === -1 || carriageReturn < feed);
      const end = byReturn ? carriageReturn : feed;
      if (end === -1) return this.#hold(chunk, at);
      if (this.#held.length === 0) this.#line(chunk, at, end);
      else if (this.#hold(chunk, at, end)) this.#heldLine();
      if (this.#tooLong) return false;
      at = end + 1;
      if (!byReturn) continue;
      if (at === length) this.#afterReturn = true;
      else if (chunk[at] === LINE_FEED) at++;
    }
    return true;
  }

  /** The stream has ended: gives what stood without a blank line. */
  finish(): void {
    if (this.#tooLong) return;
    if (this.#held.length > 0) this.#heldLine();
    this.#dispatch();
  }

  #hold(chunk: Buffer, from: number, to: number = chunk.length): boolean {
    if (this.#size + this.#held.length + to - from > this.#limit) {
      this.#tooLong = true;
      this.#held.release();
      this.#data = "";
      return false;
    }
    this.#held.add(chunk, from, to);
    return true;
  }

  #heldLine(): void {
    this.#line(this.#held.bytes, 0, this.#held.take());
  }

  #line(bytes: Buffer, start: number, end: number): void {
    let from = start;
    if (this.#size + end - start > this.#limit) {
      this.#tooLong = true;
      this.#data = "";
      return;
    }
    if (this.#atStart) {
      this.#atStart = false;
      if (end - from >= 3 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf) from += 3;
    }
    if (from === end) {
      this.#dispatch();
      return;
    }
    const first = bytes[from];
    // "d" of data, "e" of event; a comment begins with a colon, and other fields say nothing here.
    if (first !== 100 && first !== 101) return;
    const isData = first === 100;
    const after = from + (isData ? 4 : 5);
    if (after > end || (after < end && bytes[after] !== COLON)) return;
    // Four letters or five are compared faster one by one than as a string.
    if (isData) {
      if (bytes[from + 1] !== 97 || bytes[from + 2] !== 116 || bytes[from + 3] !== 97) return;
    } else if (
      bytes[from + 1] !== 118 ||
      bytes[from + 2] !== 101 ||
      bytes[from + 3] !== 110 ||
      bytes[from + 4] !== 116
    ) {
      return;
    }
    this.#size += end - from;
    let value = after < end ? after + 1 : end;
    if (value < end && bytes[value] === SPACE) value++;
    const text = value === end ? "" : bytes.toString("utf8", value, end);
    if (!isData) {
      this.#name = text;
      return;
    }
    this.#data = this.#hasData ? `${this.#data}\n${text}` : text;
    this.#hasData = true;
  }

  #dispatch(): void {
    const name = this.#name;
    const data = this.#data;
    const hasData = this.#hasData;
    this.#name = "";
    this.#data = "";
    this.#hasData = false;
    this.#size = 0;
    if (hasData) this.#receive(name, data);
  }
}

/** One event without a name. `data`: one line, as JSON text is. */
export function writeEvent(data: string): string {
  return `data: ${data}\n\n`;
}

/** One event with a name. Both of one line. */
export function writeNamedEvent(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}
