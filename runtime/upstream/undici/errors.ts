/** Turns what undici and the sockets report into the few kinds of `UpstreamError`. */
import type { UpstreamError, UpstreamErrorKind } from "../client.ts";

const KINDS: { readonly [code: string]: UpstreamErrorKind } = {
  UND_ERR_SOCKET: "closed",
  UND_ERR_HEADERS_OVERFLOW: "malformed",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "malformed",
  UND_ERR_BODY_TIMEOUT: "stalled",
  UND_ERR_INVALID_ARG: "unsendable",
  UND_ERR_NOT_SUPPORTED: "unsendable",
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: "unsendable",
  UND_ERR_CLOSED: "connect",
  UND_ERR_DESTROYED: "connect",
};

/** `connected`: the request had been given a connection. */
export function describe(error: Error & { readonly code?: unknown }, connected: boolean): UpstreamError {
  const code = typeof error.code === "string" ? error.code : error.name;
  const kind = KINDS[code];
  if (kind === "unsendable") return { kind, detail: error.message };
  if (!connected) return { kind: "connect", detail: code };
  if (kind === "closed") return { kind, detail: error.message };
  if (kind !== undefined) return { kind, detail: code };
  // The end of the connection within a body of known length or within a chunk is an end, not a malformed message.
  if (code === "HPE_INVALID_EOF_STATE") return { kind: "closed", detail: code };
  return { kind: code.startsWith("HPE_") ? "malformed" : "closed", detail: code };
}
