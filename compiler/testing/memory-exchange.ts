/** An exchange without a socket: a test's request goes straight into the compiled program, its whole answer comes out. */
import { BaseExchange, type ExchangeOwner } from "../../runtime/http/base.ts";
import type { BodySink, Headers, RequestBody, WebSocketAnswer } from "../../runtime/http/exchange.ts";
import { OpenWebSockets } from "../../runtime/http/open-websockets.ts";
import type { WebSocketSide } from "../../runtime/websocket/index.ts";
import { canonicalPath, isQuery } from "../../runtime/http/path.ts";
import type { Proxies } from "../../runtime/http/proxies.ts";
import type { InterpretedRequest } from "../5-plan/interpreter/index.ts";

class MemoryBody implements RequestBody {
  readonly length: number;
  /** Set by the program. */
  limit = Number.MAX_SAFE_INTEGER;
  received = 0;
  readonly #data: Uint8Array;

  constructor(data: Uint8Array) {
    this.#data = data;
    this.length = data.length;
  }

  consume(sink: BodySink): void {
    // In a later tick, as from a socket.
    setImmediate(() => {
      if (this.#data.length > this.limit) {
        sink.fail("too-large");
        return;
      }
      this.received = this.#data.length;
      if (this.#data.length > 0) sink.chunk(this.#data);
      sink.end([]);
    });
  }

  pause(): void {}
  resume(): void {}
}

/** Of one request: the proxies that it trusts, and where what goes wrong is told. */
function ownerOf(proxies: Proxies, secure: boolean, fail: (error: unknown) => void): ExchangeOwner {
  return {
    proxies,
    secure,
    webSockets: new OpenWebSockets(),
    finished: () => undefined,
    failed: (_exchange, error) => fail(error),
  };
}

export class MemoryExchange extends BaseExchange {
  readonly body: MemoryBody;
  readonly #over: () => void;
  readonly #chunks: Uint8Array[] = [];
  answerHeaders: Headers = [];

  /** `over` is called once, when the answer is complete; `fail` where the program's code threw. */
  constructor(
    request: InterpretedRequest,
    path: string,
    proxies: Proxies,
    over: () => void,
    fail: (error: unknown) => void,
  ) {
    const query = request.target.indexOf("?");
    super(
      {
        method: request.method,
        path,
        query: query === -1 ? "" : request.target.slice(query + 1),
        host: request.host.toLowerCase(),
        headers: [...request.headers],
        peer: request.address,
        httpVersion: "1.1",
        traceparent: -1,
      },
      ownerOf(proxies, request.secure, fail),
      false,
    );
    this.body = new MemoryBody(request.body);
    this.#over = over;
  }

  get answerBody(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }

  protected sendWhole(_status: number, headers: Headers, body: string | Uint8Array | null): void {
    this.answerHeaders = headers;
    if (body !== null && !this.bodiless) this.#chunks.push(Buffer.from(body));
    this.#over();
  }

  protected sendInformational(): void {}

  protected sendHead(_status: number, headers: Headers): void {
    this.answerHeaders = headers;
  }

  protected sendChunk(chunk: Uint8Array): boolean {
    this.#chunks.push(Buffer.from(chunk));
    return true;
  }

  protected sendEnd(): void {
    this.#over();
  }

  protected destroy(): void {
    this.#over();
  }

  /** The answer of a handshake is all that a test sees of a WebSocket. */
  protected upgrade(headers: Headers, answer: WebSocketAnswer): WebSocketSide {
    const protocol = answer.protocol === null ? [] : ["sec-websocket-protocol", answer.protocol];
    const own = ["upgrade", "websocket", "connection", "Upgrade", "sec-websocket-accept", answer.accept, ...protocol];
    this.answerHeaders = [...own, ...headers];
    setImmediate(this.#over);
    return { canPause: true, send: () => true, ping: () => {}, close: () => {}, pause: () => {}, resume: () => {} };
  }
}

/** The path that a transport would match; null: it would refuse the target. */
export function pathOf(target: string): string | null {
  const question = target.indexOf("?");
  if (question === -1) return canonicalPath(target);
  return isQuery(target.slice(question + 1)) ? canonicalPath(target.slice(0, question)) : null;
}
