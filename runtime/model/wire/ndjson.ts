/** Lines of JSON on the wire (`application/x-ndjson`), read as they come in any pieces: a line ends with a line feed, or with the stream. */

/** Bytes of one line. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

const LINE_FEED = 10;
const FIRST_HELD = 1024;

/** Gives each line that is not blank, without its end; each byte is looked at a fixed number of times. */
export class LineParser {
  readonly #receive: (line: string) => void;
  readonly #limit: number;
  /** The beginning of a line whose end has not come. */
  #held: Buffer = Buffer.alloc(0);
  #heldLength = 0;
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
      if (this.#heldLength === 0) {
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
    if (!this.#tooLong && this.#heldLength > 0) this.#heldLine();
  }

  #hold(chunk: Buffer, from: number, to: number): boolean {
    const length = this.#heldLength + to - from;
    if (length > this.#limit) return this.#refuse();
    if (length > this.#held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#held.length, FIRST_HELD));
      this.#held.copy(larger, 0, 0, this.#heldLength);
      this.#held = larger;
    }
    chunk.copy(this.#held, this.#heldLength, from, to);
    this.#heldLength = length;
    return true;
  }

  #heldLine(): void {
    const length = this.#heldLength;
    this.#heldLength = 0;
    this.#line(this.#held, 0, length);
  }

  #line(bytes: Buffer, start: number, end: number): void {
    const line = bytes.toString("utf8", start, end).trim();
    if (line !== "") this.#receive(line);
  }

  #refuse(): boolean {
    this.#tooLong = true;
    this.#held = Buffer.alloc(0);
    this.#heldLength = 0;
    return false;
  }
}
