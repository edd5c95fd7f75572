/** The head of an upstream's response on its way to the client: connection fields away, length apart, trailers sifted. */
import type { Headers } from "../http/exchange.ts";
import { contentLength } from "../http/fields.ts";

export interface ResponseHead {
  /** Without connection and framing fields. */
  readonly headers: Headers;
  /** The declared length; null: none. */
  readonly length: number | null;
  /** False: framed in a way that this gateway cannot pass on (a transfer coding other than chunked). */
  readonly sound: boolean;
}

/** RFC 9110 §7.6.1, RFC 9112 §6. */
export function responseHead(incoming: Headers): ResponseHead {
  const headers: Headers = [];
  let length: number | null = null;
  let sound = true;
  let nominations: string[] | null = null;
  for (let index = 0; index < incoming.length; index += 2) {
    const name = incoming[index]!;
    const value = incoming[index + 1]!;
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
        if (value.toLowerCase() !== "chunked") sound = false;
        break;
      case "content-length": {
        const declared = contentLength(value);
        if (declared === -1 || (length !== null && length !== declared)) sound = false;
        length = declared;
        break;
      }
      default:
        headers.push(name, value);
    }
  }
  if (nominations !== null) for (const name of nominations) removeNominated(headers, name);
  return { headers, length, sound };
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
