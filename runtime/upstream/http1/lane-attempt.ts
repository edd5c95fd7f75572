/**
 * One request on a lane: safe, without a body, so that it can be made again elsewhere while nobody has heard an answer. Whoever holds it
 * does not notice where it goes.
 */
import type { Headers } from "../../http/exchange.ts";
import type { UpstreamAttempt, UpstreamError, UpstreamRequest, UpstreamSink } from "../client.ts";
import type { Lane } from "./lane.ts";

export class LaneAttempt implements UpstreamAttempt {
  readonly sink: UpstreamSink;
  readonly request: UpstreamRequest;
  readonly head: string;
  /** Nobody waits for the answer any more. */
  abandoned = false;
  /** A byte of the answer came. */
  heard = false;
  #lane: Lane | null;
  /** On a connection of its own, after the lane was lost. */
  #alone: UpstreamAttempt | null = null;

  constructor(request: UpstreamRequest, head: string, sink: UpstreamSink, lane: Lane) {
    this.request = request;
    this.head = head;
    this.sink = sink;
    this.#lane = lane;
  }

  /** The lane answers it no more; `again` sends it on a connection of its own. */
  moved(again: (request: UpstreamRequest, sink: UpstreamSink) => UpstreamAttempt): void {
    this.#lane = null;
    if (!this.abandoned) this.#alone = again(this.request, this.sink);
  }

  completed(trailers: Headers): void {
    this.#lane = null;
    if (!this.abandoned) this.sink.complete(trailers);
  }

  failed(error: UpstreamError): void {
    this.#lane = null;
    if (!this.abandoned) this.sink.failed(error);
  }

  /** There is no body. */
  write(): boolean {
    return true;
  }

  end(): void {}

  pause(): void {
    if (this.#alone !== null) this.#alone.pause();
    else this.#lane?.pause(this);
  }

  resume(): void {
    if (this.#alone !== null) this.#alone.resume();
    else this.#lane?.resume(this);
  }

  abort(): void {
    if (this.abandoned) return;
    this.abandoned = true;
    if (this.#alone !== null) this.#alone.abort();
    else this.#lane?.abandoned(this);
  }
}
