/** A connection that has switched protocols: its bytes, both ways, belong to whoever asked for that. */
import type { Socket } from "node:net";
import type { ByteReceiver, ByteStream } from "../../websocket/index.ts";

export class Tunnel implements ByteStream {
  receiver: ByteReceiver | null = null;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("drain", () => this.receiver?.drained());
    socket.on("end", () => this.receiver?.ended());
    socket.on("close", () => this.receiver?.closed());
  }

  /** Bytes of the socket's reads; only valid during the call. */
  received(bytes: Buffer): void {
    this.receiver?.bytes(bytes);
  }

  write(data: Uint8Array): boolean {
    return this.#socket.writable ? this.#socket.write(data) : true;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
