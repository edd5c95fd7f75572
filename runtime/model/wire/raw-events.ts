/** Server-sent events as the bytes they are: where each ends, and where its data stands, for whoever hands them on as they came. What they mean is `sse.ts`'s. */
import { HeldBytes } from "./held-bytes.ts";
import { MAX_EVENT_BYTES } from "./sse.ts";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

export interface RawEvent {
  /** Whole, with the blank line behind it. Valid until `push` returns. */
  readonly bytes: Buffer;
  /** Of its data, which is one line; -1: it has none. */
  readonly start: number;
  readonly end: number;
}

export class RawEvents {
  readonly #receive: (event: RawEvent) => void;
  /** The beginning of an event whose end has not come. */
  readonly #held = new HeldBytes();
  /** The line that is being read has nothing in it so far. */
  #empty = true;
  #afterReturn = false;
  #tooLong = false;

  constructor(receive: (event: RawEvent) => void) {
    this.#receive = receive;
  }

  /** Keeps nothing of `bytes`. False: an event is too long, now or before. */
  push(bytes: Uint8Array): boolean {
    if (this.#tooLong) return false;
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const code = chunk[at];
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
      let end = at + 1;
      if (this.#afterReturn && chunk[end] === LINE_FEED) {
        end++;
        at++;
        this.#afterReturn = false;
      }
      this.#event(chunk, from, end);
      from = end;
    }
    if (from === chunk.length) return true;
    if (this.#held.length + chunk.length - from > MAX_EVENT_BYTES) {
      this.#tooLong = true;
      this.#held.release();
      return false;
    }
    this.#held.add(chunk, from, chunk.length);
    return true;
  }

  /** What stood without a blank line behind it, which gets one. */
  finish(): void {
    if (this.#tooLong || this.#held.length === 0) return;
    const blank = Buffer.from("\n\n");
    this.#held.add(blank, 0, blank.length);
    this.#event(blank, 0, 0);
  }

  #event(chunk: Buffer, from: number, end: number): void {
    if (this.#held.length === 0) {
      this.#receive(placed(chunk.subarray(from, end)));
      return;
    }
    this.#held.add(chunk, from, end);
    // A copy: the next event that comes in pieces lies in the same place.
    this.#receive(placed(Buffer.from(this.#held.bytes.subarray(0, this.#held.take()))));
  }
}

/** Finds the data. Several lines of it become one, with a space for each line's end: in JSON that is the same. */
function placed(bytes: Buffer): RawEvent {
  let start = -1;
  let end = -1;
  for (let from = 0; from < bytes.length; ) {
    const to = lineEnd(bytes, from);
    // "data", and a colon or nothing behind it.
    const isData = bytes[from] === 100 && bytes[from + 1] === 97 && bytes[from + 2] === 116 && bytes[from + 3] === 97;
    if (isData && (bytes[from + 4] === 58 || from + 4 === to)) {
      if (start !== -1) return joined(bytes);
      start = Math.min(from + 5, to);
      if (start < to && bytes[start] === 32) start++;
      end = to;
    }
    from = to + 1;
  }
  return { bytes, start, end };
}

function lineEnd(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== LINE_FEED && bytes[at] !== CARRIAGE_RETURN) at++;
  return at;
}

function joined(bytes: Buffer): RawEvent {
  const others: string[] = [];
  const data: string[] = [];
  for (const line of bytes.toString("utf8").split(/\r\n|\r|\n/)) {
    const found = /^data(?::? ?|$)/.exec(line);
    if (found !== null && (line.length === 4 || line[4] === ":")) data.push(line.slice(found[0].length));
    else if (line !== "") others.push(`${line}\n`);
  }
  return placed(Buffer.from(`${others.join("")}data: ${data.join(" ")}\n\n`));
}
