/**
 * A client's JSON without its long strings, which stay where they are: each is a mark here. What is left is read as ever, for a small part of the time that the
 * whole takes, and says the same: the text is JSON exactly where the whole is.
 *
 * Marks hold what nobody outside of this process can know, so no request has one of its own. Only strings that models are given as they are (texts, images,
 * arguments) are left out; whoever reads the rest has to find each mark again where such a string belongs (`engine/deferred.ts`), or reads the whole instead.
 */
import { isAscii, isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import { Pieces } from "../../pieces.ts";
import { utf8FromBytes } from "../../value/index.ts";
import { type LongString, longStrings } from "./long-strings.ts";
import { type Outline, outline } from "./outline.ts";

/** Shorter strings are read sooner than they are left out. In octets. */
const LEAST = 1024;
/** Of more pieces, the whole is made first. */
const MOST_PIECES = 64;
/** Digits of a mark's number. */
const DIGITS = 8;
const SECRET = randomBytes(12).toString("hex");
const MARK_LENGTH = SECRET.length + DIGITS;
const MARKS = new RegExp(`${SECRET}([0-9a-f]{${DIGITS}})`, "g");
/** Characters up to the comma of a `data:` URL. */
const URL_HEAD = 256;
const DATA_URL = /^data:[^,"\\\x80-\xff]*,/i;
const NOTHING = new Uint8Array(0);

/** Whose values models are given as they are, in the dialects of all clients. */
const TEXTS: ReadonlySet<string> = new Set([
  "arguments",
  "content",
  "data",
  "input",
  "instructions",
  "output",
  "result",
  "system",
  "text",
  "thinking",
]);
/** Which may be `data:` URLs; what stands before their comma is looked at. */
const URLS: ReadonlySet<string> = new Set(["file_data", "image_url", "url"]);

/** Whether what is written now has marks for what was left out. */
interface Writing {
  now: boolean;
}

/** A string that was left out. */
export class Gap {
  /** Where the mark stands in what is left. */
  readonly at: number;
  /** Offsets in the whole. */
  readonly start: number;
  readonly end: number;
  /** Of its text, in UTF-8. */
  readonly octets: number;
  readonly #number: number;
  readonly #pieces: Pieces;
  readonly #writing: Writing;
  #text: string | null = null;

  constructor(
    pieces: Pieces,
    writing: Writing,
    number: number,
    at: number,
    { start, end, octets }: Pick<LongString, "start" | "end" | "octets">,
  ) {
    this.#pieces = pieces;
    this.#writing = writing;
    this.#number = number;
    this.at = at;
    this.start = start;
    this.end = end;
    this.octets = octets;
  }

  /** Read when it is first asked for. */
  get text(): string {
    this.#text ??= this.#read();
    return this.#text;
  }

  /** UTF-16 units of its text. */
  get units(): number {
    const plain = this.octets === this.end - this.start && isAscii(this.#pieces.slice(this.start, this.end));
    return plain ? this.octets : this.text.length;
  }

  get blank(): boolean {
    const [first = 0] = this.#pieces.slice(this.start, this.start + 1);
    return (first <= 0x20 || first >= 0x80 || first === 0x5c) && this.text.trim() === "";
  }

  /** Null: it has to be read. */
  get mark(): string | null {
    return this.#writing.now ? markOf(this.#number) : null;
  }

  #read(): string {
    const raw = utf8FromBytes(this.#pieces.slice(this.start, this.end)) ?? "";
    return this.octets === this.end - this.start ? raw : String(JSON.parse(`"${raw}"`));
  }
}

export interface Hollow {
  /** UTF-8, as far as it is known to be. */
  readonly rest: Buffer;
  /** In their order; never empty. */
  readonly gaps: readonly Gap[];
  readonly pieces: Pieces;
  readonly writing: Writing;
}

/** Null: it is no JSON, or has too few long strings, so that the whole is to be read. */
export function hollowed(pieces: Pieces): Hollow | null {
  const list = pieces.list.length > MOST_PIECES ? [pieces.whole] : pieces.list;
  const found = longStrings(list, LEAST);
  if (found === null || !areUtf8(list)) return null;
  let out = 0;
  for (const { start, end } of found) out += end - start;
  if (out * 2 < pieces.length) return null;
  const left = new Left(list, pieces.length - out + found.length * (MARK_LENGTH + URL_HEAD));
  const gaps: Gap[] = [];
  const writing: Writing = { now: false };
  let name = "";
  for (const string of found) {
    const { nameStart, nameEnd, end } = string;
    left.copyTo(string.start);
    name = left.tail(string.start - nameStart, nameEnd - nameStart, name);
    const head = headOf(name, pieces, string);
    if (head === -1) continue;
    const start = string.start + head;
    left.copyTo(start);
    const mark = markOf(gaps.length);
    const octets = string.octets - head;
    gaps.push(new Gap(pieces, writing, gaps.length, left.length, { start, end, octets }));
    left.put(mark, end);
  }
  if (gaps.length === 0) return null;
  left.copyTo(pieces.length);
  return { rest: left.bytes.subarray(0, left.length), gaps, pieces, writing };
}

/** Octets at its beginning that are not left out; -1: none are. */
function headOf(name: string, pieces: Pieces, { start, end }: LongString): number {
  if (TEXTS.has(name)) return 0;
  if (!URLS.has(name)) return -1;
  const head = Buffer.from(pieces.slice(start, Math.min(end, start + URL_HEAD))).toString("latin1");
  return DATA_URL.exec(head)?.[0].length ?? -1;
}

/** Each piece may end within a character. */
function areUtf8(list: readonly Uint8Array[]): boolean {
  /** The beginning of a character, from the piece before. */
  let begun: Uint8Array = NOTHING;
  for (const [index, piece] of list.entries()) {
    let from = 0;
    if (begun.length > 0) {
      while (from < piece.length && (piece[from]! & 0xc0) === 0x80) from++;
      const whole = from < piece.length || index === list.length - 1;
      begun = Buffer.concat([begun, piece.subarray(0, from)]);
      if (begun.length > 4 || (whole && !isUtf8(begun))) return false;
      if (!whole) continue;
    }
    const to = index === list.length - 1 ? piece.length : lastBegun(piece, from);
    if (!isUtf8(piece.subarray(from, to))) return false;
    begun = piece.subarray(to);
  }
  return true;
}

/** Where the last character begins, unless it is of one octet: then behind it. */
function lastBegun(piece: Uint8Array, from: number): number {
  let at = piece.length;
  if (at === from || piece[at - 1]! < 0x80) return at;
  while (at > from && piece.length - at < 4) if ((piece[--at]! & 0xc0) !== 0x80) break;
  return at;
}

/** What is left, as it grows. */
class Left {
  bytes: Buffer;
  length = 0;
  readonly #list: readonly Uint8Array[];
  /** The piece that is copied from. */
  #index = 0;
  /** Its offset in the whole. */
  #base = 0;
  /** So much of the whole is copied or left out. */
  #done = 0;

  /** `room`: octets that there will be, about. */
  constructor(list: readonly Uint8Array[], room: number) {
    this.#list = list;
    this.bytes = Buffer.allocUnsafe(room);
  }

  #reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.length + more));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  copyTo(offset: number): void {
    while (this.#done < offset) {
      const piece = this.#list[this.#index]!;
      const end = this.#base + piece.length;
      const to = Math.min(offset, end);
      if (to > this.#done) {
        const part = piece.subarray(this.#done - this.#base, to - this.#base);
        this.#reserve(part.length);
        this.bytes.set(part, this.length);
        this.length += part.length;
        this.#done = to;
      }
      if (to === end) {
        this.#base = end;
        this.#index++;
      }
    }
  }

  /** Instead of what stands before `offset` and has not been copied. */
  put(mark: string, offset: number): void {
    this.#reserve(mark.length);
    this.length += this.bytes.write(mark, this.length, "latin1");
    this.#done = offset;
    while (this.#index < this.#list.length && this.#base + this.#list[this.#index]!.length <= offset)
      this.#base += this.#list[this.#index++]!.length;
  }

  /** `length` octets, the first of them so many before the end, a character for each. `likely`: what they may be. */
  tail(before: number, length: number, likely: string): string {
    const start = this.length - before;
    if (length === likely.length) {
      let at = 0;
      while (at < length && this.bytes[start + at] === likely.charCodeAt(at)) at++;
      if (at === length) return likely;
    }
    return this.bytes.toString("latin1", start, start + length);
  }
}

/** Where the members of the whole stand; null as of `outline`. */
export function hollowOutline({ rest, gaps }: Hollow): Outline | null {
  const found = outline(rest);
  if (found === null) return null;
  const offset = offsets(gaps);
  const { begin, members } = found;
  return {
    begin: offset(begin),
    members: members.map(({ name, start, end }) => ({ name, start: offset(start), end: offset(end) })),
  };
}

/** From offsets in what is left to offsets in the whole, each as great as the one before at least. */
function offsets(gaps: readonly Gap[]): (at: number) => number {
  let next = 0;
  let more = 0;
  return (at) => {
    while (next < gaps.length && gaps[next]!.at < at) {
      const gap = gaps[next++]!;
      more = gap.end - gap.at - MARK_LENGTH;
    }
    return at + more;
  };
}

function markOf(number: number): string {
  return SECRET + number.toString(16).padStart(DIGITS, "0");
}

/** JSON that was written with marks in its strings, with what was left out in their places, as it was written; null: there are none. */
export function inPlace(json: string, { gaps, pieces }: Hollow): Pieces | null {
  const list: Uint8Array[] = [];
  let from = 0;
  for (const { 0: mark, index } of json.matchAll(MARKS)) {
    const gap = gaps[markNumber(mark)];
    if (gap === undefined) continue;
    list.push(Buffer.from(json.slice(from, index)));
    pieces.take(gap.start, gap.end, list);
    from = index + mark.length;
  }
  if (from === 0) return null;
  list.push(Buffer.from(json.slice(from)));
  return new Pieces(list);
}

/** Of the gap that a text is the mark of; -1: it is none. */
export function markNumber(text: string): number {
  if (text.length !== MARK_LENGTH || !text.startsWith(SECRET)) return -1;
  const number = Number(`0x${text.slice(SECRET.length)}`);
  return Number.isNaN(number) ? -1 : number;
}

/** The marks in a text. */
export function marksIn(text: string): readonly string[] {
  return text.match(MARKS) ?? [];
}

/** JSON with marks in its strings, with the texts of these gaps in their places. */
export function filled(json: string, gaps: readonly Gap[]): string {
  return json.replace(MARKS, (mark) => JSON.stringify(gaps[markNumber(mark)]?.text ?? "").slice(1, -1));
}
