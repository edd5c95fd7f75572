/** Cookies as RFC 6265 has them: reading a `Cookie` header and writing a `Set-Cookie` line. */
import type { CookieAttributes } from "../plan.ts";

/** The first of that name; a value that was percent-encoded is decoded. */
export function readCookie(lines: readonly string[], name: string): string | undefined {
  for (const pair of lines.flatMap((line) => line.split(";"))) {
    const equals = pair.indexOf("=");
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
    return decode(pair.slice(equals + 1).trim());
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

/** A `Cookie` value with one cookie changed and the others as they came; null removes. "" where none is left. */
export function writeRequestCookie(lines: readonly string[], name: string, value: string | null): string {
  const kept = lines
    .flatMap((line) => line.split(";"))
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "" && pair.split("=", 1)[0]?.trim() !== name);
  if (value !== null) kept.push(`${name}=${encodeValue(value)}`);
  return kept.join("; ");
}

const SAME_SITE = { strict: "Strict", lax: "Lax", none: "None" } as const;

/** `value` null: the client forgets the cookie. */
export function writeCookie(name: string, value: string | null, attributes: CookieAttributes | null): string {
  const parts = [`${name}=${value === null ? "" : encodeValue(value)}`];
  const path = attributes?.path ?? "/";
  parts.push(`Path=${path}`);
  if (attributes?.domain) parts.push(`Domain=${attributes.domain}`);
  const age = value === null ? 0 : (attributes?.maxAge ?? null);
  if (age !== null) parts.push(`Max-Age=${age}`);
  if (attributes?.secure) parts.push("Secure");
  if (attributes?.httpOnly) parts.push("HttpOnly");
  if (attributes?.sameSite) parts.push(`SameSite=${SAME_SITE[attributes.sameSite]}`);
  return parts.join("; ");
}

/** cookie-octet of RFC 6265 §4.1.1 stays, but "%", which would be read back as an escape. */
function encodeValue(value: string): string {
  return [...new TextEncoder().encode(value)]
    .map((byte) => {
      const plain = byte === 0x21 || (byte >= 0x23 && byte <= 0x7e && !",;\\%".includes(String.fromCharCode(byte)));
      return plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}
