/**
 * The one canonical form of a path (RFC 3986 §6.2.2): the same bytes are matched, checked and forwarded. Escapes of unreserved
 * characters are decoded once, all others kept with upper-case hex, then dot segments are removed; "//" stays.
 */

/** 1: stands for itself; 2: escaped when it arrives raw; 0: refused. Index is the character code. */
const KIND = new Uint8Array(128);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/")
  KIND[character.charCodeAt(0)] = 1;
// Not in the grammar, but browsers send some of them; the escaped form is the only right reading. A backslash is refused:
// some servers take it for a slash.
for (const character of '"<>[]^`{|}') KIND[character.charCodeAt(0)] = 2;

const SLASH = 0x2f;
const DOT = 0x2e;
const PERCENT = 0x25;

/** Null where the path is refused: no leading "/", raw non-ASCII, controls, "#", "?", "\", a bad escape, %00, or escapes that are not UTF-8. */
export function canonicalPath(raw: string): string | null {
  if (raw.charCodeAt(0) !== SLASH) return null;
  let previous = 0;
  for (let index = 0; index < raw.length; index++) {
    const code = raw.charCodeAt(index);
    // "/." may begin a dot segment; everything else that is allowed raw is canonical as it stands.
    if (code >= 128 || KIND[code] !== 1 || (code === DOT && previous === SLASH)) return normalise(raw);
    previous = code;
  }
  return raw;
}

function normalise(raw: string): string | null {
  const decoded = decodeUnreserved(raw);
  return decoded === null ? null : removeDotSegments(decoded);
}

function decodeUnreserved(raw: string): string | null {
  let text = "";
  // Bytes of the UTF-8 sequence that are still to come, and the range allowed for the next one (RFC 3629 §4).
  let pending = 0;
  let low = 0x80;
  let high = 0xbf;
  for (let index = 0; index < raw.length; index++) {
    const code = raw.charCodeAt(index);
    if (code !== PERCENT) {
      if (pending !== 0 || code >= 128) return null;
      const kind = KIND[code];
      if (kind === 0) return null;
      text += kind === 1 ? raw[index] : `%${code.toString(16).toUpperCase()}`;
      continue;
    }
    const byte = hex(raw.charCodeAt(index + 1)) * 16 + hex(raw.charCodeAt(index + 2));
    if (!(byte > 0)) return null;
    if (pending !== 0) {
      if (byte < low || byte > high) return null;
      pending--;
      low = 0x80;
      high = 0xbf;
    } else if (byte >= 0x80) {
      if (byte < 0xc2 || byte > 0xf4) return null;
      pending = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      if (byte === 0xe0) low = 0xa0;
      else if (byte === 0xf0) low = 0x90;
      if (byte === 0xed) high = 0x9f;
      else if (byte === 0xf4) high = 0x8f;
    }
    text += isUnreserved(byte) ? String.fromCharCode(byte) : raw.slice(index, index + 3).toUpperCase();
    index += 2;
  }
  return pending === 0 ? text : null;
}

/** RFC 3986 §5.2.4; ".." above the root is dropped. */
function removeDotSegments(path: string): string {
  if (!path.includes("/.")) return path;
  const kept: string[] = [];
  const segments = path.split("/");
  for (let index = 1; index < segments.length; index++) {
    const segment = segments[index]!;
    if (segment !== "." && segment !== "..") {
      kept.push(segment);
      continue;
    }
    if (segment === "..") kept.pop();
    if (index === segments.length - 1) kept.push("");
  }
  return `/${kept.join("/")}`;
}

const DOT_SEGMENT = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * Whether a path that is about to be sent has a dot segment, raw or escaped (RFC 3986 §6.2.2 makes them one). Values put into a
 * path cannot be escaped so that ".." is only a name, so such a path is never sent: it would lead out of the place it was put in.
 */
export function hasDotSegment(path: string): boolean {
  // Hardly any path has a segment that begins with a dot: a search is cheaper than the expression.
  return (path.includes("/.") || path.includes("%2")) && DOT_SEGMENT.test(path);
}

function hex(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : Number.NaN;
}

function isUnreserved(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x5f ||
    byte === 0x7e
  );
}

const QUERY = /^(?:[!"$&'()*+,\-./0-9:;<=>?@A-Z[\\\]^_`a-z{|}~]|%[0-9A-Fa-f]{2})*$/;

/** Whether a query (without "?") is printable ASCII without "#" and with whole escapes; it is passed on as it was sent. */
export function isQuery(raw: string): boolean {
  return QUERY.test(raw);
}
