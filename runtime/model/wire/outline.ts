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
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;

/** Printable ASCII without the backslash. */
const NAME = /^[\x20-\x5b\x5d-\x7e]*$/;

/** Members that an object may have. */
const MOST_MEMBERS = 256;

/**
 * Of bytes that are JSON. Null: no object, or one that two readers may read in two ways, since a name stands twice in an object, or is written with escapes,
 * at any depth; or one with very many members.
 */
export function outline(bytes: Uint8Array): Outline | null {
  // A character for each byte: in texts that is searched faster than in bytes, and every character that tells something is one of ASCII's.
  return outlineOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1"));
}

/** The same, of text that has a character for each byte. */
export function outlineOf(text: string): Outline | null {
  let at = afterSpace(text, 0);
  if (text.charCodeAt(at) !== 123) return null;
  const begin = ++at;
  const members: Member[] = [];
  at = afterSpace(text, at);
  while (text.charCodeAt(at) === QUOTE) {
    const nameEnd = stringEnd(text, at);
    const name = text.slice(at + 1, nameEnd - 1);
    if (!NAME.test(name) || members.length === MOST_MEMBERS || members.some((member) => member.name === name))
      return null;
    at = afterSpace(text, nameEnd);
    if (text.charCodeAt(at) !== COLON) return null;
    const start = afterSpace(text, at + 1);
    const end = valueEnd(text, start);
    if (end === -1) return null;
    members.push({ name, start, end });
    at = afterSpace(text, end);
    if (text.charCodeAt(at) !== COMMA) break;
    at = afterSpace(text, at + 1);
  }
  return text.charCodeAt(at) === 125 ? { begin, members } : null;
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

function afterSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== 10 && code !== 13 && code !== 9) return at;
    at++;
  }
}

/** Behind the closing quote. */
function stringEnd(text: string, quote: number): number {
  let at = quote;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at === -1) return text.length;
    let before = at - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    // An even number of them are characters of the string themselves.
    if ((at - before) % 2 === 1) return at + 1;
  }
}

/** Behind the value's last character; -1: an object in it has a name twice, or one with escapes. */
function valueEnd(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === QUOTE) return stringEnd(text, from);
  return first === OPEN_OBJECT || first === OPEN_LIST ? nestedEnd(text, from) : plainEnd(text, from);
}

/** Of a number or a word. */
function plainEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code <= SPACE || code === CLOSE_OBJECT || code === CLOSE_LIST) return at;
  }
  return text.length;
}

/** Of an object or a list. */
function nestedEnd(text: string, from: number): number {
  /** Names of each object around this place, innermost last; null: a list. */
  const around: (Names | null)[] = [];
  let names: Names | null = null;
  /** The next string of an object is a name. */
  let named = false;
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = stringEnd(text, at);
      if (named && names !== null && !names.add(text.slice(at + 1, end - 1))) return -1;
      named = false;
      at = end;
      continue;
    }
    if (code === OPEN_OBJECT || code === OPEN_LIST) {
      around.push(names);
      names = code === OPEN_OBJECT ? new Names() : null;
      named = code === OPEN_OBJECT;
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      names = around.pop() ?? null;
      named = false;
      if (around.length === 0) return at + 1;
    } else if (code === COMMA) named = names !== null;
    at++;
  }
  return text.length;
}

/** The names of one object. Most have few, and are compared one by one. */
class Names {
  readonly #few: string[] = [];
  #many: Set<string> | null = null;

  /** False: it is there, or has escapes. */
  add(name: string): boolean {
    if (name.includes("\\")) return false;
    if (this.#many !== null) {
      const { size } = this.#many;
      return this.#many.add(name).size > size;
    }
    if (this.#few.includes(name)) return false;
    this.#few.push(name);
    if (this.#few.length > 16) this.#many = new Set(this.#few);
    return true;
  }
}
