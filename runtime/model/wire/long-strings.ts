/**
 * The long strings of a JSON text, found in its octets without reading anything else of it. What is in strings is proved to be what JSON allows (no control characters,
 * no escapes but its own); that the rest is JSON is for whoever reads the rest, and that it is UTF-8, for whoever asks the platform.
 */

import { type TextScanner, textScanner, WINDOW } from "./text-end.ts";

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
/** After so many octets it is known what kind of text it is. */
const ENOUGH = 128 * 1024;
const BACKSLASH = 92;
const SPACE = 32;
const LETTER_U = 117;

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

/** The values of members whose text is at least `least` octets long as it is written. Null: the octets are no JSON, hardly any are in long strings, or the platform cannot search them. */
export function longStrings(pieces: readonly Uint8Array[], least: number): readonly LongString[] | null {
  const texts = textScanner();
  if (texts === null) return null;
  const scanner = new Scanner(texts, least);
  for (const piece of pieces) if (!scanner.push(piece)) return null;
  return scanner.outside ? scanner.found : null;
}

class Scanner {
  readonly found: LongString[] = [];
  readonly #texts: TextScanner;
  readonly #octets: Uint8Array;
  readonly #least: number;
  /** Octets in what was found. */
  #long = 0;
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

  constructor(texts: TextScanner, least: number) {
    this.#texts = texts;
    this.#octets = texts.octets;
    this.#least = least;
  }

  /** No string is open. */
  get outside(): boolean {
    return !this.#inString;
  }

  /** False: this is no JSON, or not worth the while. */
  push(piece: Uint8Array): boolean {
    for (let from = 0; from < piece.length; from += WINDOW) {
      const length = Math.min(WINDOW, piece.length - from);
      this.#octets.set(from === 0 && length === piece.length ? piece : piece.subarray(from, from + length));
      if (!this.#window(length)) return false;
      this.#base += length;
      if (this.#base > ENOUGH && this.#isSparse) return false;
    }
    return true;
  }

  /** Hardly anything of it is in long strings: what comes would have to be much longer to make it worth the while. */
  get #isSparse(): boolean {
    const open = this.#inString ? this.#base - this.#start : 0;
    return (this.#long + open) * 8 < this.#base;
  }

  #window(length: number): boolean {
    const octets = this.#octets;
    let at = 0;
    while (at < length) {
      if (!this.#inString) {
        at = this.#between(at, length);
        continue;
      }
      if (this.#escape > 0) {
        if (!this.#escaped(octets[at]!, at)) return false;
        at++;
        continue;
      }
      at = this.#texts.textEnd(at, length);
      if (at === length) break;
      const octet = octets[at]!;
      if (octet === BACKSLASH) this.#escape = 1;
      else if (octet === QUOTE) this.#close(this.#base + at);
      else return false;
      at++;
    }
    return true;
  }

  /** Between strings; behind the quote that opens the next one. */
  #between(from: number, length: number): number {
    const octets = this.#octets;
    let named = this.#named;
    let at = from;
    while (at < length) {
      const octet = octets[at++]!;
      if (octet === QUOTE) {
        this.#inString = true;
        this.#start = this.#base + at;
        this.#surplus = -this.#texts.escapes[0]!;
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
      this.#long += end - start;
      found.push({
        nameStart: this.#nameStart,
        nameEnd: this.#nameEnd,
        start,
        end,
        octets: end - start - ((this.#surplus + this.#texts.escapes[0]!) | 0),
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
