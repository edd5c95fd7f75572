/** What a client sent as a request, in octets: those who pass it on look at where its members stand, and change some. */
import type { Pieces } from "../../pieces.ts";
import { type Hollow, hollowOutline } from "./hollow.ts";
import { type Outline, outline } from "./outline.ts";

export class RequestBytes {
  readonly pieces: Pieces;
  /** It without its long strings; null: the whole is looked at. */
  readonly #hollow: Hollow | null;
  #outline: Outline | null | undefined;

  constructor(pieces: Pieces, hollow: Hollow | null) {
    this.pieces = pieces;
    this.#hollow = hollow;
  }

  /** As of `outline`; found once. */
  get outline(): Outline | null {
    if (this.#outline === undefined)
      this.#outline = this.#hollow === null ? outline(this.pieces.whole) : hollowOutline(this.#hollow);
    return this.#outline;
  }

  /** All but texts that models are given as they are, or all. */
  get rest(): Uint8Array {
    return this.#hollow?.rest ?? this.pieces.whole;
  }
}
