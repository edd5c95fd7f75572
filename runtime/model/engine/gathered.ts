/** Bytes that are kept until all are there, up to a limit. */
import { Pieces } from "../../pieces.ts";

/** Smaller pieces are put together: somebody may send byte by byte, and each piece takes some hundred bytes of its own. */
const SMALL = 2048;
const TOGETHER = 16 * 1024;

export class Gathered {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #length = 0;
  /** Of small pieces behind the first; null: there were none. */
  #tail: Buffer | null = null;
  #tailLength = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes the bytes over. False: they are too many, and nothing more is kept. */
  keep(chunk: Uint8Array): boolean {
    this.#length += chunk.length;
    if (this.#length > this.#limit) return false;
    if (chunk.length >= SMALL || this.#chunks.length === 0) {
      this.#flush();
      this.#chunks.push(chunk);
      return true;
    }
    this.#tail ??= Buffer.allocUnsafe(TOGETHER);
    if (this.#tailLength + chunk.length > TOGETHER) this.#flush();
    this.#tail.set(chunk, this.#tailLength);
    this.#tailLength += chunk.length;
    return true;
  }

  take(): Uint8Array {
    return this.takePieces().whole;
  }

  /** The same, where they are. */
  takePieces(): Pieces {
    this.#flush();
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#length = 0;
    return new Pieces(chunks);
  }

  #flush(): void {
    if (this.#tail === null || this.#tailLength === 0) return;
    this.#chunks.push(Buffer.from(this.#tail.subarray(0, this.#tailLength)));
    this.#tailLength = 0;
  }
}
