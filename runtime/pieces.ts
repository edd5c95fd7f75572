/** Bytes that lie in several places, one behind the other: what is made of bytes that came in pieces, or of parts of such, without a copy of them all. */

export class Pieces {
  readonly list: readonly Uint8Array[];
  readonly length: number;
  #whole: Uint8Array | null = null;

  constructor(list: readonly Uint8Array[]) {
    this.list = list;
    let length = 0;
    for (const piece of list) length += piece.length;
    this.length = length;
  }

  /** In one place; they are copied there once, if need be. */
  get whole(): Uint8Array {
    this.#whole ??= this.list.length === 1 ? this.list[0]! : Buffer.concat(this.list, this.length);
    return this.#whole;
  }

  /** Those from `start` to `end`, as parts of the same memory, are put at the end of `into`. 0 ≤ start ≤ end ≤ length. */
  take(start: number, end: number, into: Uint8Array[]): void {
    let from = 0;
    for (const piece of this.list) {
      const first = Math.max(start - from, 0);
      const last = Math.min(end - from, piece.length);
      if (first < last) into.push(piece.subarray(first, last));
      from += piece.length;
      if (from >= end) return;
    }
  }

  /** The same, in one place. */
  slice(start: number, end: number): Uint8Array {
    const found: Uint8Array[] = [];
    this.take(start, end, found);
    return found.length === 1 ? found[0]! : Buffer.concat(found);
  }
}

/** A program's bundle and the host that runs it may each have a class of their own. */
export function isPieces(body: Uint8Array | Pieces | { readonly length: number | null }): body is Pieces {
  return "list" in body;
}
