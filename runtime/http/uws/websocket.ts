/**
 * The client's end of a WebSocket by uWebSockets.js, which reads and writes the frames, puts messages together and answers pings and
 * Closes by itself. What it does not do is in `capabilities.ts` (`webSockets`).
 */
import {
  CLOSE_TIME,
  LOST,
  NO_CODE,
  NO_REASON,
  type ViolationCode,
  type WebSocketReceiver,
  type WebSocketSide,
} from "../../websocket/side.ts";
import type { NativeApp, NativeRequest, NativeResponse, NativeWebSocket } from "./native.ts";

/** What is registered holds for all programs to come: so much is taken even if the first one wants less. */
export const LEAST_LIMIT = 1024 * 1024;
/** A client that takes nothing more is written to again when so little is left. */
const ROOM = 64 * 1024;
/** What uWebSockets.js gives as the reason when it closes for these. */
const TOO_BIG = "Received too big message";
const NOT_UTF8 = "Received invalid UTF-8";
/** 20.57 only; 20.30 gives no reason. */
const NOT_A_FRAME = "Received invalid WebSocket frame";

export type UpgradeContext = object;

/** Lets handshakes through on the app; each comes as a request, with what it takes to answer it. */
export function registerWebSockets(
  app: NativeApp,
  limit: number,
  receive: (response: NativeResponse, request: NativeRequest, context: UpgradeContext) => void,
): void {
  app.ws("/*", {
    maxPayloadLength: limit,
    // Silence and slowness are the relay's to judge.
    idleTimeout: 0,
    maxLifetime: 0,
    maxBackpressure: 0,
    sendPingsAutomatically: false,
    compression: 0,
    upgrade: receive,
    open: (socket) => within(socket, (side) => side.opened(socket)),
    message: (socket, message, binary) => within(socket, (side) => side.message(new Uint8Array(message), binary)),
    ping: (socket) => within(socket, (side) => side.heard()),
    pong: (socket) => within(socket, (side) => side.heard()),
    drain: (socket) => within(socket, (side) => side.drained(socket)),
    close: (socket, code, reason) => within(socket, (side) => side.closed(code, new Uint8Array(reason))),
  });
}

/** What is thrown out of a handler would end the process. */
function within(socket: NativeWebSocket, act: (side: UwsWebSocket) => void): void {
  const { side } = socket.getUserData();
  try {
    act(side);
  } catch {
    side.abort();
  }
}

export class UwsWebSocket implements WebSocketSide {
  readonly canPause = false;
  readonly #limit: number;
  readonly #receiver: WebSocketReceiver;
  readonly #ended: () => void;
  #socket: NativeWebSocket | null = null;
  /** Whoever closed has been told, or told us. */
  #told = false;

  /** `ended`: the connection is no more. */
  constructor(limit: number, receiver: WebSocketReceiver, ended: () => void) {
    this.#limit = limit;
    this.#receiver = receiver;
    this.#ended = ended;
  }

  // ------------------------------------------------------------ WebSocketSide

  send(data: Uint8Array, binary: boolean, first: boolean, last: boolean): boolean {
    const socket = this.#socket;
    if (socket === null || this.#told) return true;
    if (first && last) return socket.send(data, binary, false) === 1;
    if (first) return socket.sendFirstFragment(data, binary, false) === 1;
    return (last ? socket.sendLastFragment(data, false) : socket.sendFragment(data, false)) === 1;
  }

  ping(): void {
    if (!this.#told) this.#socket?.ping("");
  }

  close(code: number, reason: Uint8Array): void {
    if (this.#told) return;
    this.#told = true;
    const socket = this.#socket;
    if (socket === null) return;
    // What is behind bytes that the client does not take would wait for ever.
    if (socket.getBufferedAmount() > 0) setTimeout(() => this.#socket?.close(), CLOSE_TIME).unref();
    if (code === NO_CODE) socket.end();
    else socket.end(code, reason);
  }

  pause(): void {}
  resume(): void {}

  // ------------------------------------------------------------ uWebSockets.js

  opened(socket: NativeWebSocket): void {
    this.#socket = socket;
  }

  message(message: Uint8Array, binary: boolean): void {
    if (this.#told) return;
    this.#receiver.heard();
    if (message.length <= this.#limit) {
      this.#receiver.data(message, binary, true, true);
      return;
    }
    this.#told = true;
    this.#receiver.failed(1009);
    this.#socket?.end(1009);
  }

  heard(): void {
    this.#receiver.heard();
  }

  drained(socket: NativeWebSocket): void {
    if (socket.getBufferedAmount() <= ROOM) this.#receiver.drained();
  }

  closed(code: number, reason: Uint8Array): void {
    this.#socket = null;
    if (!this.#told) {
      this.#told = true;
      const violation = code === LOST ? violationOf(Buffer.from(reason).toString("latin1")) : null;
      // The reason of a connection that was lost is uWebSockets.js's own, and nobody's business.
      if (violation === null) this.#receiver.closed(code, code === LOST ? NO_REASON : reason);
      else this.#receiver.failed(violation);
    }
    this.#receiver.gone();
    this.#ended();
  }

  abort(): void {
    this.#socket?.close();
  }
}

function violationOf(reason: string): ViolationCode | null {
  if (reason === TOO_BIG) return 1009;
  if (reason === NOT_A_FRAME) return 1002;
  return reason === NOT_UTF8 ? 1007 : null;
}
