/**
 * Server-sent events as they are: where each ends, and where its data stands, for whoever hands them on as they came. What they mean is `sse.ts`'s.
 * Bytes are looked at as text of one character for each (latin1), which is searched, cut and joined faster than bytes are.
 */
import { MAX_EVENT_BYTES } from "./sse.ts";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** `event`: whole, with the blank line behind it. From `start` to `end` stands its data, which is one line; -1: it has none. */
export type RawEventReceiver = (event: string, start: number, end: number) => void;

export class RawEvents {
  readonly #receive: RawEventReceiver;
  /** The beginning of an event whose end has not come. */
  #held: string[] = [];
  #length = 0;
  /** The line that is being read has nothing in it so far. */
  #empty = true;
  #afterReturn = false;
  #tooLong = false;

  constructor(receive: RawEventReceiver) {
    this.#receive = receive;
  }

  /** False: an event is too long, now or before. */
  push(bytes: Uint8Array): boolean {
    if (this.#tooLong) return false;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    if (text === "") return true;
    const from = this.#afterReturn || text.includes("\r") ? this.#byReturns(text) : this.#byFeeds(text);
    if (from === text.length) return true;
    this.#length += text.length - from;
    if (this.#length > MAX_EVENT_BYTES) {
      this.#tooLong = true;
      this.#held = [];
      return false;
    }
    this.#held.push(from === 0 ? text : text.slice(from));
    return true;
  }

  /** What stood without a blank line behind it, which gets one. */
  finish(): void {
    if (!this.#tooLong && this.#held.length > 0) this.#event("\n\n");
  }

  /** How much of the text is told of. Line feeds are the only ends of lines, as nearly always. */
  #byFeeds(text: string): number {
    let from = 0;
    if (this.#empty && text.charCodeAt(0) === LINE_FEED) {
      this.#event("\n");
      from = 1;
    }
    for (;;) {
      const at = text.indexOf("\n\n", from);
      if (at === -1) break;
      this.#event(from === 0 && at + 2 === text.length ? text : text.slice(from, at + 2));
      from = at + 2;
    }
    this.#empty = text.charCodeAt(text.length - 1) === LINE_FEED;
    return from;
  }

  #byReturns(text: string): number {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code !== LINE_FEED && code !== CARRIAGE_RETURN) {
        this.#empty = false;
        this.#afterReturn = false;
        continue;
      }
      if (code === LINE_FEED && this.#afterReturn) {
        this.#afterReturn = false;
        continue;
      }
      this.#afterReturn = code === CARRIAGE_RETURN;
      if (!this.#empty) {
        this.#empty = true;
        continue;
      }
      // A line feed behind a return is of the same line's end, where it has come already.
      if (this.#afterReturn && text.charCodeAt(at + 1) === LINE_FEED) {
        at++;
        this.#afterReturn = false;
      }
      this.#event(text.slice(from, at + 1));
      from = at + 1;
    }
    return from;
  }

  #event(rest: string): void {
    let event = rest;
    if (this.#held.length > 0) {
      event = this.#held.join("") + rest;
      this.#held = [];
      this.#length = 0;
    }
    const feed = event.indexOf("\n");
    if (feed !== event.length - 2 || !event.startsWith("data:") || event.charCodeAt(feed - 1) === CARRIAGE_RETURN) {
      this.#place(event);
      return;
    }
    this.#receive(event, event.charCodeAt(5) === 32 ? 6 : 5, feed);
  }

  /** Finds the data. Several lines of it become one, with a space for each line's end: in JSON that is the same. */
  #place(event: string): void {
    let start = -1;
    let end = -1;
    for (let from = 0; from < event.length; ) {
      const to = lineEnd(event, from);
      if (event.startsWith("data", from) && (to === from + 4 || event.charCodeAt(from + 4) === 58)) {
        if (start !== -1) {
          this.#joined(event);
          return;
        }
        start = Math.min(from + 5, to);
        if (start < to && event.charCodeAt(start) === 32) start++;
        end = to;
      }
      from = to + 1;
    }
    this.#receive(event, start, end);
  }

  #joined(event: string): void {
    const others: string[] = [];
    const data: string[] = [];
    for (const line of event.split(/\r\n|\r|\n/)) {
      if (line === "data" || line.startsWith("data:")) data.push(line.slice(line.charCodeAt(5) === 32 ? 6 : 5));
      else if (line !== "") others.push(`${line}\n`);
    }
    const head = `${others.join("")}data: `;
    const whole = `${head}${data.join(" ")}\n\n`;
    this.#receive(whole, head.length, whole.length - 2);
  }
}

function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== LINE_FEED && text.charCodeAt(at) !== CARRIAGE_RETURN) at++;
  return at;
}
