/**
 * Reads the head of a response, or the trailers behind its chunks, as strictly as RFC 9112 allows: no bare LF, no folded line, no space
 * before a colon, no control character. It may be given the bytes in any pieces; the result is the same.
 */
import type { Headers } from "../../http/exchange.ts";
import { fieldName, hashStep } from "./field-names.ts";
import { COLON, CONTENT, CR, LF, SPACE, TAB, TOKEN, ZERO } from "./grammar.ts";

/** `scan` needs more bytes. */
export const MORE = -1;
/** `scan` found something that is not HTTP/1.1; `fault` says what. */
export const MALFORMED = -2;

const STATUS_LINE = 0;
const REASON = 1;
const STATUS_LF = 2;
const LINE = 3;
const NAME = 4;
const PADDING = 5;
const VALUE = 6;
const VALUE_LF = 7;
const LAST_LF = 8;

const PROTOCOL = "HTTP/1.";
/** "HTTP/1.1 200" */
const STATUS_END = 12;

export class HeadReader {
  status = 0;
  /** HTTP/1.`minor` */
  minor = 0;
  /** Flat; complete when `scan` has given an end. The receiver's to keep. */
  headers: Headers = [];
  fault = "";
  #state = STATUS_LINE;
  #nameStart = 0;
  #hash = 0;
  #valueStart = 0;
  /** Start and end of each value, of which there are `#count`. Setting an array's length would cost more than reading the head. */
  readonly #values: number[] = [];
  #count = 0;

  /** A status line and fields come next. */
  beginHead(): void {
    this.#begin(STATUS_LINE);
    this.status = 0;
  }

  /** Only fields come next. */
  beginTrailers(): void {
    this.#begin(LINE);
  }

  #begin(state: number): void {
    this.#state = state;
    this.headers = [];
    this.#count = 0;
    this.fault = "";
  }

  /**
   * Goes on at `from`; the head began at `base` in the same bytes. The index behind the head, or `MORE` or `MALFORMED`. Between
   * two calls the bytes may move, but not change.
   */
  scan(bytes: Buffer, base: number, from: number, to: number): number {
    let at = from;
    while (at < to) {
      switch (this.#state) {
        case STATUS_LINE:
          for (; at < to && at - base < STATUS_END; at++) {
            if (!this.#takeStatus(at - base, bytes[at]!)) return this.#malformed("status line");
          }
          if (at < to) {
            if (bytes[at] !== SPACE && bytes[at] !== CR) return this.#malformed("status line");
            this.#state = REASON;
          }
          break;
        case REASON:
          while (at < to && CONTENT[bytes[at]!] === 1) at++;
          if (at < to) {
            if (bytes[at++] !== CR) return this.#malformed("reason phrase");
            this.#state = STATUS_LF;
          }
          break;
        case LINE:
          if (bytes[at] === CR) {
            at++;
            this.#state = LAST_LF;
            break;
          }
          this.#nameStart = at - base;
          this.#hash = 0;
          this.#state = NAME;
          break;
        case NAME: {
          let hash = this.#hash;
          let lower = 0;
          while (at < to) {
            lower = TOKEN[bytes[at]!]!;
            if (lower === 0) break;
            hash = hashStep(hash, lower);
            at++;
          }
          this.#hash = hash;
          if (at === to) break;
          const start = base + this.#nameStart;
          if (bytes[at] !== COLON || at === start) return this.#malformed("field name");
          this.headers.push(fieldName(bytes, start, at, hash), "");
          at++;
          this.#state = PADDING;
          break;
        }
        case PADDING:
          while (at < to && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
          if (at === to) break;
          this.#valueStart = at - base;
          this.#state = VALUE;
          break;
        case VALUE: {
          while (at < to && CONTENT[bytes[at]!] === 1) at++;
          if (at === to) break;
          if (bytes[at] !== CR) return this.#malformed("field value");
          let end = at - base;
          while (end > this.#valueStart && isPadding(bytes[base + end - 1]!)) end--;
          this.#values[this.#count++] = this.#valueStart;
          this.#values[this.#count++] = end;
          at++;
          this.#state = VALUE_LF;
          break;
        }
        case STATUS_LF:
        case VALUE_LF:
          if (bytes[at++] !== LF) return this.#malformed("bare CR");
          this.#state = LINE;
          break;
        default:
          if (bytes[at++] !== LF) return this.#malformed("bare CR");
          this.#cutValues(bytes, base, at);
          return at;
      }
    }
    return MORE;
  }

  /** One octet of "HTTP/1.1 200". */
  #takeStatus(position: number, octet: number): boolean {
    if (position < 7) return octet === PROTOCOL.charCodeAt(position);
    const digit = octet - ZERO;
    if (position === 7) {
      this.minor = digit;
      return digit === 0 || digit === 1;
    }
    if (position === 8) return octet === SPACE;
    this.status = this.status * 10 + digit;
    return digit >= 0 && digit <= 9 && (position > 9 || digit > 0);
  }

  /** One string of the whole head, of which the values are slices: cheaper than a string from bytes for each. */
  #cutValues(bytes: Buffer, base: number, end: number): void {
    const { headers } = this;
    if (headers.length === 0) return;
    const text = bytes.toString("latin1", base, end);
    const values = this.#values;
    for (let index = 0; index < headers.length; index += 2) {
      headers[index + 1] = text.slice(values[index]!, values[index + 1]!);
    }
  }

  #malformed(fault: string): number {
    this.fault = fault;
    return MALFORMED;
  }
}

function isPadding(octet: number): boolean {
  return octet === SPACE || octet === TAB;
}
