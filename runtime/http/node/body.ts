/** A request body over Node's stream, which keeps bytes and pauses the socket by itself. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { BodySink, RequestBody } from "../exchange.ts";
import { guardSink } from "../guard.ts";
import { flatten } from "./headers.ts";

export class NodeBody implements RequestBody {
  readonly length: number | null;
  limit: number;
  /** Bytes that arrived so far. */
  received = 0;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #failed: (error: unknown) => void;
  /** The client waits for 100 Continue. */
  #expected: boolean;
  #sink: BodySink | null = null;
  #over = false;
  #listening = false;
  #broken: "aborted" | "malformed" | null = null;
  #discardLimit = -1;
  #onDiscarded: (() => void) | null = null;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    length: number | null,
    limit: number,
    expected: boolean,
    failed: (error: unknown) => void,
  ) {
    this.#request = request;
    this.#response = response;
    this.length = length;
    this.limit = limit;
    this.#expected = expected;
    this.#failed = failed;
  }

  /** All bytes have been delivered or there are none. */
  get complete(): boolean {
    return this.length === 0 || this.#request.readableEnded || (this.#request.complete && this.#over);
  }

  /** The client was never told to send its body. */
  get withheld(): boolean {
    return this.#expected;
  }

  /** Somebody reads and is not paused: silence is the client's. */
  get starving(): boolean {
    return !this.complete && !this.#expected && this.#request.readableFlowing === true;
  }

  consume(sink: BodySink): void {
    if (this.#sink !== null) return;
    const guarded = guardSink(sink, this.#failed);
    this.#sink = guarded;
    if (this.#broken !== null) this.#fail(this.#broken);
    else if ((this.length ?? 0) > this.limit) this.#fail("too-large");
    else if (this.length === 0) {
      this.#over = true;
      // Node has to see the end of the message too, or the connection takes no other.
      this.#request.resume();
      guarded.end([]);
    } else {
      if (this.#expected) {
        this.#expected = false;
        this.#response.writeContinue();
      }
      this.#listen();
    }
  }

  #listen(): void {
    this.#listening = true;
    this.#request.on("data", (chunk: Buffer) => this.#data(chunk));
    this.#request.on("end", () => this.#end());
  }

  #data(chunk: Buffer): void {
    this.received += chunk.length;
    if (this.#discardLimit >= 0) {
      if (this.received > this.#discardLimit) this.#discarded();
    } else if (this.received > this.limit) this.#fail("too-large");
    else if (!this.#over) this.#sink?.chunk(chunk);
  }

  #end(): void {
    if (this.#discardLimit >= 0) this.#discarded();
    if (this.#over) return;
    this.#over = true;
    this.#sink?.end(flatten(this.#request.rawTrailers));
  }

  pause(): void {
    this.#request.pause();
  }

  resume(): void {
    this.#request.resume();
  }

  /** The client is gone, or its framing is broken. */
  break(reason: "aborted" | "malformed"): void {
    this.#broken = reason;
    this.#fail(reason);
  }

  /** Reads and throws away up to `limit` bytes, then calls `listener` once. */
  discard(limit: number, listener: () => void): void {
    this.#discardLimit = this.received + limit;
    this.#onDiscarded = listener;
    if (this.#sink !== null) this.#fail("aborted");
    if (!this.#listening) this.#listen();
    this.#request.resume();
  }

  #discarded(): void {
    const listener = this.#onDiscarded;
    this.#onDiscarded = null;
    listener?.();
  }

  #fail(reason: "too-large" | "aborted" | "malformed"): void {
    if (this.#over) return;
    if (this.#sink === null) return;
    this.#over = true;
    // The rest of a refused body waits until it is known what becomes of it.
    if (reason === "too-large") this.#request.pause();
    this.#sink.fail(reason);
  }
}
