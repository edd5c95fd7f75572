/**
 * One connection that many requests share: they go out behind one another, those of one turn of the loop in one write, and their answers
 * come in that order (RFC 9112 §9.3.2). Only safe requests without a body: what is not answered when it ends is made again elsewhere.
 */
import type { Socket } from "node:net";
import type { Headers } from "../../http/exchange.ts";
import type { UpstreamError } from "../client.ts";
import type { Dialer } from "./dial.ts";
import type { LaneAttempt } from "./lane-attempt.ts";
import { ResponseReader, type ResponseReceiver } from "./response-reader.ts";

/** As of a connection with one request at a time (`connection.ts`). */
const KEEP_ALIVE_MARGIN = 1000;
/** So much of an answer that nobody wants is read; beyond, the lane ends. In bytes. */
const DISCARD_LIMIT = 64 * 1024;
/** An answer that nobody waits for may keep the others waiting for so long without a byte. In milliseconds. */
const ABANDONED_PATIENCE = 1000;
/** One that somebody waits for, be it a stream without end, may keep them waiting for so long in all. In milliseconds. */
const AHEAD_PATIENCE = 1000;
const NOTHING = Buffer.alloc(0);

export interface LaneOwner {
  readonly dialer: Dialer;
  /** In milliseconds. */
  readonly connectTimeout: number;
  /** In milliseconds. */
  readonly keepAlive: number;
  /** What has nothing more to do ends. */
  readonly closing: boolean;
  established(): void;
  /** Something waits to be written: `flush` is called before the loop waits for events again. */
  unwritten(lane: Lane): void;
  /** It takes no more requests. `unanswered` are to be made again. */
  ended(lane: Lane, unanswered: readonly LaneAttempt[]): void;
  /** Its socket is closed. */
  closed(lane: Lane): void;
}

export class Lane implements ResponseReceiver {
  established = false;
  readonly #owner: LaneOwner;
  readonly #socket: Socket;
  readonly #reader = new ResponseReader(this);
  readonly #connectTimer: NodeJS.Timeout;
  /** An answer was read on it. */
  #used = false;
  /** In the order of their answers. */
  #queue: LaneAttempt[] = [];
  #outgoing = "";
  /** So many at the queue's end stand in `#outgoing`: no answer can be theirs. */
  #unsent = 0;
  #quiet = 0;
  /** Sweeps since the first of the queue became it. */
  #ahead = 0;
  /** It ends with the answer that is under way. */
  #retired = false;
  #discarded = 0;
  #paused = false;
  #resumeQueued = false;
  #held: Buffer = NOTHING;
  #serverEnded = false;
  #ended = false;
  #error = "";

