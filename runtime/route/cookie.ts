/** Cookies (RFC 6265): reading a `Cookie` field, changing one that is forwarded, and writing `Set-Cookie` lines. */
import type { Exchange } from "../http/exchange.ts";
import { percentEncode } from "../value/index.ts";
import type { HeaderEdit } from "./forward.ts";

/** The first of that name; a value that was percent-encoded is decoded. */
export function cookieValue(exchange: Exchange, name: string): string | undefined {
  const { headers } = exchange;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== "cookie") continue;
    for (const pair of (headers[index + 1] ?? "").split(";")) {
      const equals = pair.indexOf("=");
      if (equals !== -1 && pair.slice(0, equals).trim() === name) return decode(pair.slice(equals + 1).trim());
    }
  }
  return undefined;
}

function decode(text: string): string {
  const bare = text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare;
  }
}

/** cookie-octet of RFC 6265 §4.1.1 stays, but "%", which would be read back as an escape. */
function encodeValue(value: string): string {
  return percentEncode(value).replace(/%[2-7][0-9A-F]/g, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return ' ",;\\%\u007f'.includes(character) ? escaped : character;
  });
}

/** A `Set-Cookie` line; `attributes` begins with ";" and was written when building. `value` undefined: the client forgets the cookie. */
export function setResponseCookie(
  exchange: Exchange,
  name: string,
  value: string | undefined,
  attributes: string,
): void {
  exchange.edits ??= { changes: [], status: null };
  const line = `${name}=${value === undefined ? "" : encodeValue(value)}${attributes}`;
  exchange.edits.changes.push({ kind: "add", name: "set-cookie", value: line });
}

/** One cookie of the forwarded request changed, the others as they came (or as an earlier edit left them); undefined removes. */
export function editCookie(exchange: Exchange, edits: HeaderEdit[], name: string, value: string | undefined): void {
  const earlier = edits.findLast((edit) => edit.name === "cookie");
  const cookies = earlier === undefined ? requestCookies(exchange) : (earlier.value ?? "");
  const kept = cookies
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "" && pair.split("=", 1)[0]?.trim() !== name);
  if (value !== undefined) kept.push(`${name}=${encodeValue(value)}`);
  edits.push({ name: "cookie", value: kept.length === 0 ? null : kept.join("; ") });
}

/** All `Cookie` lines as one. */
function requestCookies(exchange: Exchange): string {
  const { headers } = exchange;
  const lines: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === "cookie") lines.push(headers[index + 1] ?? "");
  }
  return lines.join("; ");
}
