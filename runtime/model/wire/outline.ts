/**
 * Where the members of a JSON object stand in its bytes: what is needed to change one of them and leave every other byte as it came. This reads only what
 * tells where values end; that the bytes are JSON at all is known beforehand.
 */

export interface Member {
  /** As it is written; without escapes. */
  readonly name: string;
  /** Of its value. */
  readonly start: number;
  readonly end: number;
}

export interface Outline {
  /** Behind the opening brace. */
  readonly begin: number;
  readonly members: readonly Member[];
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const SPACE = 32;

/** Members that an object may have. */
const MOST_MEMBERS = 256;

/** Of bytes that are JSON. Null: no object, or one with a name twice or with escapes in a name, which two readers may read in two ways, or with very many. */
export function outline(bytes: Uint8Array): Outline | null {
  const { length } = bytes;
  let at = afterSpace(bytes, 0);
  if (bytes[at] !== 123) return null;
  const begin = ++at;
  const members: Member[] = [];
  at = afterSpace(bytes, at);
  while (at < length && bytes[at] === QUOTE) {
    const nameEnd = stringEnd(bytes, at);
    const name = nameOf(bytes, at + 1, nameEnd - 1);
    if (name === null || members.length === MOST_MEMBERS || members.some((member) => member.name === name)) return null;
    at = afterSpace(bytes, nameEnd);
    if (bytes[at] !== COLON) return null;
    const start = afterSpace(bytes, at + 1);
    const end = valueEnd(bytes, start);
    members.push({ name, start, end });
    at = afterSpace(bytes, end);
    if (bytes[at] !== COMMA) break;
    at = afterSpace(bytes, at + 1);
  }
  return bytes[at] === 125 ? { begin, members } : null;
}

/** The bytes with these values in place of those of the same names; what is not there yet stands first. Values are JSON text. */
export function withMembers(
  bytes: Uint8Array,
  { begin, members }: Outline,
  values: readonly (readonly [name: string, value: string])[],
): Uint8Array {
  const pieces: Uint8Array[] = [];
  let added = "";
  const changes: { readonly start: number; readonly end: number; readonly value: string }[] = [];
  for (const [name, value] of values) {
    const member = members.find((one) => one.name === name);
    if (member === undefined) added += `${JSON.stringify(name)}:${value},`;
    else changes.push({ start: member.start, end: member.end, value });
  }
  if (members.length === 0) added = added.slice(0, -1);
  changes.sort((one, other) => one.start - other.start);
  let from = 0;
  if (added !== "") {
    pieces.push(bytes.subarray(0, begin), Buffer.from(added));
    from = begin;
  }
  for (const { start, end, value } of changes) {
    pieces.push(bytes.subarray(from, start), Buffer.from(value));
    from = end;
  }
  pieces.push(bytes.subarray(from));
  return Buffer.concat(pieces);
}

function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== 10 && byte !== 13 && byte !== 9) return at;
    at++;
  }
}

/** Behind the closing quote. */
function stringEnd(bytes: Uint8Array, quote: number): number {
  const { length } = bytes;
  let at = quote + 1;
  while (at < length) {
    const byte = bytes[at++];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
  return length;
}

/** Behind the value's last byte. */
function valueEnd(bytes: Uint8Array, from: number): number {
  const { length } = bytes;
  let depth = 0;
  let at = from;
  while (at < length) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      at = stringEnd(bytes, at);
      if (depth === 0) return at;
      continue;
    }
    if (byte === 123 || byte === 91) depth++;
    else if (byte === 125 || byte === 93) {
      // Of the object around a number or a word.
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && (byte === COMMA || byte <= SPACE)) return at;
    at++;
  }
  return length;
}

function nameOf(bytes: Uint8Array, from: number, to: number): string | null {
  let name = "";
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte === BACKSLASH || byte > 126) return null;
    name += String.fromCharCode(byte);
  }
  return name;
}
