/** Finds the chunks of a chunked body (RFC 9112 §7.1) in pieces of any size; what is in them is the caller's business. */
import { CONTENT, CR, HEX, LF, SEMICOLON, SPACE, TAB } from "./grammar.ts";

const SIZE_START = 0;
const SIZE = 1;
const BEFORE_EXTENSION = 2;
const EXTENSION = 3;
const SIZE_LF = 4;
const DATA = 5;
const DATA_CR = 6;
const DATA_LF = 7;
const LAST = 8;

/** 13 hexadecimal digits are below 2⁵³. */
const SIZE_DIGITS = 13;
/** So many bytes of extensions may come beyond two per byte of content (RFC 9112 §7.1.1 asks for a bound). */
const EXTENSION_LIMIT = 16 * 1024;

export class ChunkReader {
  /** While `within`: bytes of content that come next; take them and call `taken`. */
  remaining = 0;
  /** The last chunk's line is through: trailers come next. */
  last = false;
  fault = "";
  #state = SIZE_START;
  #digits = 0;
  #extensions = 0;

  begin(): void {
    this.remaining = 0;
    this.last = false;
    this.fault = "";
    this.#state = SIZE_START;
    this.#digits = 0;
    this.#extensions = 0;
  }

  /**
   * Goes on at `from`, up to content, the end of the last chunk's line, or `to`. The index behind what was read; -1: malformed, and
   * `fault` says why.
   */
  scan(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to) {
      const octet = bytes[at]!;
      switch (this.#state) {
        case SIZE_START:
        case SIZE: {
          const digit = HEX[octet]!;
          if (digit < 16) {
            if (++this.#digits > SIZE_DIGITS) return this.#malformed("chunk size");
            this.remaining = this.remaining * 16 + digit;
            this.#state = SIZE;
          } else if (this.#state === SIZE_START) return this.#malformed("chunk size");
          else if (octet === CR) this.#state = SIZE_LF;
          else if (octet === SEMICOLON) this.#state = EXTENSION;
          else if (octet === SPACE || octet === TAB) this.#state = BEFORE_EXTENSION;
          else return this.#malformed("chunk size");
          break;
        }
        case BEFORE_EXTENSION:
          if (octet === SEMICOLON) this.#state = EXTENSION;
          else if (octet !== SPACE && octet !== TAB) return this.#malformed("chunk size");
          else if (++this.#extensions > EXTENSION_LIMIT) return this.#malformed("chunk extensions too long");
          break;
        case EXTENSION:
          if (octet === CR) this.#state = SIZE_LF;
          else if (CONTENT[octet] !== 1) return this.#malformed("chunk extension");
          else if (++this.#extensions > EXTENSION_LIMIT) return this.#malformed("chunk extensions too long");
          break;
        case SIZE_LF:
          if (octet !== LF) return this.#malformed("chunk size");
          if (this.remaining === 0) {
            this.last = true;
            this.#state = LAST;
          } else {
            this.#extensions = Math.max(0, this.#extensions - 2 * this.remaining);
            this.#state = DATA;
          }
          return at + 1;
        case DATA_CR:
          if (octet !== CR) return this.#malformed("chunk end");
          this.#state = DATA_LF;
          break;
        case DATA_LF:
          if (octet !== LF) return this.#malformed("chunk end");
          this.#digits = 0;
          this.#state = SIZE_START;
          break;
        default:
          return at;
      }
      at++;
    }
    return at;
  }

  /** Content comes next, not a line. */
  get within(): boolean {
    return this.#state === DATA;
  }

  /** So much of the content was taken; at most `remaining`. */
  taken(count: number): void {
    this.remaining -= count;
    if (this.remaining === 0) this.#state = DATA_CR;
  }

  #malformed(fault: string): number {
    this.fault = fault;
    return -1;
  }
}
