/** What a response's head says about where its body ends and whether the connection goes on (RFC 9112 §6.3, §9.3). */
import { contentLength } from "../../http/fields.ts";
import { hasOption } from "../../http/head.ts";
import type { Headers } from "../../http/exchange.ts";

/** Lengths of a body that are not a number of bytes. */
export const CHUNKED = -1;
export const UNTIL_CLOSE = -2;

/** Filled by `readFraming` and read at once by its caller: one object for all responses. */
export const framing = {
  /** In bytes, or `CHUNKED` or `UNTIL_CLOSE`. */
  length: 0,
  persistent: false,
  /** Milliseconds that the server keeps an idle connection, as its Keep-Alive field says; Infinity: it does not say. */
  timeout: Number.POSITIVE_INFINITY,
};

const TIMEOUT = /(?:^|,)[ \t]*timeout[ \t]*=[ \t]*"?([0-9]{1,9})/i;

/**
 * Null, or what is wrong. Anything that two readers could read in two ways is refused, also where no body follows: a transfer
 * coding other than one "chunked", one beside a length, one in HTTP/1.0, lengths that differ or are no plain number.
 */
export function readFraming(headers: Headers, minor: number): string | null {
  let length = UNTIL_CLOSE;
  let chunked = false;
  let close = false;
  let keepAlive = false;
  framing.timeout = Number.POSITIVE_INFINITY;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!;
    const value = headers[index + 1]!;
    // The length decides almost always; only then are characters compared.
    switch (name.length) {
      case 10:
        if (name === "connection") {
          close ||= hasOption(value, "close");
          keepAlive ||= hasOption(value, "keep-alive");
        } else if (name === "keep-alive") {
          const found = TIMEOUT.exec(value);
          if (found !== null) framing.timeout = Number(found[1]) * 1000;
        }
        break;
      case 14:
        if (name === "content-length") {
          const declared = contentLength(value);
          if (declared === -1) return "content-length";
          if (length !== UNTIL_CLOSE && length !== declared) return "two lengths";
          length = declared;
        }
        break;
      case 17:
        if (name === "transfer-encoding") {
          if (chunked || minor === 0 || value.toLowerCase() !== "chunked") return "transfer-encoding";
          chunked = true;
        }
        break;
    }
  }
  if (chunked && length !== UNTIL_CLOSE) return "length beside chunks";
  framing.length = chunked ? CHUNKED : length;
  framing.persistent = !close && (minor === 1 || keepAlive);
  return null;
}
