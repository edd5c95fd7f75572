/**
 * The ledger itself: carries what journals say over into SQLite, and answers what was spent. Journals are read a small piece at a time, so that no request waits long
 * for it; what several pieces add and the places in the files up to which they go are one transaction, so a record counts once, however often the process dies.
 *
 * Which calls are open is known from the journals: a file stays until the calls in it and in all before it are settled, or, where some last longer, until those
 * stand in the table `pending`. After a start, what dead processes had opened and not settled counts at its worst case: those calls may have been sent, and nobody will
 * tell what they cost. So the ledger never says less than what was used, and says exactly that for every call that was settled.
 * Longer than other files because what is read, written, lost and deleted must happen in one order, which stands here.
 */
import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, readdirSync, readSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { Following, type OpenEntry, Unsaved } from "./following.ts";
import { journalName, parseJournalName } from "./journal.ts";
import { type OpenCallState, readState, stateText } from "./open-call.ts";
import { LONGEST_RECORD } from "./record.ts";
import {
  ADD_UNTOLD,
  DELETE_PENDING,
  DELETE_UNTOLD,
  MOVE_USAGE,
  SCHEMA,
  SCHEMA_VERSION,
  SET_APPLIED,
  SET_PENDING,
} from "./schema.ts";
import { type LoadedSqlite, Sqlite } from "./sqlite.ts";
import { SLOT, Sums } from "./sums.ts";
import {
  type BudgetRow,
  budgetRow,
  SELECT_BUDGETS,
  SELECT_SHARES,
  selectUsage,
  USAGE_FILTERS,
  type UsageQuestion,
  type UsageRow,
  usageRow,
} from "./usage.ts";

/** Bytes that are read at once, some 330 calls: far less than a millisecond. */
const PIECE = LONGEST_RECORD;
/** Rows that are written at once, of calls, of budgets and of what is open: a few milliseconds. */
const MOST_ROWS = 500;
/** Sums of minutes that began so long ago become sums of hours. */
const MINUTES_KEPT = 2 * 86_400_000;
const HOUR = 3_600_000n;
const DAY = 86_400_000n;
/** Stands for the end of a file whose open calls were lost: it is not read again. */
const LOST = 2n ** 52n;

export interface BookOptions {
  readonly folder: string;
  readonly sqlite: LoadedSqlite;
  /** Of this process: its journals are followed, those of others are closed. */
  readonly boot: string;
  readonly now: () => number;
  /** Budgets are counted elsewhere too: what settled calls cost is kept until the journal says that it was told there. */
  readonly elsewhere?: boolean;
}

/** Calls that are open or not told, above which nobody looks through all of them. */
const MOST_UNTOLD = 10_000;

export class LedgerBook {
  readonly #options: BookOptions;
  readonly #database: Sqlite;
  /** Opened and not settled (nor told), by number, by journal (`BOOT-THREAD`). */
  readonly #open = new Map<string, Map<number, OpenEntry>>();
  readonly #applied = new Map<string, number>();
  readonly #following = new Map<string, Following>();
  /** Of this ledger, for good: letters and digits. */
  readonly identity: string;
  /** Journals of this process, as far as they are known. */
  #own: readonly string[] = [];
  /** null: nothing. */
  #unwritten: Unsaved | null = null;
  /** It is written before anything else is read. */
  #due = false;
  readonly #piece = Buffer.allocUnsafeSlow(PIECE);
  /** Places in journals where no records stand. */
  damaged = 0;
  /** Calls of dead processes and threads that were settled at their worst case. */
  lost = 0;

