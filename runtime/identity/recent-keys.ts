/**
 * Keys that were found lately, so that callers who come again cost neither a SHA-256 nor its digits. A key itself is never kept: it is known by a 128-bit fingerprint
 * under a secret that this object makes up (SipHash-2-4, a message authentication code), so nobody outside can make a text that has another key's, nor learn one from
 * how long a comparison took.
 */
import { randomFillSync } from "node:crypto";
import { sipHash128, TextMessage } from "../limit/siphash.ts";

/** Places; a power of two. */
const FEWEST = 16;
const MOST = 8192;

export class RecentKeys<Known> {
  readonly #secret: Int32Array = randomFillSync(new Int32Array(4));
  readonly #message = new TextMessage();
  /** Of the text that was looked for last. */
  readonly #print = new Int32Array(4);
  /** Four words for each place; a fingerprint has one place, where the one that came last stands. */
  readonly #prints: Int32Array;
  readonly #known: (Known | null)[];

  /** `keys`: how many there are. */
  constructor(keys: number) {
    let places = FEWEST;
    while (places < 2 * keys && places < MOST) places *= 2;
    this.#prints = new Int32Array(4 * places);
    this.#known = new Array<Known | null>(places).fill(null);
  }

  /** What `keep` was given with this text, as far as it is still there. */
  find(text: string): Known | null {
    const message = this.#message;
    const print = this.#print;
    message.set(text);
    sipHash128(this.#secret, message.words, message.length, print);
    const prints = this.#prints;
    const place = print[0]! & (this.#known.length - 1);
    const at = 4 * place;
    return prints[at] === print[0] &&
      prints[at + 1] === print[1] &&
      prints[at + 2] === print[2] &&
      prints[at + 3] === print[3]
      ? this.#known[place]!
      : null;
  }

  /** Of the text that was looked for last. */
  keep(known: Known): void {
    const print = this.#print;
    const place = print[0]! & (this.#known.length - 1);
    this.#prints.set(print, 4 * place);
    this.#known[place] = known;
  }
}
