/**
 * What both transports check in a request's head, whatever their own parser let through: exactly one valid Host, a body
 * length that cannot be read in two ways (RFC 9112 §6.3), expectations, and what Connection says.
 */
import type { ErrorCode } from "../errors.ts";
import type { Headers } from "./exchange.ts";
import { normaliseHost } from "./host.ts";

/** Filled by `inspectHead` and read at once by its caller: one object for all requests, so that a head costs no allocation. */
export const head = {
  host: "",
  /** Declared body length; null: chunked; 0: none. */
  length: 0 as number | null,
  /** The client waits for "100 Continue" before it sends the body. */
  expectsContinue: false,
  /** Connection has the option "close". */
  close: false,
  /** Index of traceparent's value in the headers; -1: none. */
  traceparent: -1,
};

const DIGITS = /^[0-9]{1,15}$/;

/** Null: good. Names must be in lower case. */
export function inspectHead(headers: Headers, version: "1.0" | "1.1" | "2"): ErrorCode | null {
  let host: string | null = null;
  let length = -1;
  let chunked = false;
  head.expectsContinue = false;
  head.close = false;
  head.traceparent = -1;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!;
    // The length decides almost always; only then are characters compared.
    switch (name.length) {
      case 4:
        if (name === "host") {
          if (host !== null) return "host-malformed";
          host = headers[index + 1]!;
        }
        break;
      case 6:
        if (name === "expect") {
          if (headers[index + 1]!.toLowerCase() !== "100-continue") return "expectation-failed";
          head.expectsContinue = version !== "1.0";
        }
        break;
      case 10:
        if (name === "connection" && hasOption(headers[index + 1]!, "close")) head.close = true;
        break;
      case 11:
        if (name === "traceparent") head.traceparent = index + 1;
        break;
      case 14:
        if (name === "content-length") {
          if (length !== -1 || !DIGITS.test(headers[index + 1]!)) return "framing-malformed";
          length = Number(headers[index + 1]);
        }
        break;
      case 17:
        if (name === "transfer-encoding") {
          if (chunked || version === "1.0") return "framing-malformed";
          const fault = codingFault(headers[index + 1]!);
          if (fault !== null) return fault;
          chunked = true;
        }
        break;
    }
  }
  if (chunked && length !== -1) return "framing-malformed";
  head.length = chunked ? null : length === -1 ? 0 : length;
  if (host === null) {
    if (version !== "1.0") return "host-malformed";
    head.host = "";
    return null;
  }
  const normal = normaliseHost(host);
  if (normal === null) return "host-malformed";
  head.host = normal;
  return null;
}

/** Only "chunked", alone, is taken. Another registered coding before it is not implemented; anything else is malformed. */
function codingFault(value: string): ErrorCode | null {
  const lower = value.toLowerCase();
  if (lower === "chunked") return null;
  return /^(?:(?:gzip|x-gzip|compress|x-compress|deflate)[ \t]*,[ \t]*)+chunked$/.test(lower)
    ? "coding-not-implemented"
    : "framing-malformed";
}

/** Whether a comma-separated list of options holds `option` (RFC 9110 §7.6.1); case does not matter. */
export function hasOption(list: string, option: string): boolean {
  if (list === option) return true;
  // What nearly everybody sends needs no second look.
  if (list === "keep-alive" || list.length < option.length) return false;
  return list
    .toLowerCase()
    .split(",")
    .some((item) => item.trim() === option);
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** A method is any token (RFC 9110 §9.1). */
export function isToken(text: string): boolean {
  // Comparing with what nearly everybody sends is cheaper than the expression.
  return text === "GET" || text === "POST" || TOKEN.test(text);
}
