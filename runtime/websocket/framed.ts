/** One end of a WebSocket by our own framing: towards a service, and towards clients of the strict transport. */
import { BINARY, CLOSE, closePayload, CONTINUATION, frame, PING, PONG, TEXT } from "./frame.ts";
import { FrameReader, type FrameReceiver } from "./frame-reader.ts";
import {
  type ByteReceiver,
  type ByteStream,
  CLOSE_TIME,
  LOST,
  NO_REASON,
  type ViolationCode,
  type WebSocketReceiver,
  type WebSocketSide,
} from "./side.ts";

/** "closing": our Close is out, the peer's is not here; "over": both are, or the connection is no more. */
type State = "open" | "closing" | "over";

export class FramedWebSocket implements WebSocketSide, ByteReceiver, FrameReceiver {
  readonly canPause = true;
  readonly #stream: ByteStream;
  /** What we are: a server gets masked frames, sends plain ones, and ends the connection (RFC 6455 §5.1, §7.1.1). */
  readonly #isServer: boolean;
  readonly #receiver: WebSocketReceiver;
  readonly #reader: FrameReader;
  #state: State = "open";
  #told = false;
  #gone = false;
  /** The latest write waits. */
  #full = false;
  /** A ping that came while writes waited: only the latest needs an answer (§5.5.3). */
  #pong: Buffer | null = null;
  #timer: NodeJS.Timeout | null = null;

  /** `limit`: bytes of a message. */
  constructor(stream: ByteStream, role: "server" | "client", limit: number, receiver: WebSocketReceiver) {
    this.#stream = stream;
    this.#isServer = role === "server";
    this.#receiver = receiver;
    this.#reader = new FrameReader(this, this.#isServer, limit);
    stream.receiver = this;
  }

  // ------------------------------------------------------------ WebSocketSide

  send(data: Uint8Array, binary: boolean, first: boolean, last: boolean): boolean {
    if (this.#state !== "open") return true;
    return this.#write(first ? (binary ? BINARY : TEXT) : CONTINUATION, last, data);
  }

  ping(): void {
    // While earlier bytes wait, another ping would only wait behind them.
    if (this.#state === "open" && !this.#full) this.#write(PING, true, NO_REASON);
  }

  close(code: number, reason: Uint8Array): void {
    this.#told = true;
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#write(CLOSE, true, closePayload(code, reason));
    this.#wait();
    // Whoever waits for the other end must not keep this one from its Close.
    this.#stream.resume();
  }

  pause(): void {
    if (this.#state === "open") this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  // ------------------------------------------------------------ ByteReceiver

  bytes(chunk: Buffer): void {
    if (this.#state === "open") this.#receiver.heard();
    this.#reader.read(chunk);
  }

  drained(): void {
    this.#full = false;
    const pong = this.#pong;
    this.#pong = null;
    if (pong !== null && this.#state === "open") this.#write(PONG, true, pong);
    if (this.#state === "open" && !this.#full) this.#receiver.drained();
  }

  ended(): void {
    // Half a connection is none: what came without a Close is lost.
    this.#stream.end();
    this.#tell(LOST, NO_REASON);
    this.#state = "over";
    this.#wait();
  }

  closed(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#state = "over";
    this.#reader.stop();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#tell(LOST, NO_REASON);
    this.#receiver.gone();
  }

  // ------------------------------------------------------------ FrameReceiver

  message(piece: Uint8Array, binary: boolean, first: boolean, last: boolean): void {
    if (this.#state === "open") this.#receiver.data(piece, binary, first, last);
  }

  answer(data: Uint8Array): void {
    if (this.#state !== "open") return;
    if (this.#full) this.#pong = Buffer.from(data);
    else this.#write(PONG, true, data);
  }

  closeFrame(code: number, reason: Uint8Array): void {
    if (this.#state === "open") this.#write(CLOSE, true, closePayload(code, reason));
    this.#over();
    this.#tell(code, reason);
  }

  violation(code: ViolationCode): void {
    if (this.#state === "open") this.#write(CLOSE, true, closePayload(code, NO_REASON));
    this.#state = "over";
    // Nothing more is understood, so there is no Close to wait for.
    this.#stream.end();
    this.#wait();
    if (this.#told) return;
    this.#told = true;
    this.#receiver.failed(code);
  }

  // ------------------------------------------------------------

  #over(): void {
    this.#state = "over";
    // The server ends the connection; a client gives it time to.
    if (this.#isServer) this.#stream.end();
    this.#wait();
  }

  #tell(code: number, reason: Uint8Array): void {
    if (this.#told) return;
    this.#told = true;
    this.#receiver.closed(code, reason);
  }

  #write(opcode: number, last: boolean, payload: Uint8Array): boolean {
    const room = this.#stream.write(frame(opcode, last, payload, !this.#isServer));
    if (!room) this.#full = true;
    return room;
  }

  #wait(): void {
    if (this.#gone) return;
    this.#timer ??= setTimeout(() => this.#stream.destroy(), CLOSE_TIME).unref();
  }
}
