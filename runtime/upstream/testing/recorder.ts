/** An `UpstreamSink` that writes down what it is told, and insists on the order the interface promises. */
import type { Headers } from "../../http/exchange.ts";
import type {
  UpstreamAttempt,
  UpstreamClient,
  UpstreamError,
  UpstreamErrorKind,
  UpstreamRequest,
  UpstreamSink,
} from "../client.ts";

export class Recorder implements UpstreamSink {
  readonly attempt: UpstreamAttempt;
  /** How it ended; rejects when the client broke its promises. */
  readonly over: Promise<"complete" | UpstreamErrorKind>;
  status = 0;
  headers: Headers = [];
  trailers: Headers = [];
  detail = "";
  bytes = 0;
  /** Methods called so far. */
  calls = 0;
  readonly informationals: { readonly status: number; readonly headers: Headers }[] = [];
  /** Pauses within `data` once so many bytes have come. */
  pauseAfter = Number.POSITIVE_INFINITY;
  /** Pauses within `head`. */
  pauseAtHead = false;
  paused = false;
  onDrain: () => void = () => {};
  readonly #chunks: Uint8Array[] = [];
  #returned = false;
  #ended = false;
  #end: (how: "complete" | UpstreamErrorKind) => void = () => {};
  #broken: (error: Error) => void = () => {};
  #waiting: { readonly condition: () => boolean; readonly resolve: () => void }[] = [];

  constructor(client: UpstreamClient, request: UpstreamRequest) {
    this.over = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#broken = reject;
    });
    this.attempt = client.send(request, this);
    this.#returned = true;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString("latin1");
  }

  values(name: string): string[] {
    return this.headers.filter((_, index) => index % 2 === 1 && this.headers[index - 1] === name);
  }

  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => this.#waiting.push({ condition, resolve }));
  }

  resume(): void {
    this.paused = false;
    this.attempt.resume();
  }

  informational(status: number, headers: Headers): void {
    this.#called("informational", this.status === 0);
    this.informationals.push({ status, headers });
  }

  head(status: number, headers: Headers, more: boolean): void {
    this.#called("head", this.status === 0);
    const { calls } = this;
    if (this.pauseAtHead) {
      this.paused = true;
      this.attempt.pause();
    } else {
      queueMicrotask(() => {
        if (more && this.calls === calls) this.#broken(new Error("nothing followed the head"));
      });
    }
    this.status = status;
    this.headers = headers;
    this.#tell();
  }

  data(chunk: Uint8Array): void {
    this.#called("data", this.status !== 0 && !this.paused);
    this.bytes += chunk.length;
    if (this.bytes < 1e6) this.#chunks.push(Buffer.from(chunk));
    if (this.bytes >= this.pauseAfter) {
      this.paused = true;
      this.attempt.pause();
    }
    this.#tell();
  }

  complete(trailers: Headers): void {
    this.#called("complete", this.status !== 0 && !this.paused);
    this.#ended = true;
    this.trailers = trailers;
    this.#end("complete");
  }

  failed(error: UpstreamError): void {
    this.#called("failed", true);
    this.#ended = true;
    this.detail = error.detail;
    this.#end(error.kind);
  }

  drain(): void {
    this.#called("drain", true);
    this.onDrain();
  }

  #called(method: string, legal: boolean): void {
    this.calls++;
    if (!legal || this.#ended || !this.#returned) this.#broken(new Error(`${method} came out of order`));
  }

  #tell(): void {
    this.#waiting = this.#waiting.filter(({ condition, resolve }) => {
      if (!condition()) return true;
      resolve();
      return false;
    });
  }
}
