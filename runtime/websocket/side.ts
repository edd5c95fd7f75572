/**
 * One end of a relayed WebSocket, whatever carries its frames: our own framing over a connection (`framed.ts`), or uWebSockets.js.
 * The relay (`relay.ts`) joins two of them.
 */

/** What the relay does to an end. All of it may be called at any time; after the end none has an effect. */
export interface WebSocketSide {
  /**
   * Whether `pause` holds back what the peer sends. Where it cannot, the relay closes before too much is held.
   */
  readonly canPause: boolean;
  /** A piece of a message; the bytes are copied. False: they were taken, but wait for `drained`. */
  send(data: Uint8Array, binary: boolean, first: boolean, last: boolean): boolean;
  ping(): void;
  /**
   * Begins the closing handshake. 1005: without a code. The peer has `CLOSE_TIME` to answer; then the connection is cut.
   * `closed` and `failed` are not told any more.
   */
  close(code: number, reason: Uint8Array): void;
  pause(): void;
  resume(): void;
}

/** What an end tells. */
export interface WebSocketReceiver {
  /** A piece of a message; its text is UTF-8 as far as it came. The bytes are only valid during the call. */
  data(chunk: Uint8Array, binary: boolean, first: boolean, last: boolean): void;
  /** A ping, a pong, or a part of a frame: the peer lives. */
  heard(): void;
  /** After a `send` that gave false: there is room again. */
  drained(): void;
  /** The peer closed with this code (1005: without one), or is lost without a word (1006). Once, and nothing but `gone` follows. */
  closed(code: number, reason: Uint8Array): void;
  /** The peer broke the protocol and has been told with this code. As `closed`. */
  failed(code: ViolationCode): void;
  /** The gateway is about to stop: whoever is on the other end should go elsewhere. */
  goingAway(): void;
  /** The connection is no more. Once, last of all. */
  gone(): void;
}

/** Protocol error, text that is not UTF-8, a message above the limit (RFC 6455 §7.4.1). */
export type ViolationCode = 1002 | 1007 | 1009;

/** "No code" and "lost": never sent (RFC 6455 §7.4.1). */
export const NO_CODE = 1005;
export const LOST = 1006;
export const GOING_AWAY = 1001;
export const INTERNAL_ERROR = 1011;
export const TRY_AGAIN_LATER = 1013;

/** Milliseconds that a peer has to answer a Close, and to end its connection afterwards. */
export const CLOSE_TIME = 5000;

export const NO_REASON = new Uint8Array(0);

/** A connection after its handshake: bytes both ways. */
export interface ByteStream {
  /** Set once, at once. */
  receiver: ByteReceiver | null;
  /** The stream keeps the bytes. False: wait for `drained`. */
  write(data: Uint8Array): boolean;
  pause(): void;
  resume(): void;
  /** Sends what waits, then says that nothing follows. */
  end(): void;
  destroy(): void;
}

export interface ByteReceiver {
  /** Only valid during the call, and may be changed. */
  bytes(chunk: Buffer): void;
  drained(): void;
  /** The other side sends no more. */
  ended(): void;
  /** The connection is no more. Once. */
  closed(): void;
}
