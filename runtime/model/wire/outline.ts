/**
 * Where the members of a JSON object stand in its bytes: what is needed to change one of them and leave every other byte as it came. This reads only what
 * tells where values end; that the bytes are JSON at all is known beforehand.
 */
import { Pieces } from "../../pieces.ts";

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
// Whoever reads objects by assigning to them loses `__proto__`, and so do those here who look for members that cost something.
const NAME = /^(?!__proto__$)[\x20-\x5b\x5d-\x7e]*$/;

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
  outline: Outline,
  values: readonly (readonly [name: string, value: string])[],
): Uint8Array {
  return piecesWithMembers(new Pieces([bytes]), outline, values).whole;
}

/** The same; what does not change is not copied. */
export function piecesWithMembers(
  whole: Pieces,
  { begin, members }: Outline,
  values: readonly (readonly [name: string, value: string])[],
): Pieces {
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
    whole.take(0, begin, pieces);
    pieces.push(Buffer.from(added));
    from = begin;
  }
  for (const { start, end, value } of changes) {
    whole.take(from, start, pieces);
    pieces.push(Buffer.from(value));
    from = end;
  }
  whole.take(from, whole.length, pieces);
  return new Pieces(pieces);
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
  /** Where the names of each object around this place begin in `names`, innermost last; -1: a list. */
  const around: number[] = [];
  let depth = 0;
  /** Where each name stands: its beginning, then its end. Of the objects around, and of no other. */
  const names: number[] = [];
  /** So many of `names` count: to shorten a list costs more than all the rest. */
  let count = 0;
  /** The same as in `around`, of this object or list. */
  let first = -1;
  /** The next string of an object is a name. */
  let named = false;
  /** Of objects with many names; by where their names begin. */
  let many: Map<number, Set<string>> | null = null;
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = stringEnd(text, at);
      if (named) {
        if (isEscaped(text, at, end)) return -1;
        if (count - first >= MANY) {
          many ??= new Map();
          if (!addTo(many, first, text, names, count, at + 1, end - 1)) return -1;
        } else if (isThere(text, names, first, count, at + 1, end - 1)) return -1;
        names[count++] = at + 1;
        names[count++] = end - 1;
        named = false;
      }
      at = end;
      continue;
    }
    if (code === OPEN_OBJECT || code === OPEN_LIST) {
      around[depth++] = first;
      first = code === OPEN_OBJECT ? count : -1;
      named = code === OPEN_OBJECT;
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      if (first !== -1) {
        count = first;
        many?.delete(first);
      }
      depth--;
      first = around[depth]!;
      named = false;
      if (depth === 0) return at + 1;
    } else if (code === COMMA) named = first !== -1;
    at++;
  }
  return text.length;
}

/** Names that are compared one by one, times two: most objects have few. */
const MANY = 32;

/** Whether the string from the quote at `at` to `end` has an escape. */
function isEscaped(text: string, at: number, end: number): boolean {
  for (let index = at + 1; index < end - 1; index++) if (text.charCodeAt(index) === BACKSLASH) return true;
  return false;
}

function isThere(
  text: string,
  names: readonly number[],
  first: number,
  count: number,
  start: number,
  end: number,
): boolean {
  for (let index = first; index < count; index += 2) {
    const other = names[index]!;
    if (names[index + 1]! - other !== end - start) continue;
    let same = start;
    while (same < end && text.charCodeAt(same) === text.charCodeAt(other + same - start)) same++;
    if (same === end) return true;
  }
  return false;
}

/** False: it is there. */
function addTo(
  many: Map<number, Set<string>>,
  first: number,
  text: string,
  names: readonly number[],
  count: number,
  start: number,
  end: number,
): boolean {
  let set = many.get(first);
  if (set === undefined) {
    set = new Set();
    for (let index = first; index < count; index += 2) set.add(text.slice(names[index]!, names[index + 1]!));
    many.set(first, set);
  }
  const { size } = set;
  return set.add(text.slice(start, end)).size > size;
}
