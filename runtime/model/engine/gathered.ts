/** Bytes that are kept until all are there, up to a limit. */
import { Pieces } from "../../pieces.ts";

export class Gathered {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes the bytes over. False: they are too many, and nothing more is kept. */
  keep(chunk: Uint8Array): boolean {
    this.#length += chunk.length;
    if (this.#length > this.#limit) return false;
    this.#chunks.push(chunk);
    return true;
  }

  take(): Uint8Array {
    return this.takePieces().whole;
  }

  /** The same, where they are. */
  takePieces(): Pieces {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#length = 0;
    return new Pieces(chunks);
  }
}
