/**
 * The tables of the ledger. Amounts are whole pico-units (or tokens), 64 bits; times are milliseconds since the epoch. Calls stand in sums of all that
 * are alike and began in one minute (later: in one hour), so that what is kept is bounded by how many callers and models there are, not by how often they call.
 */

/** Raised with every change; a ledger of a newer version is refused. */
export const SCHEMA_VERSION = 2;

/** Of what one sum is made, and what is added up. A cost is kept in two parts, so that no number of calls passes 64 bits. */
const GROUP = "slot, route, model, upstream, caller, currency, how";
export const SUMS = [
  "calls",
  "tokens",
  "cost_high",
  "cost_low",
  "input",
  "cache_read",
  "cache_write",
  "cache_write_hour",
  "output",
  "reasoning",
  "audio_input",
  "audio_output",
  "searches",
] as const;

export const SCHEMA = `
CREATE TABLE IF NOT EXISTS file (name TEXT PRIMARY KEY, applied INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS untold (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS identity (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS usage (
  slot INTEGER NOT NULL, route TEXT NOT NULL, model TEXT NOT NULL, upstream TEXT NOT NULL, caller TEXT NOT NULL,
  currency TEXT NOT NULL, how TEXT NOT NULL, ${SUMS.map((name) => `${name} INTEGER NOT NULL`).join(", ")},
  PRIMARY KEY (${GROUP})
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS budget (
  name TEXT NOT NULL, unit TEXT NOT NULL, period TEXT NOT NULL, start INTEGER NOT NULL, key TEXT NOT NULL,
  currency TEXT NOT NULL, "end" INTEGER NOT NULL, spent INTEGER NOT NULL,
  PRIMARY KEY (name, unit, period, start, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS budget_end ON budget ("end");
`;

const ADD = `ON CONFLICT DO UPDATE SET ${SUMS.map((name) => `${name} = ${name} + excluded.${name}`).join(", ")}`;

export const ADD_USAGE = `INSERT INTO usage (${GROUP}, ${SUMS.join(", ")}) VALUES (${marks(7 + SUMS.length)}) ${ADD}`;
/** Sums of one slot become part of another's. Both by `?`: the new slot, the old one. */
export const MOVE_USAGE = `INSERT INTO usage (${GROUP}, ${SUMS.join(", ")})
  SELECT ?, route, model, upstream, caller, currency, how, ${SUMS.join(", ")} FROM usage WHERE slot = ? ${ADD}`;
export const ADD_BUDGET = `INSERT INTO budget (name, unit, period, start, key, currency, "end", spent) VALUES (${marks(8)})
  ON CONFLICT DO UPDATE SET spent = spent + excluded.spent`;
export const SET_APPLIED = "INSERT INTO file VALUES (?, ?) ON CONFLICT DO UPDATE SET applied = excluded.applied";
export const SET_PENDING = "INSERT OR REPLACE INTO pending VALUES (?, ?)";
export const DELETE_PENDING = "DELETE FROM pending WHERE id = ?";
export const ADD_UNTOLD = "INSERT OR IGNORE INTO untold VALUES (?, ?)";
export const DELETE_UNTOLD = "DELETE FROM untold WHERE id = ?";

function marks(count: number): string {
  return Array.from({ length: count }, () => "?").join();
}
