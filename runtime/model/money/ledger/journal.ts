/**
 * Where one thread writes its calls down before they are sent: files that only grow, in the ledger's folder. What is written is with the operating system at once,
 * so it outlives a killed process; `LedgerBook` carries it over into the database later, and deletes files that are through.
 *
 * What one turn of the loop opens and settles is one write, in front of everything that leaves at its end: the requests to the models and the answers to the clients,
 * and of the end of a stream. So nobody has an answer whose cost could still be lost, and no call is sent that nobody would know of.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { beforeAnswers } from "../../../end-of-turn.ts";
import type { Usage } from "../../canonical/usage.ts";
import type { Call } from "../accounts.ts";
import { type CallJournal, RecordWriter, type SettledHow, type Unwritten } from "./record.ts";

/** Bytes of a file after which the next one begins. */
const FILE_LIMIT = 8 * 1024 * 1024;

export interface JournalOptions {
  readonly folder: string;
  /** Tells this process from others, earlier and later: letters and digits. */
  readonly boot: string;
  readonly thread: number;
  /** The disk does not take what is written (once until it does again), or does again (null). */
  readonly problem: (error: Error | null) => void;
  readonly fileLimit?: number;
}

/** Sorts as its files were written. */
export function journalName(boot: string, thread: number, file: number): string {
  return `${boot}-${thread}-${String(file).padStart(8, "0")}.journal`;
}

export function parseJournalName(
  name: string,
): { readonly boot: string; readonly thread: number; readonly file: number } | null {
  const match = /^([0-9a-z]+)-([0-9]+)-([0-9]{8})\.journal$/.exec(name);
  return match === null ? null : { boot: match[1]!, thread: Number(match[2]), file: Number(match[3]) };
}

export class FileJournal implements CallJournal {
  readonly #options: JournalOptions;
  readonly #writer = new RecordWriter();
  #descriptor = -1;
  #file = 0;
  #size = 0;
  #number = 0;
  #scheduled = false;
  #failing = false;
  /** Calls that were opened since the last write. */
  #unwritten: Unwritten[] = [];
  /** Records of settled calls that were dropped: the disk took nothing, and more waited than there is room for. Their reservations stand. */
  dropped = 0;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  next(): number {
    return ++this.#number;
  }

  opened(number: number, now: number, call: Call, later: Unwritten | null = null): boolean {
    const writer = this.#writer;
    if (!writer.opened(number, now, call) && !(this.#write() && writer.opened(number, now, call))) return false;
    // Where the disk does not take what is written, nobody sets out in vain.
    if (later === null || this.#failing) return this.#write();
    this.#unwritten.push(later);
    this.#soon();
    return true;
  }

  settled(number: number, now: number, how: SettledHow, usage: Usage | null, cost: bigint, tokens: number): void {
    const writer = this.#writer;
    if (!writer.settled(number, now, how, usage, cost, tokens)) {
      if (!this.#write() || !writer.settled(number, now, how, usage, cost, tokens)) this.dropped++;
    }
    this.#soon();
  }

  /** The place where budgets are counted has what this call cost. */
  told(number: number): void {
    const writer = this.#writer;
    if (!writer.told(number)) {
      if (!this.#write() || !writer.told(number)) this.dropped++;
    }
    this.#soon();
  }

  #soon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    beforeAnswers(this.#flush);
  }

  /** Writes what waits. */
  readonly #flush = (): void => {
    this.#scheduled = false;
    if (this.#writer.length > 0) this.#write();
  };

  close(): void {
    this.#flush();
    this.#end();
  }

  /** All that waits, or nothing that counts: then settled calls wait on. */
  #write(): boolean {
    const writer = this.#writer;
    const { bytes, length } = writer;
    try {
      if (this.#descriptor < 0) this.#begin();
      let written = 0;
      try {
        while (written < length) written += writeSync(this.#descriptor, bytes, written, length - written);
      } catch (error) {
        // Half a record must not become the beginning of the next one: that one begins a file.
        if (written > 0) this.#end();
        throw error;
      }
    } catch (error) {
      writer.keepSettled(this.#descriptor >= 0);
      if (!this.#failing) this.#options.problem(error instanceof Error ? error : new Error(String(error)));
      this.#failing = true;
      const refused = this.#unwritten;
      this.#unwritten = [];
      for (const call of refused) call.unwritten();
      return false;
    }
    writer.taken();
    if (this.#unwritten.length > 0) this.#unwritten = [];
    if (this.#failing) this.#options.problem(null);
    this.#failing = false;
    this.#size += length;
    if (this.#size >= (this.#options.fileLimit ?? FILE_LIMIT) || writer.crowded) this.#end();
    return true;
  }

  #end(): void {
    if (this.#descriptor >= 0) closeSync(this.#descriptor);
    this.#descriptor = -1;
    this.#writer.newFile();
  }

  #begin(): void {
    const { folder, boot, thread } = this.#options;
    // "ax": a name is never used twice. Who reads it may be trusted with what calls cost, and nobody else.
    this.#descriptor = openSync(join(folder, journalName(boot, thread, this.#file)), "ax", 0o600);
    this.#file++;
    this.#size = 0;
  }
}
