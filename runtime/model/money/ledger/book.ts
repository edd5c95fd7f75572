/**
 * The ledger itself: carries what journals say over into SQLite, a bounded piece at a time, and answers what was spent. A piece and the place in the file up to
 * which it goes are one transaction, so a line counts once, however often the process dies.
 *
 * After a start, what dead processes had opened and not settled counts at its worst case: those calls may have been sent, and nobody will tell what they
 * cost. So the ledger never says less than what was used, and says exactly that for every call that was settled.
 */
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { journalName, parseJournalName } from "./journal.ts";
import { type OpenedRecord, readLine, type SettledRecord } from "./record.ts";
import { ADD_BUDGETS, DELETE_OPEN, INSERT_CALL, INSERT_OPEN, SCHEMA, SCHEMA_VERSION, SET_APPLIED } from "./schema.ts";
import { type LoadedSqlite, type Row, Sqlite, type Value } from "./sqlite.ts";

/** Bytes that are carried over at once: some 400 calls, a few milliseconds. */
const PIECE = 128 * 1024;
/** A line is at most so long; what is longer is none. */
const LONGEST_LINE = 64 * 1024;

export interface BookOptions {
  readonly folder: string;
  readonly sqlite: LoadedSqlite;
  /** Of this process: its journals are followed, those of others are closed. */
  readonly boot: string;
  readonly now: () => number;
}

