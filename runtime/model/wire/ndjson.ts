/** Lines of JSON on the wire (`application/x-ndjson`), read as they come in any pieces: a line ends with a line feed, or with the stream. */
import { HeldBytes } from "./held-bytes.ts";

/** Bytes of one line. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

const LINE_FEED = 10;

/** Gives each line that is not blank, without its end; each byte is looked at a fixed number of times. */
export class LineParser {
  readonly #receive: (line: string) => void;
  readonly #limit: number;
  /** The beginning of a line whose end has not come. */
  readonly #held = new HeldBytes();
  #tooLong = false;

  constructor(receive: (line: string) => void, limit: number = MAX_LINE_BYTES) {
    this.#receive = receive;
    this.#limit = limit;
  }

  /** Keeps nothing of `bytes`. False: a line is too long, now or before, and nothing is read any more. */
  push(bytes: Uint8Array): boolean {
    if (this.#tooLong) return false;
    const chunk = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, at)) {
      if (this.#held.length === 0) {
        if (end - at > this.#limit) return this.#refuse();
        this.#line(chunk, at, end);
      } else {
        if (!this.#hold(chunk, at, end)) return false;
        this.#heldLine();
      }
      at = end + 1;
    }
    return at === chunk.length || this.#hold(chunk, at, chunk.length);
  }

  /** The stream has ended: gives what stood without a line feed. */
  finish(): void {
    if (!this.#tooLong && this.#held.length > 0) this.#heldLine();
  }

  #hold(chunk: Buffer, from: number, to: number): boolean {
    if (this.#held.length + to - from > this.#limit) return this.#refuse();
    this.#held.add(chunk, from, to);
    return true;
  }

  #heldLine(): void {
    this.#line(this.#held.bytes, 0, this.#held.take());
  }

  #line(bytes: Buffer, start: number, end: number): void {
    const line = bytes.toString("utf8", start, end).trim();
    if (line !== "") this.#receive(line);
  }

  #refuse(): boolean {
    this.#tooLong = true;
    this.#held.release();
    return false;
  }
}
