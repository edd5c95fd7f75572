/**
 * Alerts that are to be sent, in a database of their own beside the ledger's: each is noted once, by what it says, and stays until it was delivered or given up, also over
 * restarts. Those that were delivered stay too, until their period is long over, so that none is sent again.
 */
import { join } from "node:path";
import { type LoadedSqlite, Sqlite } from "./sqlite.ts";

/** That a part of a budget is spent. */
export interface BudgetAlert {
  readonly budget: string;
  readonly key: string;
  readonly unit: "money" | "tokens";
  readonly currency: string;
  /** As in `BudgetDefinition`, as text. */
  readonly period: string;
  /** Of the period; milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly percent: number;
  /** In the budget's unit, as decimal digits. */
  readonly spent: string;
  readonly limit: string;
  /** When it was seen. */
  readonly at: number;
}

export interface DueAlert {
  readonly id: bigint;
  readonly alert: BudgetAlert;
  readonly attempts: number;
}

const WAITING = 0n;
const DELIVERED = 1n;
const GIVEN_UP = 2n;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS alert (
  id INTEGER PRIMARY KEY, budget TEXT NOT NULL, unit TEXT NOT NULL, period TEXT NOT NULL, start INTEGER NOT NULL, key TEXT NOT NULL, percent INTEGER NOT NULL,
  "end" INTEGER NOT NULL, text TEXT NOT NULL, state INTEGER NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL,
  UNIQUE (budget, unit, period, start, key, percent)
) STRICT;
CREATE INDEX IF NOT EXISTS alert_due ON alert (state, due);
`;

export class AlertStore {
  readonly #database: Sqlite;

  /** Throws where the file cannot be used. */
  constructor(sqlite: LoadedSqlite, folder: string) {
    const database = new Sqlite(sqlite, join(folder, "alerts.db"));
    this.#database = database;
    database.all("PRAGMA locking_mode = EXCLUSIVE");
    database.all("PRAGMA journal_mode = WAL");
    database.execute("PRAGMA synchronous = NORMAL");
    database.execute(SCHEMA);
  }

  /** False: it was noted before. */
  note(alert: BudgetAlert): boolean {
    const { budget, unit, period, start, key, percent, end, at } = alert;
    const places = [budget, unit, period, BigInt(start), key, BigInt(percent), BigInt(end), JSON.stringify(alert)];
    return (
      this.#database.run(
        `INSERT OR IGNORE INTO alert (budget, unit, period, start, key, percent, "end", text, state, attempts, due)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?)`,
        ...places,
        BigInt(at),
      ) > 0
    );
  }

  /** Those that wait to be sent at `now`, the oldest first. */
  due(now: number, most: number): DueAlert[] {
    return this.#database
      .all(
        "SELECT id, text, attempts FROM alert WHERE state = ? AND due <= ? ORDER BY due, id LIMIT ?",
        WAITING,
        BigInt(now),
        BigInt(most),
      )
      .map(([id, text, attempts]) => ({
        id: BigInt(id ?? 0n),
        alert: JSON.parse(String(text)) as BudgetAlert,
        attempts: Number(attempts),
      }));
  }

  delivered(id: bigint): void {
    this.#database.run("UPDATE alert SET state = ?, attempts = attempts + 1 WHERE id = ?", DELIVERED, id);
  }

  /** It was not taken; `due`: when it is tried again; null: never. */
  refused(id: bigint, due: number | null): void {
    const state = due === null ? GIVEN_UP : WAITING;
    const sql = "UPDATE alert SET state = ?, attempts = attempts + 1, due = ? WHERE id = ?";
    this.#database.run(sql, state, BigInt(due ?? 0), id);
  }

  /** Forgets those whose period ended before. */
  forget(before: number): void {
    this.#database.run('DELETE FROM alert WHERE "end" < ?', BigInt(before));
  }

  close(): void {
    this.#database.close();
  }
}
