/** Which response fields the transports write themselves, and values made safe for the wire. */
import type { Headers } from "./exchange.ts";

// Anything but tab and printable ASCII needs a second look; a value from the wire hardly ever does.
const UNUSUAL = /[^\t\x20-\x7e]/;
const UNSENDABLE = /[\0-\x08\n-\x1f\x7f]/g;
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** Names seen to be sound; a program and its upstreams use the same few again and again. */
const soundNames = new Set<string>();

export function isFieldName(name: string): boolean {
  if (soundNames.has(name)) return true;
  if (!NAME.test(name)) return false;
  if (soundNames.size < 1024) soundNames.add(name);
  return true;
}

export function isPlain(value: string): boolean {
  return !UNUSUAL.test(value);
}

/**
 * For a value that is not plain: controls become spaces, so that no value ever begins another field (RFC 9110 §5.5), and
 * characters above U+00FF become UTF-8. The result has one character per byte.
 */
export function toFieldValue(value: string): string {
  const bytes = /[^\0-\xff]/.test(value) ? Buffer.from(value, "utf8").toString("latin1") : value;
  return bytes.replace(UNSENDABLE, " ");
}

/** Fields as they stand in a message, each line with its end. What they hold must be sound. */
export function fieldLines(headers: Headers): string {
  let lines = "";
  for (let index = 0; index < headers.length; index += 2) lines += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return lines;
}

/** The value of Content-Length (RFC 9110 §8.6): 1 to 15 digits and nothing else; -1 for what is none. */
export function contentLength(value: string): number {
  if (value === "" || value.length > 15) return -1;
  let length = 0;
  for (let index = 0; index < value.length; index++) {
    const digit = value.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    length = length * 10 + digit;
  }
  return length;
}

/** Fields about this connection or this message's framing: the transport alone writes them, whatever a caller hands over. */
export function isFramingField(name: string): boolean {
  switch (name.length) {
    case 7:
      return name === "trailer" || name === "upgrade";
    case 10:
      return name === "connection" || name === "keep-alive";
    case 14:
      return name === "content-length";
    case 16:
      return name === "proxy-connection";
    case 17:
      return name === "transfer-encoding";
    default:
      return false;
  }
}

// RFC 9110 §6.5.1: not framing, routing, authentication, request modifiers or content negotiation.
const FORBIDDEN_TRAILERS = new Set(
  `age authorization cache-control connection content-encoding content-length content-range content-type cookie date expect expires
  forwarded host if-match if-modified-since if-none-match if-range if-unmodified-since keep-alive location max-forwards pragma
  proxy-authenticate proxy-authorization proxy-connection range retry-after set-cookie te trailer transfer-encoding upgrade vary
  via warning www-authenticate x-forwarded-for x-forwarded-host x-forwarded-proto`.split(/\s+/),
);

/** The trailers that may be sent on; names in lower case. */
export function soundTrailers(trailers: Headers): Headers {
  const sound: Headers = [];
  for (let index = 0; index < trailers.length; index += 2) {
    const name = trailers[index]!;
    if (!isFieldName(name) || FORBIDDEN_TRAILERS.has(name)) continue;
    const value = trailers[index + 1]!;
    sound.push(name, isPlain(value) ? value : toFieldValue(value));
  }
  return sound;
}
