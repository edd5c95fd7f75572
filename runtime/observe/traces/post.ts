/** One connection to a collector, and what its answers mean (OTLP/HTTP: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response). */
import { Agent as ClearAgent, type ClientRequest, request as requestClear } from "node:http";
import { Agent as TlsAgent, request as requestTls } from "node:https";
import { retryAfter } from "../../upstream/retry.ts";

/** "again": the same may be sent once more, after so many milliseconds at least. `problem` tells nothing of the address, which may hold a secret. */
export type ExportAnswer =
  | { readonly kind: "taken" /** Spans that it did not want. */; readonly rejected: number }
  | { readonly kind: "refused"; readonly problem: string }
  | { readonly kind: "again"; readonly problem: string; readonly after: number };

/** So much of an answer is read. */
const ANSWER_LIMIT = 64 * 1024;
const AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export class Poster {
  readonly #url: URL;
  readonly #headers: { readonly [name: string]: string };
  readonly #agent: ClearAgent;
  readonly #send: typeof requestClear;
  #request: ClientRequest | null = null;

  constructor(url: string, headers: { readonly [name: string]: string }, agent: string) {
    this.#url = new URL(url);
    this.#headers = { ...headers, "content-type": "application/json", "user-agent": agent };
    const tls = this.#url.protocol === "https:";
    const options = { keepAlive: true, maxSockets: 1 };
    this.#agent = tls ? new TlsAgent(options) : new ClearAgent(options);
    this.#send = tls ? requestTls : requestClear;
  }

  /** Never rejects. `milliseconds`: from the name's resolution to the end of the answer. */
  post(body: string, milliseconds: number): Promise<ExportAnswer> {
    return new Promise((resolve) => {
      const headers = { ...this.#headers, "content-length": Buffer.byteLength(body) };
      // Redirects are not followed: the address is the operator's, what it names is not.
      const request = this.#send(this.#url, { method: "POST", agent: this.#agent, headers }, (response) => {
        const { statusCode: status = 0 } = response;
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
          if (text.length > ANSWER_LIMIT) request.destroy();
        });
        response.on("end", () => resolve(meaningOf(status, response.headers["retry-after"], text)));
        // A status is enough where the rest is missing.
        response.on("close", () => resolve(meaningOf(status, response.headers["retry-after"], "")));
      });
      this.#request = request;
      const late = setTimeout(() => request.destroy(new Error("no answer in time")), milliseconds);
      late.unref();
      request.on("socket", (socket) => socket.unref());
      request.on("error", (error: NodeJS.ErrnoException) =>
        resolve({ kind: "again", problem: error.code ?? error.message, after: 0 }),
      );
      request.on("close", () => {
        clearTimeout(late);
        if (this.#request === request) this.#request = null;
        resolve({ kind: "again", problem: "the connection closed before an answer was there", after: 0 });
      });
      request.end(body);
    });
  }

  /** Also ends what is under way. */
  close(): void {
    this.#request?.destroy(new Error("the gateway stops"));
    this.#agent.destroy();
  }
}

function meaningOf(status: number, after: string | undefined, text: string): ExportAnswer {
  if (status >= 200 && status <= 299) return { kind: "taken", rejected: rejectedSpans(text) };
  const problem = `the answer has the status ${status}`;
  if (!AGAIN.has(status)) return { kind: "refused", problem };
  const told = after === undefined ? 0 : retryAfter(["retry-after", after], Date.now());
  return { kind: "again", problem, after: told };
}

/** `{"partialSuccess":{"rejectedSpans":"3"}}`, a 64-bit number as text or not. */
function rejectedSpans(text: string): number {
  if (!text.includes("rejectedSpans")) return 0;
  try {
    const told = JSON.parse(text) as { readonly partialSuccess?: { readonly rejectedSpans?: unknown } | null } | null;
    const count = Number(told?.partialSuccess?.rejectedSpans ?? 0);
    return Number.isSafeInteger(count) && count > 0 ? count : 0;
  } catch {
    return 0;
  }
}
