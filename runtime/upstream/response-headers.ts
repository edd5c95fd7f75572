/** The head of an upstream's response on its way to the client: connection fields away, length apart, trailers sifted. */
import type { Headers } from "../http/exchange.ts";
import { contentLength } from "../http/fields.ts";

/** `responseHead`: no length is declared. */
export const UNDECLARED = -1;
/** `responseHead`: framed in a way that this gateway cannot pass on (a transfer coding other than chunked). */
export const UNSOUND = -2;

/**
 * Takes connection and framing fields out of `headers`, in place, and gives the declared length, or `UNDECLARED` or `UNSOUND`.
 * RFC 9110 §7.6.1, RFC 9112 §6.
 */
export function responseHead(headers: Headers): number {
  let kept = 0;
  let length = UNDECLARED;
  let nominations: string[] | null = null;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!;
    const value = headers[index + 1]!;
    switch (name) {
      case "connection":
        if (value !== "keep-alive" && value !== "close") nominations = [...(nominations ?? []), ...names(value)];
        break;
      case "keep-alive":
      case "proxy-connection":
      case "proxy-authenticate":
      case "te":
      case "trailer":
      case "upgrade":
        break;
      case "transfer-encoding":
        // Anything beside chunked would reach the client without its name: the bytes would mean something else there.
        if (value.toLowerCase() !== "chunked") return UNSOUND;
        break;
      case "content-length": {
        const declared = contentLength(value);
        if (declared === -1 || (length !== UNDECLARED && length !== declared)) return UNSOUND;
        length = declared;
        break;
      }
      default:
        if (kept < index) {
          headers[kept] = name;
          headers[kept + 1] = value;
        }
        kept += 2;
    }
  }
  // Cheaper than to set the length, which V8 does outside its compiled code.
  while (headers.length > kept) headers.pop();
  if (nominations !== null) for (const name of nominations) removeNominated(headers, name);
  return length;
}

function names(value: string): string[] {
  return value
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "" && name !== "close" && name !== "keep-alive");
}

/** What describes the content stays, whatever an upstream nominates. */
const KEPT = new Set([
  "content-type",
  "content-encoding",
  "content-range",
  "set-cookie",
  "cache-control",
  "vary",
  "etag",
]);

function removeNominated(headers: Headers, name: string): void {
  if (KEPT.has(name)) return;
  for (let index = headers.length - 2; index >= 0; index -= 2) if (headers[index] === name) headers.splice(index, 2);
}
