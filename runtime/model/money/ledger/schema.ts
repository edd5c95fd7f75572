/** The tables of the ledger. Amounts are whole pico-units (or tokens), 64 bits; times are milliseconds since the epoch. */

/** Raised with every change; a ledger of a newer version is refused. */
export const SCHEMA_VERSION = 1;

export const SCHEMA = `
CREATE TABLE IF NOT EXISTS file (name TEXT PRIMARY KEY, applied INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS open (id TEXT PRIMARY KEY, line TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS call (
  id TEXT PRIMARY KEY, opened INTEGER NOT NULL, settled INTEGER NOT NULL,
  route TEXT NOT NULL, model TEXT NOT NULL, upstream TEXT NOT NULL, caller TEXT NOT NULL, currency TEXT NOT NULL,
  how TEXT NOT NULL, cost INTEGER NOT NULL, tokens INTEGER NOT NULL,
  input INTEGER, cache_read INTEGER, cache_write INTEGER, cache_write_hour INTEGER, output INTEGER, reasoning INTEGER,
  audio_input INTEGER, audio_output INTEGER, searches INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS call_opened ON call (opened);
CREATE TABLE IF NOT EXISTS budget (
  name TEXT NOT NULL, unit TEXT NOT NULL, period TEXT NOT NULL, start INTEGER NOT NULL, key TEXT NOT NULL,
  currency TEXT NOT NULL, "end" INTEGER NOT NULL, spent INTEGER NOT NULL,
  PRIMARY KEY (name, unit, period, start, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS budget_end ON budget ("end");
`;

/** One row, a parameter for each column: nearly every call comes this way, and a row read from JSON costs half as much again. */
export const INSERT_CALL = `INSERT OR IGNORE INTO call VALUES (${Array.from({ length: 20 }, () => "?").join()})`;
/** Each of these takes one parameter, a JSON array of rows; its whole numbers are read with all of their 64 bits. */
export const INSERT_OPEN = `INSERT OR IGNORE INTO open SELECT ${fields(2)} FROM json_each(?)`;
export const DELETE_OPEN = "DELETE FROM open WHERE id IN (SELECT value FROM json_each(?))";
export const ADD_BUDGETS = `INSERT INTO budget (name, unit, period, start, key, currency, "end", spent)
  SELECT ${fields(8)} FROM json_each(?) WHERE true
  ON CONFLICT DO UPDATE SET spent = spent + excluded.spent`;
export const SET_APPLIED = "INSERT INTO file VALUES (?, ?) ON CONFLICT DO UPDATE SET applied = excluded.applied";

function fields(count: number): string {
  return Array.from({ length: count }, (_, index) => `value->>${index}`).join(", ");
}
