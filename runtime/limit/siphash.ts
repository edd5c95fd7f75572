/**
 * SipHash-2-4 with a 128-bit result (Aumasson and Bernstein, 2012) on 32-bit halves: the fingerprint of a limit's key. Who does not
 * know the secret key cannot make two texts with the same fingerprint, nor choose where in the table they stand.
 */

/** Four words, the first one the lowest. */
export type Words = Int32Array;

/**
 * `message` holds `length` bytes in little-endian words, and zeros behind them to the end of the block of 8 bytes that `length` lies
 * in; `key` and `out` are four words each.
 */
export function sipHash128(key: Words, message: Words, length: number, out: Words): void {
  const blocks = (length >>> 3) + 1;
  const absorbed = 2 * blocks;
  const total = absorbed + 8;
  // "somepseudorandomlygeneratedbytes", and the mark of the 128-bit form.
  let v0l = key[0]! ^ 0x70736575;
  let v0h = key[1]! ^ 0x736f6d65;
  let v1l = key[2]! ^ 0x6e646f6d ^ 0xee;
  let v1h = key[3]! ^ 0x646f7261;
  let v2l = key[0]! ^ 0x6e657261;
  let v2h = key[1]! ^ 0x6c796765;
  let v3l = key[2]! ^ 0x79746573;
  let v3h = key[3]! ^ 0x74656462;
  let low = 0;
  let high = 0;
  for (let round = 0; round < total; round++) {
    if (round < absorbed) {
      if ((round & 1) === 0) {
        low = message[round]!;
        high = message[round + 1]!;
        if (round === absorbed - 2) high |= length << 24;
        v3l ^= low;
        v3h ^= high;
      }
    } else if (round === absorbed) {
      v2l ^= 0xee;
    } else if (round === absorbed + 4) {
      out[0] = v0l ^ v1l ^ v2l ^ v3l;
      out[1] = v0h ^ v1h ^ v2h ^ v3h;
      v1l ^= 0xdd;
    }

    // One round of SipHash: additions carry by hand, a rotation by 32 swaps the halves.
    let sum = (v0l + v1l) | 0;
    v0h = (v0h + v1h + (sum >>> 0 < v0l >>> 0 ? 1 : 0)) | 0;
    v0l = sum;
    let rotated = (v1l << 13) | (v1h >>> 19);
    v1h = ((v1h << 13) | (v1l >>> 19)) ^ v0h;
    v1l = rotated ^ v0l;
    rotated = v0l;
    v0l = v0h;
    v0h = rotated;

    sum = (v2l + v3l) | 0;
    v2h = (v2h + v3h + (sum >>> 0 < v2l >>> 0 ? 1 : 0)) | 0;
    v2l = sum;
    rotated = (v3l << 16) | (v3h >>> 16);
    v3h = ((v3h << 16) | (v3l >>> 16)) ^ v2h;
    v3l = rotated ^ v2l;

    sum = (v0l + v3l) | 0;
    v0h = (v0h + v3h + (sum >>> 0 < v0l >>> 0 ? 1 : 0)) | 0;
    v0l = sum;
    rotated = (v3l << 21) | (v3h >>> 11);
    v3h = ((v3h << 21) | (v3l >>> 11)) ^ v0h;
    v3l = rotated ^ v0l;

    sum = (v2l + v1l) | 0;
    v2h = (v2h + v1h + (sum >>> 0 < v2l >>> 0 ? 1 : 0)) | 0;
    v2l = sum;
    rotated = (v1l << 17) | (v1h >>> 15);
    v1h = ((v1h << 17) | (v1l >>> 15)) ^ v2h;
    v1l = rotated ^ v2l;
    rotated = v2l;
    v2l = v2h;
    v2h = rotated;

    if (round < absorbed && (round & 1) === 1) {
      v0l ^= low;
      v0h ^= high;
    }
  }
  out[2] = v0l ^ v1l ^ v2l ^ v3l;
  out[3] = v0h ^ v1h ^ v2h ^ v3h;
}

/** Texts as messages: one byte for each character where all are below 256, else two; the last byte says which. */
export class TextMessage {
  words: Words = new Int32Array(64);
  /** In bytes. */
  length = 0;

  set(text: string): void {
    const count = text.length;
    if (this.words.length < (count >>> 1) + 3) this.words = new Int32Array(count + 3);
    const { words } = this;
    let word = 0;
    for (let index = 0; index < count; index++) {
      const code = text.charCodeAt(index);
      if (code > 0xff) {
        this.#wide(text);
        return;
      }
      word |= code << ((index & 3) << 3);
      if ((index & 3) === 3) {
        words[index >>> 2] = word;
        word = 0;
      }
    }
    words[count >>> 2] = word | (1 << ((count & 3) << 3));
    this.#end(count + 1);
  }

  #wide(text: string): void {
    const { words } = this;
    const count = text.length;
    for (let index = 0; index + 1 < count; index += 2) {
      words[index >>> 1] = text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16);
    }
    words[count >>> 1] = (count & 1) === 1 ? text.charCodeAt(count - 1) | (2 << 16) : 2;
    this.#end(2 * count + 1);
  }

  /** What an earlier text left behind the end goes. */
  #end(length: number): void {
    this.length = length;
    for (let word = (length + 3) >>> 2; word <= ((length >>> 3) << 1) + 1; word++) this.words[word] = 0;
  }
}
