/**
 * A request body over uWebSockets.js. Bytes arrive whether anybody waits for them or not, so they are copied and kept, and
 * the socket is paused as soon as more than a window of them lies here.
 */
import type { BodySink, Headers, RequestBody } from "../exchange.ts";
import { guardSink } from "../guard.ts";
import type { NativeResponse } from "./native.ts";

/** Bytes kept for a receiver that is not ready, before the socket is paused. One more read (up to 512 KiB) may come on top. */
const WINDOW = 64 * 1024;
const NO_TRAILERS: Headers = [];

export class UwsBody implements RequestBody {
  readonly length: number | null;
  limit: number;
  /** Bytes that arrived so far. */
  received = 0;
  /** All bytes have arrived. */
  complete: boolean;
  #response: NativeResponse | null;
  #sink: BodySink | null = null;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #paused = false;
  #socketPaused = false;
  /** The sink has heard its end or failure, or never will. */
  #over = false;
  #aborted = false;
  /** The answer is decided: what still comes is thrown away, though the sink has not heard of it. */
  #dropped = false;
  #discardLimit = -1;
  #onDiscarded: ((complete: boolean) => void) | null = null;

  readonly #failed: (error: unknown) => void;

  constructor(response: NativeResponse, length: number | null, limit: number, failed: (error: unknown) => void) {
    this.length = length;
    this.limit = limit;
    this.complete = length === 0;
    this.#response = response;
    this.#failed = failed;
  }

  /** Bytes that are still to come; null: unknown. */
  get remaining(): number | null {
    return this.complete ? 0 : this.length === null ? null : this.length - this.received;
  }

  consume(sink: BodySink): void {
    if (this.#sink !== null || this.#over) {
      if (this.#over && this.#sink === null) sink.fail("aborted");
      return;
    }
    this.#sink = guardSink(sink, this.#failed);
    if (this.#aborted) this.#fail("aborted");
    else if ((this.length ?? this.received) > this.limit) this.#fail("too-large");
    else this.#flush();
  }

  pause(): void {
    this.#paused = true;
    this.#pauseSocket();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#flush();
  }

  /** From `onData`; the chunk is only valid during the call. */
  receive(chunk: ArrayBuffer, last: boolean): void {
    this.received += chunk.byteLength;
    if (last) this.complete = true;
    if (this.#dropped) return;
    if (this.#over || this.#discardLimit >= 0) {
      this.#discardStep();
      return;
    }
    // Until somebody asks, the limit may still be changed: what lies here is bounded by the window.
    if (this.received > this.limit && this.#sink !== null) {
      this.#fail("too-large");
      return;
    }
    if (chunk.byteLength > 0) {
      const copy = new Uint8Array(chunk.slice(0));
      if (this.#sink !== null && !this.#paused && this.#kept.length === 0) this.#sink.chunk(copy);
      else {
        this.#kept.push(copy);
        this.#keptBytes += copy.length;
        if (this.#keptBytes > WINDOW) this.#pauseSocket();
      }
    }
    if (last) this.#flush();
  }

  /**
   * The answer is about to be complete, after which the socket cannot be resumed any more: one that stood still would take no other request.
   * Whether the sink hears of it is for `release`.
   */
  drop(): void {
    this.#dropped = true;
    this.#kept = [];
    if (!this.#socketPaused) return;
    this.#socketPaused = false;
    this.#response?.resume();
  }

  /** The client is gone. */
  abort(): void {
    this.#response = null;
    this.#aborted = true;
    this.#kept = [];
    if (this.#sink !== null && !(this.complete && this.#over)) this.#fail("aborted");
  }

  /** The answer is complete: nobody may touch the response any more, and the transport throws away what still comes. */
  release(): void {
    this.abort();
  }

  /** Throws away what still comes, up to `limit` bytes; then, or at the end of the body, calls `listener` once. */
  discard(limit: number, listener: (complete: boolean) => void): void {
    this.#discardLimit = this.received + limit;
    this.#onDiscarded = listener;
    this.#kept = [];
    if (this.#sink !== null) this.#fail("aborted");
    if (this.#socketPaused) {
      this.#socketPaused = false;
      this.#response?.resume();
    }
    this.#discardStep();
  }

  #discardStep(): void {
    if (this.#discardLimit < 0 || this.#onDiscarded === null) return;
    if (!this.complete && this.received <= this.#discardLimit) return;
    const listener = this.#onDiscarded;
    this.#onDiscarded = null;
    listener(this.complete);
  }

  #flush(): void {
    const sink = this.#sink;
    if (sink === null || this.#over) return;
    while (this.#kept.length > 0) {
      if (this.#paused) return;
      const chunk = this.#kept.shift()!;
      this.#keptBytes -= chunk.length;
      sink.chunk(chunk);
      if (this.#over) return;
    }
    if (this.#paused) return;
    if (this.complete) {
      this.#over = true;
      sink.end(NO_TRAILERS);
    } else if (this.#socketPaused) {
      this.#socketPaused = false;
      this.#response?.resume();
    }
  }

  #fail(reason: "too-large" | "aborted"): void {
    if (this.#over) return;
    this.#over = true;
    this.#kept = [];
    this.#pauseSocket();
    this.#sink?.fail(reason);
  }

  #pauseSocket(): void {
    if (this.#socketPaused || this.complete || this.#dropped || this.#response === null) return;
    this.#socketPaused = true;
    this.#response.pause();
  }
}