  constructor(owner: LaneOwner) {
    this.#owner = owner;
    const { dialer } = owner;
    const socket = dialer.dial((bytes, length) => this.#received(bytes, length));
    this.#socket = socket;
    this.#connectTimer = setTimeout(() => {
      this.#error = "CONNECT_TIMEOUT";
      socket.destroy();
    }, owner.connectTimeout);
    socket.once(dialer.readyEvent, () => this.#ready());
    socket.on("end", () => this.#endReceived());
    socket.on("error", (error: Error & { readonly code?: unknown }) => {
      this.#error = typeof error.code === "string" ? error.code : error.name;
    });
    socket.on("close", () => this.#closed());
  }

  /** Requests whose answers are due. */
  get load(): number {
    return this.#queue.length;
  }

  send(attempt: LaneAttempt): void {
    this.#queue.push(attempt);
    if (this.#queue.length === 1) this.#begin(attempt);
    if (this.#outgoing === "" && this.established) this.#owner.unwritten(this);
    this.#outgoing += attempt.head;
    this.#unsent++;
  }

  flush(): void {
    const text = this.#outgoing;
    if (text === "" || this.#ended) return;
    this.#outgoing = "";
    this.#unsent = 0;
    this.#socket.write(text, "latin1");
  }

  // ------------------------------------------------------------ for the attempts

  pause(attempt: LaneAttempt): void {
    if (attempt !== this.#queue[0]) return;
    this.#paused = true;
    this.#resumeQueued = false;
    this.#reader.stop();
    this.#socket.pause();
  }

  /** Later: whoever resumes may be within a transport's own event. */
  resume(attempt: LaneAttempt): void {
    if (attempt !== this.#queue[0] || !this.#paused || this.#resumeQueued) return;
    this.#resumeQueued = true;
    queueMicrotask(() => this.#goOn());
  }

  /** Nobody waits for this one: the connection ends with it if it is the only one; else its answer is thrown away. */
  abandoned(attempt: LaneAttempt): void {
    if (this.#queue.length === 1) this.destroy();
    else this.resume(attempt);
  }

  // ------------------------------------------------------------ for the owner

  /** Called every `interval` milliseconds. */
  swept(interval: number): void {
    this.#quiet++;
    const attempt = this.#queue[0];
    if (attempt === undefined) {
      const allowed = Math.min(this.#owner.keepAlive, this.#reader.keepAlive - KEEP_ALIVE_MARGIN);
      if ((this.#quiet + 1) * interval > allowed) this.destroy();
      return;
    }
    if ((this.#ahead++ - 1) * interval >= AHEAD_PATIENCE && this.#queue.length > 1 && !attempt.abandoned)
      this.#retire();
    const quiet = (this.#quiet - 1) * interval;
    if (attempt.abandoned ? quiet >= ABANDONED_PATIENCE : this.#stalled(quiet, attempt)) {
      this.#fail({ kind: "stalled", detail: `no byte in ${attempt.request.idle} ms` });
    }
  }

  /** Those behind the first are made again elsewhere; what the server still says of them is not read. */
  #retire(): void {
    const behind = this.#queue.splice(1);
    this.#retired = true;
    this.#unsent = 0;
    this.#outgoing = "";
    this.#owner.ended(this, behind);
  }

  #stalled(quiet: number, attempt: LaneAttempt): boolean {
    return this.#reader.withinBody && !this.#paused && quiet >= attempt.request.idle;
  }

  /** Ends it at once. */
  destroy(): void {
    this.#end(this.#queue);
    this.#socket.destroy();
  }

  // ------------------------------------------------------------ ResponseReceiver

  informational(status: number, headers: Headers): void {
    const attempt = this.#queue[0];
    if (attempt?.abandoned === false) attempt.sink.informational(status, headers);
  }

  head(status: number, headers: Headers, more: boolean): void {
    const attempt = this.#queue[0];
    if (attempt?.abandoned === false) attempt.sink.head(status, headers, more);
  }

  data(chunk: Uint8Array): void {
    const attempt = this.#queue[0];
    if (attempt === undefined) return;
    if (!attempt.abandoned) {
      attempt.sink.data(chunk);
      return;
    }
    this.#discarded += chunk.length;
    if (this.#discarded > DISCARD_LIMIT) this.destroy();
  }

  complete(trailers: Headers, leftover: boolean): void {
    const attempt = this.#queue.shift();
    if (attempt === undefined) return;
    this.#used = true;
    const next = this.#queue[0];
    const { closing } = this.#owner;
    const unasked = leftover && this.#queue.length === this.#unsent;
    // First made free, then told: whoever hears of the end may have the next request.
    const over = this.#serverEnded || !this.#reader.persistent || this.#retired;
    if (over || unasked || (closing && next === undefined)) this.destroy();
    else if (next !== undefined) this.#begin(next);
    attempt.completed(trailers);
  }

  malformed(fault: string): void {
    this.#fail({ kind: "malformed", detail: fault });
  }

  // ------------------------------------------------------------ the socket's events

  #ready(): void {
    if (this.#ended) return;
    clearTimeout(this.#connectTimer);
    this.established = true;
    this.#owner.established();
    this.flush();
  }

  #received(bytes: Buffer, length: number): void {
    this.#quiet = 0;
    // Nothing is due: whatever this is, the next answer must not be taken from it.
    if (this.#queue.length === this.#unsent) this.destroy();
    else if (this.#paused) this.#held = Buffer.concat([this.#held, bytes.subarray(0, length)]);
    else this.#read(bytes, length);
  }

  #read(bytes: Buffer, length: number): void {
    let at = 0;
    while (at < length && !this.#paused && !this.#ended) {
      const attempt = this.#queue[0];
      if (attempt === undefined) return;
      attempt.heard = true;
      at = this.#reader.read(bytes, at, length);
    }
    if (this.#paused && at < length) this.#held = Buffer.from(bytes.subarray(at, length));
  }

  #goOn(): void {
    if (!this.#resumeQueued || this.#ended) return;
    this.#resumeQueued = false;
    this.#paused = false;
    this.#quiet = 0;
    const held = this.#held;
    this.#held = NOTHING;
    // Also without bytes: the end of an answer may be all that was held back.
    if (held.length === 0) this.#reader.read(held, 0, 0);
    else this.#read(held, held.length);
    if (this.#paused || this.#ended) return;
    if (this.#serverEnded) this.#answerEnded();
    else this.#socket.resume();
  }

  #endReceived(): void {
    // Within a TLS handshake; an error follows.
    if (!this.established) return;
    this.#serverEnded = true;
    if (!this.#paused) this.#answerEnded();
  }

  #answerEnded(): void {
    if (!this.#reader.end()) this.#fail({ kind: "closed", detail: "the other side closed" });
  }

  #closed(): void {
    clearTimeout(this.#connectTimer);
    this.#owner.closed(this);
    // An orderly end: what is held back still counts.
    if (this.#paused && this.#serverEnded && this.#error === "") return;
    const detail = this.#error === "" ? "the other side closed" : this.#error;
    this.#fail({ kind: this.established ? "closed" : "connect", detail });
  }

  // ------------------------------------------------------------

  #begin(attempt: LaneAttempt): void {
    this.#discarded = 0;
    this.#ahead = 0;
    this.#reader.begin(attempt.request.method);
  }

  #fail(error: UpstreamError): void {
    if (this.#ended) return;
    const lost = this.#queue.slice(0, this.#lost(error));
    this.#end(this.#queue.slice(lost.length));
    this.#socket.destroy();
    for (const attempt of lost) attempt.failed(error);
  }

  /** So many at the queue's beginning fail with it; the others are made again. */
  #lost({ kind }: UpstreamError): number {
    if (kind === "connect") return this.#queue.length;
    // A connection that was in use may end just as a request goes out (RFC 9112 §9.3.1); a new one that ends says something.
    return kind === "closed" && this.#used && this.#queue[0]?.heard !== true ? 0 : 1;
  }

  #end(unanswered: readonly LaneAttempt[]): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#connectTimer);
    this.#reader.stop();
    this.#queue = [];
    this.#outgoing = "";
    this.#unsent = 0;
    this.#owner.ended(this, unanswered);
  }
}
