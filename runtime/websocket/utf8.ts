/**
 * Whether text that comes in pieces is UTF-8 (RFC 3629), told as early as it can be. Whole messages are checked by Node's own
 * `isUtf8`; this is for those in fragments.
 */

export class Utf8Checker {
  /** Continuation bytes that are still due. */
  #due = 0;
  /** Range of the next continuation byte: the first after a lead byte may have a narrower one. */
  #lowest = 0x80;
  #highest = 0xbf;

  /** Text begins anew. */
  begin(): void {
    this.#due = 0;
  }

  /** False: no text goes on like that. */
  push(bytes: Uint8Array): boolean {
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index]!;
      if (this.#due > 0) {
        if (byte < this.#lowest || byte > this.#highest) return false;
        this.#due--;
        this.#lowest = 0x80;
        this.#highest = 0xbf;
      } else if (byte > 0x7f && !this.#lead(byte)) return false;
    }
    return true;
  }

  /** Whether the text may end here. */
  get complete(): boolean {
    return this.#due === 0;
  }

  #lead(byte: number): boolean {
    if (byte < 0xc2 || byte > 0xf4) return false;
    this.#due = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    // No overlong forms, no surrogates, nothing above U+10FFFF.
    if (byte === 0xe0) this.#lowest = 0xa0;
    else if (byte === 0xed) this.#highest = 0x9f;
    else if (byte === 0xf0) this.#lowest = 0x90;
    else if (byte === 0xf4) this.#highest = 0x8f;
    return true;
  }
}
