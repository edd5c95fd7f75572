/**
 * The long strings of a JSON text, found in its octets without reading anything else of it. What is in strings is proved to be what JSON allows (no control characters,
 * no escapes but its own); that the rest is JSON is for whoever reads the rest, and that it is UTF-8, for whoever asks the platform.
 *
 * Four octets at a time are looked at in a text: a loop over each of them takes four times as long, and searches for one octet cannot see control characters.
 */

export interface LongString {
  /** The name that it is the value of, as it is written: offsets of what stands between the quotes. */
  readonly nameStart: number;
  readonly nameEnd: number;
  /** Offsets of what stands between its quotes. */
  readonly start: number;
  readonly end: number;
  /** Of its text, in UTF-8. */
  readonly octets: number;
}

const QUOTE = 34;
const COLON = 58;
const BACKSLASH = 92;
const SPACE = 32;
const LETTER_U = 117;

/** Of octets: 1: ends a run of plain text in a string. */
const ENDS_RUN = new Uint8Array(256);
ENDS_RUN.fill(1, 0, SPACE);
ENDS_RUN[QUOTE] = 1;
ENDS_RUN[BACKSLASH] = 1;

/** Of octets behind a backslash, but for "u". */
const ESCAPES = new Uint8Array(256);
for (const character of '"\\/bfnrt') ESCAPES[character.charCodeAt(0)] = 1;

/** Of octets: their value as hexadecimal digits; 255: they are none. */
const DIGITS = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) {
  const character = digit.toString(16);
  DIGITS[character.charCodeAt(0)] = digit;
  DIGITS[character.toUpperCase().charCodeAt(0)] = digit;
}

/** The values of members whose text is at least `least` octets long as it is written. Null: the octets are no JSON. */
export function longStrings(pieces: readonly Uint8Array[], least: number): readonly LongString[] | null {
  const scanner = new Scanner(least);
  for (const piece of pieces) if (!scanner.push(piece)) return null;
  return scanner.outside ? scanner.found : null;
}

class Scanner {
  readonly found: LongString[] = [];
  readonly #least: number;
  /** Offset of the next piece. */
  #base = 0;
  #inString = false;
  /** 0: not within an escape; 1: behind its backslash; 2 to 5: its digit of that number, and one, comes next. */
  #escape = 0;
  #code = 0;
  /** Where the escape of a high surrogate ended; -1: none did. */
  #high = -1;
  /** Offset of what stands in the string. */
  #start = 0;
  /** Octets that its escapes have more than what they stand for. */
  #surplus = 0;
  /** Of the string before it. */
  #nameStart = 0;
  #nameEnd = 0;
  /** A colon stands between both. */
  #named = false;

  constructor(least: number) {
    this.#least = least;
  }

  /** No string is open. */
  get outside(): boolean {
    return !this.#inString;
  }

  /** False: this is no JSON. */
  push(bytes: Uint8Array): boolean {
    const { length } = bytes;
    // The first word may begin before the piece does; no octet before the piece is looked at.
    const shift = bytes.byteOffset & 3;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset - shift, (length + shift) >> 2);
    let at = 0;
    while (at < length) {
      if (!this.#inString) {
        at = this.#between(bytes, at);
        continue;
      }
      if (this.#escape > 0) {
        if (!this.#escaped(bytes[at]!, at)) return false;
        at++;
        continue;
      }
      at = runEnd(bytes, words, shift, at);
      if (at === length) break;
      const octet = bytes[at]!;
      if (octet === BACKSLASH) {
        if (at + 1 < length && ESCAPES[bytes[at + 1]!] === 1) {
          this.#surplus++;
          at += 2;
        } else {
          this.#escape = 1;
          at++;
        }
      } else if (octet === QUOTE) {
        this.#close(this.#base + at);
        at++;
      } else return false;
    }
    this.#base += length;
    return true;
  }

  /** Between strings; behind the quote that opens the next one. */
  #between(bytes: Uint8Array, from: number): number {
    const { length } = bytes;
    let named = this.#named;
    let at = from;
    while (at < length) {
      const octet = bytes[at++]!;
      if (octet === QUOTE) {
        this.#inString = true;
        this.#start = this.#base + at;
        this.#surplus = 0;
        break;
      }
      if (octet === COLON) named = true;
      else if (octet > SPACE) named = false;
    }
    this.#named = named;
    return at;
  }

  #close(end: number): void {
    const start = this.#start;
    if (this.#named && end - start >= this.#least) {
      const { found } = this;
      found.push({
        nameStart: this.#nameStart,
        nameEnd: this.#nameEnd,
        start,
        end,
        octets: end - start - this.#surplus,
      });
    }
    this.#inString = false;
    this.#named = false;
    this.#nameStart = start;
    this.#nameEnd = end;
  }

  /** One octet within an escape; false: it is none. */
  #escaped(octet: number, at: number): boolean {
    if (this.#escape === 1) {
      if (octet === LETTER_U) {
        this.#escape = 2;
        this.#code = 0;
        return true;
      }
      this.#escape = 0;
      this.#surplus++;
      return ESCAPES[octet] === 1;
    }
    const digit = DIGITS[octet]!;
    if (digit === 255) return false;
    this.#code = (this.#code << 4) | digit;
    if (this.#escape < 5) this.#escape++;
    else this.#coded(this.#base + at + 1);
    return true;
  }

  /** `end`: offset behind the last digit. */
  #coded(end: number): void {
    this.#escape = 0;
    const code = this.#code;
    const low = code >= 0xdc00 && code < 0xe000;
    // Both halves of a pair are four octets; half a pair is what stands for such, three.
    const octets = code < 0x80 ? 1 : code < 0x800 ? 2 : low && this.#high === end - 6 ? 1 : 3;
    this.#high = code >= 0xd800 && code < 0xdc00 ? end : -1;
    this.#surplus += 6 - octets;
  }
}

/** The next octet from `from` on that ends a run of plain text, or the piece's end. */
function runEnd(bytes: Uint8Array, words: Int32Array, shift: number, from: number): number {
  const { length } = bytes;
  let at = from;
  while (at < length && ((at + shift) & 3) !== 0) {
    if (ENDS_RUN[bytes[at]!] === 1) return at;
    at++;
  }
  let index = (at + shift) >> 2;
  const most = words.length;
  while (index < most) {
    const four = words[index]!;
    // Of each octet that is ASCII's, the highest bit: it is a quote, a backslash, or below a space.
    const hit = ((four ^ 0x22222222) - 0x01010101) | ((four ^ 0x5c5c5c5c) - 0x01010101) | (four - 0x20202020);
    if ((hit & ~four & 0x80808080) !== 0) break;
    index++;
  }
  at = Math.max(at, (index << 2) - shift);
  while (at < length && ENDS_RUN[bytes[at]!] === 0) at++;
  return at;
}
