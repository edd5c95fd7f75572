/** A request body written by push: the readable stream undici wants, fed by the exchange. */
import { Readable } from "node:stream";

/** Bytes kept before `write` answers false; beside it only the socket's own buffer holds bytes. */
const HIGH_WATER_MARK = 64 * 1024;

export class PushedBody extends Readable {
  readonly #onRoom: () => void;
  #full = false;

  constructor(onRoom: () => void) {
    super({ highWaterMark: HIGH_WATER_MARK });
    this.#onRoom = onRoom;
    // undici takes its listener away before it destroys a body; without one the error would be fatal.
    this.on("error", () => {});
  }

  write(chunk: Uint8Array): boolean {
    if (this.destroyed) return true;
    this.#full = !this.push(chunk);
    return !this.#full;
  }

  override _read(): void {
    if (!this.#full) return;
    this.#full = false;
    this.#onRoom();
  }
}
