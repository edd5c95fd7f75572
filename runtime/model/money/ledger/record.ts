/**
 * What the journal says of calls, record by record: that one is about to be sent, and what it cost. Records are binary, since every call writes two of them and
 * they are read once more: numbers as doubles (whole ones below 2^53 are exact), amounts as 64-bit integers, and a text once per file, as a record of its own that
 * later ones name by its place among the texts of the file.
 */
import { NO_USAGE, type Usage } from "../../canonical/usage.ts";
import type { Call } from "../accounts.ts";

/**
 * How what a call cost is known: "usage", "nothing", "unknown" as of `Outcome`; "estimated": from what was told and received before it was cut off; "lost": its thread
 * or process died, and the reservation stands.
 */
export type SettledHow = "usage" | "estimated" | "nothing" | "unknown" | "lost";

/** A call that is about to be sent. */
export interface Unwritten {
  /** It cannot be written down, so it must not leave; within the turn in which it was opened. */
  unwritten(): void;
}

/** Where accounts write calls down. */
export interface CallJournal {
  /** A number for the next call, never the same again. */
  next(): number;
  /**
   * False: it cannot be written down, so the call must not be sent. Else it is with the operating system when this returns; or, with `later`, before anything
   * leaves that waits for the end of the loop's turn, or `later` is told that it is not.
   */
  opened(number: number, now: number, call: Call, later: Unwritten | null): boolean;
  settled(number: number, now: number, how: SettledHow, usage: Usage | null, cost: bigint, tokens: number): void;
}

/** One budget that an open call counts in. */
export interface OpenCharge {
  readonly name: string;
  readonly unit: "money" | "tokens";
  readonly currency: string;
  readonly period: string;
  readonly start: number;
  readonly end: number;
  readonly key: string;
}

export interface OpenedRecord {
  readonly type: "opened";
  readonly number: number;
  readonly at: number;
  readonly route: string;
  readonly model: string;
  readonly upstream: string;
  readonly caller: string;
  readonly currency: string;
  readonly worst: bigint;
  readonly worstTokens: number;
  readonly charges: readonly OpenCharge[];
}

/** How a call ended that was opened before. */
export interface SettledRecord {
  readonly type: "settled";
  readonly number: number;
  readonly at: number;
  readonly how: SettledHow;
  readonly usage: Usage | null;
  readonly cost: bigint;
  readonly tokens: number;
}

/** First byte of a record. Behind it one byte that only some use, two that are a mark, and the length of the record in four. */
export const TEXT = 1;
export const OPENED = 2;
export const SETTLED = 3;
export const TOLD = 4;
export const MARK = 0x6776;
export const HEAD = 8;
export const OPENED_LENGTH = HEAD + 56;
export const CHARGE_LENGTH = 24;
export const SETTLED_LENGTH = HEAD + 104;
export const TOLD_LENGTH = HEAD + 8;
/** A longer record is none. */
export const LONGEST_RECORD = 64 * 1024;

/** Bytes that are kept between two writes; more than one call can make. */
const ROOM = 4 * LONGEST_RECORD;
/** Texts of one file; a new one begins where it has more. */
const MOST_TEXTS = 20_000;
const MOST_CHARGES = 255;

/** By their numbers in records, so new ones stand at the end. */
export const HOWS: readonly SettledHow[] = ["usage", "nothing", "unknown", "lost", "estimated"];

/** Puts records behind each other, until they are taken. */
export class RecordWriter {
  readonly #bytes = Buffer.allocUnsafeSlow(ROOM);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #texts = new Map<string, number>();
  /** How many of them are in the file. */
  #written = 0;
  /** The call that was opened last, and the places of its texts: its own five, then two for each charge. The next one often has the same. */
  #latest: Call | null = null;
  readonly #places: number[] = [];
  length = 0;

  /** What was put in, `length` bytes of it. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** So many texts that a new file had better begin. */
  get crowded(): boolean {
    return this.#texts.size > MOST_TEXTS;
  }

  /** What was put in is written. */
  taken(): void {
    this.length = 0;
    this.#written = this.#texts.size;
  }

