/** The body of a client's request, kept until it is whole, or why it never will be. */
import { Failure } from "../../failure.ts";
import type { BodySink, Exchange } from "../../http/exchange.ts";
import { Pieces } from "../../pieces.ts";
import type { ModelError } from "../canonical/error.ts";
import { errorOf } from "./failures.ts";
import { Gathered } from "./gathered.ts";

/** Whoever waits for it; told of one of these, once. */
export interface BodyReceiver {
  received(body: Pieces): void;
  /** `code`: of the error, for the log. The connection closes after whatever is answered. */
  unreadable(error: ModelError, code: string): void;
  /** The client has left. */
  left(): void;
}

/** `body`: what the program puts in place of the client's. `limit` in bytes. */
export function readBody(
  exchange: Exchange,
  body: { readonly data: Uint8Array } | null,
  limit: number,
  receiver: BodyReceiver,
): void {
  if (body !== null) receiver.received(new Pieces([body.data]));
  else if (exchange.body.length === 0) receiver.received(new Pieces([]));
  else {
    exchange.body.limit = limit;
    exchange.body.consume(new ArrivingBody(limit, receiver));
  }
}

class ArrivingBody implements BodySink {
  readonly #bytes: Gathered;
  readonly #receiver: BodyReceiver;

  constructor(limit: number, receiver: BodyReceiver) {
    this.#bytes = new Gathered(limit);
    this.#receiver = receiver;
  }

  chunk(data: Uint8Array): void {
    this.#bytes.keep(data);
  }

  end(): void {
    this.#receiver.received(this.#bytes.takePieces());
  }

  fail(reason: "too-large" | "aborted" | "malformed"): void {
    if (reason === "aborted") {
      this.#receiver.left();
      return;
    }
    const large = reason === "too-large";
    const text = large ? "The request's body is longer than allowed." : "The request's body did not arrive whole.";
    const code = large ? "body-too-large" : "body-malformed";
    this.#receiver.unreadable(errorOf(new Failure("invalid", large ? 413 : 400, code, text)), code);
  }
}
