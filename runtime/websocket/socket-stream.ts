/** A socket of Node's as a `ByteStream`. Whoever reads the socket hands on what comes, since not all sockets tell of it in one way. */
import type { Socket } from "node:net";
import type { ByteReceiver, ByteStream } from "./side.ts";

export class SocketStream implements ByteStream {
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
