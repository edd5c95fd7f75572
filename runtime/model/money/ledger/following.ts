/** One journal that the ledger reads: which calls it opens and ends, and what that adds to the sums. */
import { openSync } from "node:fs";
import { join } from "node:path";
import { parseJournalName } from "./journal.ts";
import type { OpenCallState } from "./open-call.ts";
import type { OpenedRecord, SettledRecord } from "./record.ts";
import { RecordReader, type RecordTaker } from "./record-reader.ts";
import { Sums } from "./sums.ts";

export interface OpenEntry extends OpenCallState {
  /** The journal that says so; "": the table `pending` does. */
  file: string;
}

/** What pieces say, until SQLite has it. */
export class Unsaved {
  /** Up to which files have been read. */
  readonly applied = new Map<string, number>();
  readonly sums = new Sums();
  /** Identifiers in the table `pending`, and what becomes of them: null: they leave it. */
  readonly pending = new Map<string, OpenCallState | null>();

  get rows(): number {
    return this.sums.rows + this.pending.size;
  }
}

/** A journal that is read: what it says goes to those who have it open, and to what is unwritten. */
export class Following implements RecordTaker {
  readonly name: string;
  readonly journal: string;
  readonly reader = new RecordReader();
  readonly descriptor: number;
  /** Up to which the file has been read. */
  place = 0;
  /** What was read last is no record. */
  unread = false;
  readonly #open: Map<number, OpenEntry>;
  /** Up to which it was carried over before the process began: that is only read again. */
  readonly #applied: number;
  readonly #elsewhere: boolean;
  unwritten = new Unsaved();

  constructor(folder: string, name: string, open: Map<number, OpenEntry>, applied: number, elsewhere: boolean) {
    const { boot, thread } = parseJournalName(name)!;
    this.name = name;
    this.journal = `${boot}-${thread}`;
    this.descriptor = openSync(join(folder, name), "r");
    this.#open = open;
    this.#applied = applied;
    this.#elsewhere = elsewhere;
  }

  opened(record: OpenedRecord): void {
    const { number } = record;
    // One that the table `pending` has is read again.
    if (this.#open.get(number)?.file !== "") this.#open.set(number, { record, file: this.name });
  }

  settled(record: SettledRecord, at: number): void {
    const { number, cost, tokens } = record;
    const entry = this.#open.get(number);
    // Told twice, where a disk took half of what was written.
    if (entry === undefined || entry.cost !== undefined) return;
    const through = !this.#elsewhere || entry.record.charges.length === 0;
    if (through) this.#open.delete(number);
    else {
      entry.cost = cost;
      entry.tokens = tokens;
    }
    if (this.#again(at)) return;
    if (entry.file === "") this.#pending(number, through ? null : entry);
    this.unwritten.sums.add(entry.record, record);
  }

  told(number: number, at: number): void {
    const entry = this.#open.get(number);
    if (entry === undefined) return;
    this.#open.delete(number);
    if (!this.#again(at) && entry.file === "") this.#pending(number, null);
  }

  #again(at: number): boolean {
    return this.place + at < this.#applied;
  }

  #pending(number: number, state: OpenCallState | null): void {
    this.unwritten.pending.set(`${this.journal}-${number}`, state);
  }
}
