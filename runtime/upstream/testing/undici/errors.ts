/** Turns what undici and the sockets report into the few kinds of `UpstreamError`. */
import type { UpstreamError, UpstreamErrorKind } from "../../client.ts";

const KINDS: { readonly [code: string]: UpstreamErrorKind } = {
  UND_ERR_SOCKET: "closed",
  UND_ERR_HEADERS_OVERFLOW: "malformed",
  UND_ERR_BODY_TIMEOUT: "stalled",
  UND_ERR_INVALID_ARG: "unsendable",
  UND_ERR_NOT_SUPPORTED: "unsendable",
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: "unsendable",
  UND_ERR_CLOSED: "connect",
  UND_ERR_DESTROYED: "connect",
};

export interface Stage {
  /** The request had been given a connection. */
  readonly connected: boolean;
  /** The response's head had come. */
  readonly head: boolean;
}

export function describe(error: Error & { readonly code?: unknown }, stage: Stage): UpstreamError {
  const code = typeof error.code === "string" ? error.code : error.name;
  const kind = KINDS[code];
  if (kind === "unsendable") return { kind, detail: error.message };
  if (!stage.connected) return { kind: "connect", detail: code };
  if (error.name === "HTTPParserError") {
    // "Invalid EOF state": the connection ended within the message. The reason follows in brackets.
    const reason = /\((.*)\)$/.exec(error.message)?.[1] ?? error.message;
    return { kind: reason === "Invalid EOF state" ? "closed" : "malformed", detail: reason };
  }
  // A body that ends too early, or, before the head is complete, two lengths that contradict each other.
  if (code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH")
    return { kind: stage.head ? "closed" : "malformed", detail: code };
  // An unasked-for 101 or 100, or bytes where no response is due.
  if (error.message === "bad upgrade" || error.message === "bad response") {
    return { kind: "malformed", detail: error.message };
  }
  if (kind === "closed") return { kind, detail: error.message };
  return { kind: kind ?? "closed", detail: code };
}
