/**
 * A WebSocket between a client and a service: two ends, each held back by the other, closed together. It answers for how long
 * a peer may be silent, how much is held, and which code the other end is given.
 */
import {
  GOING_AWAY,
  INTERNAL_ERROR,
  LOST,
  NO_REASON,
  TRY_AGAIN_LATER,
  type ViolationCode,
  type WebSocketReceiver,
  type WebSocketSide,
} from "./side.ts";

/** What a program says about a WebSocket. */
export interface WebSocketSettings {
  /** Milliseconds; a peer of which nothing was heard for so long (up to a third longer) is given up. */
  readonly idle: number;
  /** Bytes of a message, either way. */
  readonly message: number;
}

/** For the log, when it is over. Bytes are those of messages. */
export interface WebSocketNote {
  messagesIn: number;
  messagesOut: number;
  bytesIn: number;
  bytesOut: number;
  /** Close code; 1005: none was given, 1006: the connection was lost. 0: still open. */
  code: number;
  closedBy: "client" | "service" | "gateway" | "";
}

/** Counted while it goes on. */
export interface WebSocketCounters {
  open: number;
  opened: number;
  fromClient: number;
  fromService: number;
}

/** So much may wait for a service whose client cannot be held back, or one message if that is more. */
const HELD_LIMIT = 1024 * 1024;
/** A peer is asked for a sign of life after one such part of `idle`, and given up after all. */
const PARTS = 3;

export class WebSocketRelay {
  readonly settings: WebSocketSettings;
  readonly note: WebSocketNote = { messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0, code: 0, closedBy: "" };
  readonly counters: WebSocketCounters;
  readonly client: Leg;
  readonly service: Leg;
  #timer: NodeJS.Timeout | null = null;

  /** `gone`: the connection to the service is no more. */
  constructor(settings: WebSocketSettings, counters: WebSocketCounters, gone: () => void) {
    this.settings = settings;
    this.counters = counters;
    this.client = new Leg(this, "client", null);
    this.service = new Leg(this, "service", gone);
    this.client.other = this.service;
    this.service.other = this.client;
  }

  /** Both ends are there. */
  open(): void {
    this.counters.open++;
    this.counters.opened++;
    this.#timer = setInterval(() => this.#look(), Math.max(1, Math.floor(this.settings.idle / PARTS))).unref();
    // It may have been told to close while it opened.
    if (this.note.code !== 0) this.#stop();
  }

  /** Once; the first reason counts. */
  over(code: number, by: WebSocketNote["closedBy"]): boolean {
    if (this.note.code !== 0) return false;
    this.note.code = code;
    this.note.closedBy = by;
    if (this.#timer !== null) this.#stop();
    return true;
  }

  #stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.counters.open--;
  }

  #look(): void {
    if (this.client.silent()) this.client.closed(LOST, NO_REASON);
    else if (this.service.silent()) this.service.closed(LOST, NO_REASON);
  }
}

class Leg implements WebSocketReceiver {
  /** Set right after it was made. */
  side: WebSocketSide | null = null;
  other: Leg;
  readonly #relay: WebSocketRelay;
  readonly #is: "client" | "service";
  readonly #gone: (() => void) | null;
  /** Parts of the idle time without a sign of life. */
  #quiet = 0;
  /** The other end takes no more just now. */
  #held = false;
  /** Bytes handed on since then. */
  #heldBytes = 0;

  constructor(relay: WebSocketRelay, is: "client" | "service", gone: (() => void) | null) {
    this.#relay = relay;
    this.#is = is;
    this.#gone = gone;
    this.other = this;
  }

  data(chunk: Uint8Array, binary: boolean, first: boolean, last: boolean): void {
    const { note, counters, settings } = this.#relay;
    if (this.#is === "client") {
      note.bytesIn += chunk.length;
      if (last) {
        note.messagesIn++;
        counters.fromClient++;
      }
    } else {
      note.bytesOut += chunk.length;
      if (last) {
        note.messagesOut++;
        counters.fromService++;
      }
    }
    const room = this.other.side?.send(chunk, binary, first, last) ?? true;
    if (!this.#held) {
      if (room) return;
      this.#held = true;
      this.#heldBytes = 0;
      this.side?.pause();
    }
    this.#heldBytes += chunk.length;
    if (this.side?.canPause !== false || this.#heldBytes <= Math.max(HELD_LIMIT, settings.message)) return;
    if (!this.#relay.over(TRY_AGAIN_LATER, "gateway")) return;
    this.side.close(TRY_AGAIN_LATER, NO_REASON);
    this.other.side?.close(GOING_AWAY, NO_REASON);
  }

  heard(): void {
    this.#quiet = 0;
  }

  drained(): void {
    const { other } = this;
    if (!other.#held) return;
    other.#held = false;
    other.#quiet = 0;
    other.side?.resume();
  }

  closed(code: number, reason: Uint8Array): void {
    if (!this.#relay.over(code, this.#is)) return;
    // A code that means "lost" is never sent; a client is told that the service failed, a service that the client left.
    const passed = code !== LOST ? code : this.#is === "client" ? GOING_AWAY : INTERNAL_ERROR;
    this.other.side?.close(passed, reason);
    if (code === LOST) this.side?.close(GOING_AWAY, NO_REASON);
  }

  failed(code: ViolationCode): void {
    if (!this.#relay.over(code, this.#is)) return;
    this.other.side?.close(this.#is === "client" ? GOING_AWAY : INTERNAL_ERROR, NO_REASON);
  }

  goingAway(): void {
    if (!this.#relay.over(GOING_AWAY, "gateway")) return;
    this.side?.close(GOING_AWAY, NO_REASON);
    this.other.side?.close(GOING_AWAY, NO_REASON);
  }

  gone(): void {
    this.#gone?.();
  }

  /** A part of the idle time has passed. True: too many without a sign of life. */
  silent(): boolean {
    // Nothing is read from a peer that is held back.
    if (this.#held && this.side?.canPause === true) return false;
    this.#quiet++;
    if (this.#quiet > PARTS) return true;
    if (this.#quiet > 1) this.side?.ping();
    return false;
  }
}