export class LedgerBook {
  readonly #options: BookOptions;
  readonly #database: Sqlite;
  /** Opened and not settled, by identifier; the same as the table. */
  readonly #open = new Map<string, { readonly record: OpenedRecord; readonly line: string }>();
  readonly #applied = new Map<string, number>();
  /** Lines that were none. */
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
    for (const [id, line] of database.all("SELECT id, line FROM open")) {
      const record = readLine(String(line));
      if (record?.type === "opened") this.#open.set(String(id), { record, line: String(line) });
    }
    this.#closeOthers();
  }

  /** Carries one piece over. False: there was nothing. */
  follow(): boolean {
    for (const name of this.#files()) {
      if (parseJournalName(name)?.boot === this.#options.boot && this.#apply(name)) return true;
    }
    return false;
  }

  /** Carries over everything that was written so far. */
  catchUp(): void {
    while (this.follow());
  }

  /** A thread of this process died: what it had opened is lost. */
  threadLost(thread: number): void {
    this.catchUp();
    this.#lose((id) => id.startsWith(`${this.#options.boot}-${thread}-`));
  }

  /** What budgets had spent in the periods that are not over at `now`. */
  budgets(now: number): BudgetRow[] {
    return this.#database
      .all(`SELECT name, unit, period, start, key, currency, "end", spent FROM budget WHERE "end" > ?`, BigInt(now))
      .map(budgetRow);
  }

  /** Exact sums over calls that were opened in `from` ≤ t < `to`, largest cost first, at most `limit`. */
  usage(by: UsageBy, from: number, to: number, limit: number): UsageRow[] {
    // Two sums, so that no number of calls passes 64 bits.
    return this.#database
      .all(
        `SELECT ${GROUPS[by]}, currency, count(*), sum(tokens), sum(cost / 1000000), sum(cost % 1000000),
           coalesce(sum(input), 0), coalesce(sum(cache_read), 0), coalesce(sum(cache_write + cache_write_hour), 0),
           coalesce(sum(output), 0), coalesce(sum(reasoning), 0), sum(how IN ('unknown', 'lost'))
         FROM call WHERE opened >= ? AND opened < ? GROUP BY 1, 2 ORDER BY 5 DESC, 1 LIMIT ?`,
        BigInt(from),
        BigInt(to),
        BigInt(limit),
      )
      .map(usageRow);
  }

  /** Forgets what was settled before, in pieces. False: nothing is left to forget. */
  forget(before: number): boolean {
    const calls = this.#database.run(
      "DELETE FROM call WHERE id IN (SELECT id FROM call WHERE opened < ? LIMIT 1000)",
      BigInt(before),
    );
    const budgets = this.#database.run(`DELETE FROM budget WHERE "end" < ?`, BigInt(before));
    return calls + budgets > 0;
  }

  /** Deletes journals that are carried over whole and will not grow, once SQLite has them on the disk. */
  tidy(): void {
    const done = this.#files().filter((name) => {
      const parsed = parseJournalName(name);
      if (parsed === null || !this.#applied.has(name)) return false;
      const { boot, thread, file } = parsed;
      return boot === this.#options.boot && this.#applied.has(journalName(boot, thread, file + 1));
    });
    this.#delete(done);
  }

  /** Carries over what is left. Journals of this process must be closed. */
  close(): void {
    this.catchUp();
    this.#delete(this.#files().filter((name) => this.#open.size === 0 && this.#applied.has(name)));
    this.#database.close();
  }

  get open(): number {
    return this.#open.size;
  }

  #closeOthers(): void {
    const { boot } = this.#options;
    const others = this.#files().filter((name) => parseJournalName(name)?.boot !== boot);
    for (const name of others) while (this.#apply(name));
    this.#lose((id) => !id.startsWith(`${boot}-`));
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

  #lose(which: (id: string) => boolean): void {
    const at = this.#options.now();
    const lost = [...this.#open.entries()].filter(([id]) => which(id));
    for (let from = 0; from < lost.length; from += 500) {
      const changes = new Changes();
      for (const [id, { record }] of lost.slice(from, from + 500)) {
        const { number, worst, worstTokens } = record;
        changes.settle(id, record, {
          type: "settled",
          number,
          at,
          how: "lost",
          usage: null,
          cost: worst,
          tokens: worstTokens,
        });
        changes.closed.push(id);
      }
      this.#commit(changes, null);
    }
    this.lost += lost.length;
  }

  #files(): string[] {
    return readdirSync(this.#options.folder)
      .filter((name) => parseJournalName(name) !== null)
      .sort();
  }

  #apply(name: string): boolean {
    const from = this.#applied.get(name) ?? 0;
    const piece = readPiece(join(this.#options.folder, name), from);
    const end = piece.lastIndexOf(10) + 1;
    if (end === 0) {
      // A line without an end that fills a whole piece is no line; one at the end of the file may still grow.
      if (piece.length < PIECE) {
        if (!this.#applied.has(name)) this.#commit(new Changes(), { name, applied: 0 });
        return false;
      }
      this.damaged++;
      this.#commit(new Changes(), { name, applied: from + piece.length });
      return true;
    }
    const parsed = parseJournalName(name)!;
    const changes = new Changes();
    for (const line of piece.toString("utf8", 0, end - 1).split("\n")) {
      const record = line.length > LONGEST_LINE ? null : readLine(line);
      if (record === null) this.damaged++;
      else this.#note(changes, `${parsed.boot}-${parsed.thread}-${record.number}`, record, line);
    }
    this.#commit(changes, { name, applied: from + end });
    return true;
  }

  #note(changes: Changes, id: string, record: OpenedRecord | SettledRecord, line: string): void {
    if (record.type === "opened") {
      changes.opened.set(id, { record, line });
      return;
    }
    const fresh = changes.opened.get(id);
    const opened = fresh ?? this.#open.get(id);
    // Told twice, where a disk took half of what was written.
    if (opened === undefined || changes.settled.has(id)) return;
    if (fresh === undefined) changes.closed.push(id);
    changes.settle(id, opened.record, record);
  }

  #commit(changes: Changes, place: { readonly name: string; readonly applied: number } | null): void {
    const { closed, calls, budgets } = changes;
    for (const id of changes.settled) changes.opened.delete(id);
    const opened = [...changes.opened];
    const database = this.#database;
    database.transaction(() => {
      if (opened.length > 0) {
        database.run(INSERT_OPEN, JSON.stringify(opened.map(([id, { line }]) => [id, line])));
      }
      if (closed.length > 0) database.run(DELETE_OPEN, JSON.stringify(closed));
      for (const call of calls) database.run(INSERT_CALL, ...call);
      if (budgets.size > 0) database.run(ADD_BUDGETS, `[${[...budgets.values()].map(budgetJson).join()}]`);
      if (place !== null) database.run(SET_APPLIED, place.name, BigInt(place.applied));
    });
    for (const id of closed) this.#open.delete(id);
    for (const [id, entry] of opened) this.#open.set(id, entry);
    if (place !== null) this.#applied.set(place.name, place.applied);
  }

  #delete(names: readonly string[]): void {
    if (names.length === 0) return;
    // What replaces the files must be on the disk before they go.
    this.#database.all("PRAGMA wal_checkpoint(TRUNCATE)");
    for (const name of names) {
      unlinkSync(join(this.#options.folder, name));
      this.#database.run("DELETE FROM file WHERE name = ?", name);
      this.#applied.delete(name);
    }
  }
}

type BudgetRowKey = Pick<BudgetRow, "name" | "unit" | "period" | "start" | "key" | "currency" | "end">;

/** What one piece changes. */
class Changes {
  readonly opened = new Map<string, { readonly record: OpenedRecord; readonly line: string }>();
  readonly settled = new Set<string>();
  /** Of earlier pieces. */
  readonly closed: string[] = [];
  /** Rows, as `INSERT_CALL` has their columns. */
  readonly calls: (readonly Value[])[] = [];
  readonly budgets = new Map<string, BudgetRowKey & { spent: bigint }>();

  settle(id: string, opened: OpenedRecord, settled: SettledRecord): void {
    this.settled.add(id);
    const { usage } = settled;
    const texts = [opened.route, opened.model, opened.upstream, opened.caller, opened.currency, settled.how];
    const counters =
      usage === null
        ? new Array<null>(9).fill(null)
        : [
            usage.input,
            usage.cacheRead,
            usage.cacheWrite,
            usage.cacheWriteHour,
            usage.output,
            usage.reasoning,
            usage.audioInput ?? 0,
            usage.audioOutput ?? 0,
            usage.searches ?? 0,
          ].map(BigInt);
    const { cost, tokens } = settled;
    this.calls.push([id, BigInt(opened.at), BigInt(settled.at), ...texts, cost, BigInt(tokens), ...counters]);
    for (const charge of opened.charges) {
      const identity = JSON.stringify([charge.name, charge.unit, charge.period, charge.start, charge.key]);
      const amount = charge.unit === "money" ? settled.cost : BigInt(settled.tokens);
      const row = this.budgets.get(identity);
      if (row === undefined) this.budgets.set(identity, { ...charge, spent: amount });
      else row.spent += amount;
    }
  }
}

function budgetJson({
  name,
  unit,
  period,
  start,
  key,
  currency,
  end,
  spent,
}: BudgetRowKey & { spent: bigint }): string {
  return `${JSON.stringify([name, unit, period, start, key, currency, end]).slice(0, -1)},${spent}]`;
}

function readPiece(path: string, from: number): Buffer {
  const descriptor = openSync(path, "r");
  try {
    const size = Math.min(PIECE, Math.max(0, fstatSync(descriptor).size - from));
    const bytes = Buffer.alloc(size);
    return bytes.subarray(0, size === 0 ? 0 : readSync(descriptor, bytes, 0, size, from));
  } finally {
    closeSync(descriptor);
  }
}

export interface BudgetRow {
  readonly name: string;
  readonly unit: "money" | "tokens";
  readonly period: string;
  readonly start: number;
  readonly end: number;
  readonly key: string;
  readonly currency: string;
  readonly spent: bigint;
}

function budgetRow([name, unit, period, start, key, currency, end, spent]: Row): BudgetRow {
  return {
    name: String(name),
    unit: unit === "money" ? "money" : "tokens",
    period: String(period),
    start: Number(start),
    end: Number(end),
    key: String(key),
    currency: String(currency),
    spent: BigInt(spent ?? 0n),
  };
}

export type UsageBy = "model" | "upstream" | "route" | "caller" | "day" | "all";

/** Expressions of SQL; nothing of a request becomes one. */
const GROUPS: { readonly [By in UsageBy]: string } = {
  model: "model",
  upstream: "upstream",
  route: "route",
  caller: "caller",
  day: "date(opened / 1000, 'unixepoch')",
  all: "'all'",
};

export const USAGE_BY = Object.keys(GROUPS) as readonly UsageBy[];

export interface UsageRow {
  readonly group: string;
  readonly currency: string;
  readonly calls: number;
  readonly tokens: bigint;
  /** Pico-units. */
  readonly cost: bigint;
  readonly input: bigint;
  readonly cacheRead: bigint;
  readonly cacheWrite: bigint;
  readonly output: bigint;
  readonly reasoning: bigint;
  /** Calls whose cost is a worst case. */
  readonly inexact: number;
}

function usageRow(row: Row): UsageRow {
  const [group, currency, calls] = row;
  const [tokens, high, low, input, cacheRead, cacheWrite, output, reasoning, inexact] = row
    .slice(3)
    .map((value) => BigInt(value ?? 0n));
  return {
    group: String(group),
    currency: String(currency),
    calls: Number(calls),
    tokens: tokens ?? 0n,
    cost: (high ?? 0n) * 1_000_000n + (low ?? 0n),
    input: input ?? 0n,
    cacheRead: cacheRead ?? 0n,
    cacheWrite: cacheWrite ?? 0n,
    output: output ?? 0n,
    reasoning: reasoning ?? 0n,
    inexact: Number(inexact),
  };
}