  /** What was put in could not be written: only what is said of calls that were opened before waits on. `same`: for the same file. */
  keepSettled(same: boolean): void {
    const { length } = this;
    this.length = 0;
    this.#latest = null;
    let at = 0;
    while (at < length) {
      const next = at + this.#view.getUint32(at + 4, true);
      if (this.#bytes[at] === SETTLED || this.#bytes[at] === TOLD) {
        this.#bytes.copyWithin(this.length, at, next);
        this.length += next - at;
      }
      at = next;
    }
    if (!same) this.newFile();
    else if (this.#texts.size > this.#written) {
      for (const [text, number] of this.#texts) if (number >= this.#written) this.#texts.delete(text);
    }
  }

  /** What follows stands in another file; only between two writes. */
  newFile(): void {
    this.#latest = null;
    this.#texts.clear();
    this.#written = 0;
  }

  /** False: there is no room until what is there was taken. */
  opened(number: number, now: number, call: Call): boolean {
    const { charges } = call;
    const length = OPENED_LENGTH + charges.length * CHARGE_LENGTH;
    // Texts stand before the record that names them.
    if (charges.length > MOST_CHARGES || !this.#place(call) || this.length + length > ROOM) return false;
    const view = this.#view;
    const places = this.#places;
    let at = this.#head(OPENED, charges.length, length);
    view.setFloat64(at, number, true);
    view.setFloat64(at + 8, now, true);
    view.setBigInt64(at + 16, call.worst, true);
    view.setFloat64(at + 24, call.worstTokens, true);
    view.setUint32(at + 32, places[0]!, true);
    view.setUint32(at + 36, places[1]!, true);
    view.setUint32(at + 40, places[2]!, true);
    view.setUint32(at + 44, places[3]!, true);
    view.setUint32(at + 48, places[4]!, true);
    view.setUint32(at + 52, 0, true);
    at += 56;
    for (let index = 0; index < charges.length; index++) {
      const { start, end } = charges[index]!.budget.span(now);
      view.setUint32(at, places[5 + 2 * index]!, true);
      view.setUint32(at + 4, places[6 + 2 * index]!, true);
      view.setFloat64(at + 8, start, true);
      view.setFloat64(at + 16, end, true);
      at += CHARGE_LENGTH;
    }
    return true;
  }

  /** False: there is no room until what is there was taken. */
  settled(number: number, now: number, how: SettledHow, usage: Usage | null, cost: bigint, tokens: number): boolean {
    if (this.length + SETTLED_LENGTH > ROOM) return false;
    const view = this.#view;
    const at = this.#head(SETTLED, HOWS.indexOf(how) + (usage === null ? 128 : 0), SETTLED_LENGTH);
    const counters = usage ?? NO_USAGE;
    view.setFloat64(at, number, true);
    view.setFloat64(at + 8, now, true);
    view.setBigInt64(at + 16, cost, true);
    view.setFloat64(at + 24, tokens, true);
    view.setFloat64(at + 32, counters.input, true);
    view.setFloat64(at + 40, counters.cacheRead, true);
    view.setFloat64(at + 48, counters.cacheWrite, true);
    view.setFloat64(at + 56, counters.cacheWriteHour, true);
    view.setFloat64(at + 64, counters.output, true);
    view.setFloat64(at + 72, counters.reasoning, true);
    view.setFloat64(at + 80, counters.audioInput ?? 0, true);
    view.setFloat64(at + 88, counters.audioOutput ?? 0, true);
    view.setFloat64(at + 96, counters.searches ?? 0, true);
    return true;
  }

  /** False: there is no room until what is there was taken. */
  told(number: number): boolean {
    if (this.length + TOLD_LENGTH > ROOM) return false;
    this.#view.setFloat64(this.#head(TOLD, 0, TOLD_LENGTH), number, true);
    return true;
  }

  /** The places of the call's texts. False: there is no room for one of them. */
  #place(call: Call): boolean {
    const latest = this.#latest;
    if (latest !== null && isLike(latest, call)) return true;
    this.#latest = null;
    const places = this.#places;
    places[0] = this.#text(call.route);
    places[1] = this.#text(call.model);
    places[2] = this.#text(call.upstream);
    places[3] = this.#text(call.caller);
    places[4] = this.#text(call.price.currency);
    let count = 5;
    for (const { budget, key } of call.charges) {
      places[count++] = this.#text(budget.title);
      places[count++] = this.#text(key);
    }
    for (let index = 0; index < count; index++) if (places[index]! < 0) return false;
    this.#latest = call;
    return true;
  }

  /** Where the record's fields begin. */
  #head(type: number, more: number, length: number): number {
    const at = this.length;
    this.#bytes[at] = type;
    this.#bytes[at + 1] = more;
    this.#view.setUint16(at + 2, MARK, true);
    this.#view.setUint32(at + 4, length, true);
    this.length = at + length;
    return at + HEAD;
  }

  /** Its place among the texts of the file; -1: there is no room. */
  #text(text: string): number {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const bytes = Buffer.byteLength(text);
    const number = this.#texts.size;
    if (this.length + HEAD + bytes > ROOM || HEAD + bytes > LONGEST_RECORD) return -1;
    this.#texts.set(text, number);
    this.#bytes.write(text, this.#head(TEXT, 0, HEAD + bytes), "utf8");
    return number;
  }
}

/** All texts are the same. */
function isLike(one: Call, other: Call): boolean {
  const { charges } = other;
  if (
    one.model !== other.model ||
    one.route !== other.route ||
    one.caller !== other.caller ||
    one.upstream !== other.upstream ||
    one.price.currency !== other.price.currency ||
    one.charges.length !== charges.length
  )
    return false;
  for (let index = 0; index < charges.length; index++) {
    const mine = one.charges[index]!;
    const theirs = charges[index]!;
    if (mine.key !== theirs.key || mine.budget.title !== theirs.budget.title) return false;
  }
  return true;
}