  /** Throws where the folder cannot be used, or another process has the ledger open (`code` "SQLITE_BUSY"). */
  constructor(options: BookOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    const database = new Sqlite(options.sqlite, join(options.folder, "ledger.db"));
    this.#database = database;
    // One process at a time: another would take this one's open calls for lost.
    database.all("PRAGMA locking_mode = EXCLUSIVE");
    database.all("PRAGMA journal_mode = WAL");
    database.execute("PRAGMA synchronous = NORMAL");
    const version = Number(database.all("PRAGMA user_version")[0]?.[0] ?? 0n);
    if (version > SCHEMA_VERSION) throw new Error(`the ledger was written by a newer version (${version})`);
    database.execute(SCHEMA);
    database.execute(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    for (const [name, applied] of database.all("SELECT name, applied FROM file")) {
      this.#applied.set(String(name), Number(applied));
    }
    this.#forgetFiles();
    for (const [id, text] of database.all("SELECT id, record FROM pending")) {
      const [journal, number] = splitId(String(id));
      this.#openOf(journal).set(number, { ...readState(String(text)), file: "" });
    }
    this.identity = this.#identity();
    this.#closeOthers();
  }

  /** Reads one piece. False: there was nothing, and all that was read is carried over. */
  follow(): boolean {
    if (this.#due) this.#write();
    if (this.#followOwn()) return true;
    // There may be others by now.
    this.#own = this.#files().filter((name) => parseJournalName(name)?.boot === this.#options.boot);
    if (this.#followOwn()) return true;
    this.#write();
    return false;
  }

  /** Carries over everything that was written so far. */
  catchUp(): void {
    while (this.follow());
  }

  /** A thread of this process died: what it had opened is lost. */
  threadLost(thread: number): void {
    this.catchUp();
    this.#lose(`${this.#options.boot}-${thread}`);
  }

  /** What budgets had spent in the periods that are not over at `now`. */
  budgets(now: number): BudgetRow[] {
    return this.#database.all(SELECT_BUDGETS, BigInt(now)).map(budgetRow);
  }

  /**
   * What budgets had spent in the periods that are not over at `now`, by calls of which the other place has been told: never more than that, perhaps less by what was told in the last
   * seconds. At most so many, behind `after` (null: from the beginning). null: too much has not been told; later.
   */
  shares(now: number, after: BudgetRow | null, limit: number): BudgetRow[] | null {
    // What is open is known from all that was read, so the table must have all of it.
    this.#write();
    if (this.#database.all("SELECT 1 FROM untold LIMIT 1").length > 0) return null;
    const untold = new Map<string, bigint>();
    let calls = 0;
    for (const open of this.#open.values()) {
      calls += open.size;
      if (calls > MOST_UNTOLD) return null;
      for (const { record, cost, tokens = 0 } of open.values()) {
        if (cost === undefined) continue;
        for (const charge of record.charges) {
          const place = placeOf(charge);
          untold.set(place, (untold.get(place) ?? 0n) + (charge.unit === "money" ? cost : BigInt(tokens)));
        }
      }
    }
    const { name, unit, period, start, key } = after ?? { name: "", unit: "", period: "", start: 0, key: "" };
    return this.#database
      .all(SELECT_SHARES, BigInt(now), name, unit, period, BigInt(start), key, BigInt(limit))
      .map(budgetRow)
      .map((row) => ({ ...row, spent: row.spent - (untold.get(placeOf(row)) ?? 0n) }));
  }

  /** Exact sums over calls that were opened in minutes (hours, where they are older than two days) that began in `from` ≤ t < `to`, largest cost first, at most `limit`. */
  usage(question: UsageQuestion): UsageRow[] {
    const { by, from, to, filter, most } = question;
    const values = USAGE_FILTERS.flatMap((column) => filter[column] ?? []);
    return this.#database
      .all(selectUsage(question), BigInt(from - (from % SLOT)), BigInt(to), ...values, BigInt(most))
      .map((row) => usageRow(row, by.length));
  }

  /** Forgets what was opened before, and adds older minutes up to hours. */
  forget(before: number): void {
    const database = this.#database;
    database.run("DELETE FROM usage WHERE slot < ?", BigInt(before));
    database.run(`DELETE FROM budget WHERE "end" < ?`, BigInt(before));
    const minutes = BigInt(this.#options.now() - MINUTES_KEPT);
    const slots = database.all(
      `SELECT DISTINCT slot FROM usage WHERE slot >= ? AND slot < ? AND slot % ${HOUR} <> 0 LIMIT 120`,
      minutes - DAY,
      minutes - (minutes % HOUR),
    );
    for (const [slot] of slots) {
      if (typeof slot !== "bigint") continue;
      database.transaction(() => {
        database.run(MOVE_USAGE, slot - (slot % HOUR), slot);
        database.run("DELETE FROM usage WHERE slot = ?", slot);
      });
    }
  }

  /** Deletes journals that are carried over whole and will not grow, oldest first, once SQLite has on the disk what is still open in them. */
  tidy(): void {
    this.#write();
    const { boot } = this.#options;
    const done = this.#files().filter((name) => {
      const parsed = parseJournalName(name);
      return parsed?.boot === boot && this.#applied.has(journalName(boot, parsed.thread, parsed.file + 1));
    });
    if (done.length === 0) return;
    const staying: [string, OpenEntry][] = [];
    for (const [journal, open] of this.#open) {
      for (const [number, entry] of open) if (done.includes(entry.file)) staying.push([`${journal}-${number}`, entry]);
    }
    this.#database.transaction(() => {
      for (const [id, entry] of staying) this.#database.run(SET_PENDING, id, stateText(entry));
    });
    for (const [, entry] of staying) entry.file = "";
    this.#delete(done);
  }

  /** Carries over what is left. Journals of this process must be closed. */
  close(): void {
    this.catchUp();
    if (this.#empty) this.#delete(this.#files().filter((name) => this.#applied.has(name)));
    for (const { descriptor } of this.#following.values()) closeSync(descriptor);
    this.#following.clear();
    this.#database.close();
  }

  /** Calls that are not settled. */
  get open(): number {
    let sum = 0;
    for (const open of this.#open.values()) for (const { cost } of open.values()) if (cost === undefined) sum++;
    return sum;
  }

  /** At most so many calls of dead processes and threads that the other place has not been told of, by identifier. */
  untold(limit: number): ReadonlyMap<string, OpenCallState> {
    const rows = this.#database.all("SELECT id, record FROM untold LIMIT ?", BigInt(limit));
    return new Map(rows.map(([id, text]) => [String(id), readState(String(text))]));
  }

  /** They have been told. */
  told(ids: Iterable<string>): void {
    this.#database.transaction(() => {
      for (const id of ids) this.#database.run(DELETE_UNTOLD, id);
    });
  }

  #identity(): string {
    const [known] = this.#database.all("SELECT id FROM identity");
    if (known !== undefined) return String(known[0]);
    const id = randomBytes(8).toString("hex");
    this.#database.run("INSERT INTO identity VALUES (?)", id);
    return id;
  }

  get #empty(): boolean {
    for (const open of this.#open.values()) if (open.size > 0) return false;
    return true;
  }

  #openOf(journal: string): Map<number, OpenEntry> {
    let open = this.#open.get(journal);
    if (open === undefined) {
      open = new Map();
      this.#open.set(journal, open);
    }
    return open;
  }

  #closeOthers(): void {
    const { boot } = this.#options;
    const others = this.#files().filter((name) => parseJournalName(name)?.boot !== boot);
    for (const name of others) while (this.#apply(name)) if (this.#due) this.#write();
    this.#write();
    for (const journal of [...this.#open.keys()]) if (!journal.startsWith(`${boot}-`)) this.#lose(journal);
    this.#delete(others);
  }

  /** Of files that were deleted just before the process died. */
  #forgetFiles(): void {
    const files = new Set(this.#files());
    for (const name of [...this.#applied.keys()].filter((known) => !files.has(known))) {
      this.#database.run("DELETE FROM file WHERE name = ?", name);
      this.#applied.delete(name);
    }
  }

  /** What this journal had opened counts at its worst case. */
  #lose(journal: string): void {
    // Nothing that was read may come behind what is said here of its file.
    this.#write();
    const open = this.#openOf(journal);
    const at = this.#options.now();
    const sums = new Sums();
    let lost = 0;
    const untold: (readonly [string, OpenCallState])[] = [];
    for (const [number, { record, ...settled }] of open) {
      const { worst, worstTokens } = record;
      const { cost = worst, tokens = worstTokens } = settled;
      if (this.#options.elsewhere === true && record.charges.length > 0)
        untold.push([`${journal}-${number}`, { record, cost, tokens }]);
      if (settled.cost !== undefined) continue;
      lost++;
      sums.add(record, { type: "settled", number, at, how: "lost", usage: null, cost, tokens });
    }
    // In one transaction with the end of their files: what is read once more at the next start must not be lost twice.
    const files = this.#files().filter((name) => name.startsWith(`${journal}-`));
    this.#database.transaction(() => {
      sums.write(this.#database);
      for (const [number, { file }] of open) {
        if (file === "") this.#database.run(DELETE_PENDING, `${journal}-${number}`);
      }
      for (const [id, state] of untold) this.#database.run(ADD_UNTOLD, id, stateText(state));
      for (const name of files) this.#database.run(SET_APPLIED, name, LOST);
    });
    for (const name of files) this.#applied.set(name, Number(LOST));
    this.lost += lost;
    open.clear();
  }

  #files(): string[] {
    return readdirSync(this.#options.folder)
      .filter((name) => parseJournalName(name) !== null)
      .sort();
  }

  #followOwn(): boolean {
    for (const name of this.#own) if (this.#apply(name)) return true;
    return false;
  }

  #followingOf(name: string, applied: number): Following {
    let following = this.#following.get(name);
    if (following === undefined) {
      const { boot, thread } = parseJournalName(name)!;
      const { folder, elsewhere = false } = this.#options;
      following = new Following(folder, name, this.#openOf(`${boot}-${thread}`), applied, elsewhere);
      this.#following.set(name, following);
    }
    return following;
  }

  /** Reads a piece of it. False: there was nothing. */
  #apply(name: string): boolean {
    const applied = this.#applied.get(name);
    if (applied === Number(LOST)) return false;
    const following = this.#followingOf(name, applied ?? 0);
    const piece = this.#piece.subarray(0, readSync(following.descriptor, this.#piece, 0, PIECE, following.place));
    // Also where nothing was read: then the file before it is known to be through.
    if (piece.length === 0 && applied !== undefined) return false;
    this.#unwritten ??= new Unsaved();
    const unwritten = this.#unwritten;
    following.unwritten = unwritten;
    const read = following.reader.read(piece, following);
    // The beginning of a record may still grow to one; what can be none is left out.
    const unread = read < 0 || (read === 0 && piece.length >= LONGEST_RECORD);
    if (unread && !following.unread) this.damaged++;
    following.unread = unread;
    const taken = unread ? piece.length : read;
    following.place += taken;
    if (following.place > (applied ?? -1)) unwritten.applied.set(name, following.place);
    this.#due = unwritten.rows >= MOST_ROWS;
    return taken > 0;
  }

  /** All that was read; where that fails, it comes before anything else is read. */
  #write(): void {
    const unwritten = this.#unwritten;
    if (unwritten === null) return;
    const { applied, sums, pending } = unwritten;
    const database = this.#database;
    this.#due = true;
    database.transaction(() => {
      sums.write(database);
      for (const [id, state] of pending) {
        if (state === null) database.run(DELETE_PENDING, id);
        else database.run(SET_PENDING, id, stateText(state));
      }
      for (const [name, place] of applied) database.run(SET_APPLIED, name, BigInt(place));
    });
    for (const [name, place] of applied) this.#applied.set(name, place);
    this.#unwritten = null;
    this.#due = false;
  }

  #delete(names: readonly string[]): void {
    if (names.length === 0) return;
    // What replaces the files must be on the disk before they go.
    this.#database.all("PRAGMA wal_checkpoint(TRUNCATE)");
    for (const name of names) {
      const following = this.#following.get(name);
      if (following !== undefined) closeSync(following.descriptor);
      unlinkSync(join(this.#options.folder, name));
      this.#database.run("DELETE FROM file WHERE name = ?", name);
      this.#applied.delete(name);
      this.#following.delete(name);
    }
    this.#own = this.#own.filter((name) => !names.includes(name));
  }
}

function placeOf({
  name,
  unit,
  period,
  start,
  key,
}: Pick<BudgetRow, "name" | "unit" | "start" | "key"> & { readonly period: unknown }): string {
  return `${name}\n${unit}\n${String(period)}\n${start}\n${key}`;
}

function splitId(id: string): readonly [journal: string, number: number] {
  const at = id.lastIndexOf("-");
  return [id.slice(0, at), Number(id.slice(at + 1))];
}
