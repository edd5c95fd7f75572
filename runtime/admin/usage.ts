/** `GET /usage`: what calls to models used and cost, by what one asks for, from the ledger; and how much of the budgets is spent. As JSON, or as CSV. */
import { formatAmount } from "../model/money/amount.ts";
import { USAGE_BY, USAGE_FILTERS, type UsageBy, type UsageFilter, type UsageRow } from "../model/money/ledger/usage.ts";
import { StartError } from "../start-error.ts";
import type { AdminTarget } from "./target.ts";

/** Rows in one answer, and columns that one may ask by. */
const MOST = 1000;
const MOST_GROUPS = 3;
const DAY = 86_400_000;

/** A row of an answer; texts are told apart from numbers. */
type Row = { readonly [column: string]: string | number };

export interface UsageAnswer {
  /** To be written as JSON; null: CSV was asked for. */
  readonly json: unknown;
  readonly csv: string | null;
}

/**
 * `by`: model (default), upstream, route, caller, hour, day, month, all, up to three of them with commas between; or budget (of the periods that are not over). `model`,
 * `upstream`, `route`, `caller` (for budgets `budget` and `caller`): only those. `from`, `to`: dates or times in UTC (ISO 8601), by which calls began; default: today.
 * `format=csv`: a table. Amounts are decimal texts, exact to the last digit.
 */
export function usageOf(book: AdminTarget["book"], query: URLSearchParams): UsageAnswer {
  const by = query.get("by") ?? "model";
  const format = query.get("format") ?? "json";
  if (format !== "json" && format !== "csv") throw wrong(`there is no format "${format}"`, "Ask for json or csv.");
  const now = Date.now();
  const from = timeOf(query.get("from"), now - (now % DAY));
  const to = timeOf(query.get("to"), now + 1);
  if (by === "budget") return answerOf(format, budgetsOf(book, query, now), (rows) => ({ by, budgets: rows }));
  const groups = groupsOf(by);
  const filter: UsageFilter = Object.fromEntries(
    USAGE_FILTERS.flatMap((column) => (query.has(column) ? [[column, query.get(column) ?? ""]] : [])),
  );
  // What has been settled by now is part of the answer.
  book?.catchUp();
  const rows = book?.usage({ by: groups, from, to, filter, most: MOST }) ?? [];
  return answerOf(
    format,
    rows.map((row) => usageJson(groups, row)),
    (usage) => ({ by, from: new Date(from).toISOString(), to: new Date(to).toISOString(), usage }),
  );
}

function answerOf(format: string, rows: readonly Row[], json: (rows: readonly Row[]) => unknown): UsageAnswer {
  return format === "csv" ? { json: null, csv: csvOf(rows) } : { json: json(rows), csv: null };
}

function groupsOf(by: string): readonly UsageBy[] {
  const names = by.split(",");
  const known: readonly string[] = USAGE_BY;
  const strange = names.find((name) => !known.includes(name));
  if (strange !== undefined) throw wrong(`there is no usage by "${strange}"`, `Ask by ${known.join(", ")}, or budget.`);
  if (names.length > MOST_GROUPS || new Set(names).size < names.length)
    throw wrong(`usage by "${by}" cannot be asked`, `Ask by up to ${MOST_GROUPS}, each once.`);
  return names as UsageBy[];
}

function usageJson(by: readonly UsageBy[], row: UsageRow): Row {
  const { groups, currency, calls, tokens, cost, input, cacheRead, cacheWrite, output, reasoning } = row;
  return {
    ...Object.fromEntries(by.map((name, index) => [name, groups[index] ?? ""])),
    calls,
    cost: formatAmount(cost),
    currency,
    tokens: Number(tokens),
    input: Number(input),
    cacheRead: Number(cacheRead),
    cacheWrite: Number(cacheWrite),
    output: Number(output),
    reasoning: Number(reasoning),
    // Of these the cost is a worst case or an estimate.
    inexactCalls: row.inexact,
    // Of those, calls that were cut off: what was told and received of them.
    estimatedCalls: row.estimated,
  };
}

function budgetsOf(book: AdminTarget["book"], query: URLSearchParams, now: number): readonly Row[] {
  book?.catchUp();
  const [name, caller] = [query.get("budget"), query.get("caller")];
  return (book?.budgets(now) ?? [])
    .filter((row) => (name === null || row.name === name) && (caller === null || row.key === caller))
    .map(({ name: budget, unit, currency, key, start, end, spent }) => ({
      budget,
      key,
      from: new Date(start).toISOString(),
      to: new Date(end).toISOString(),
      spent: unit === "money" ? formatAmount(spent) : `${spent}`,
      unit: unit === "money" ? currency : "tok",
    }));
}

/** RFC 4180. Callers choose some of the texts, and spreadsheets take some texts for formulas: those begin with an apostrophe. */
function csvOf(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return "";
  const columns = Object.keys(first);
  const lines = rows.map((row) => columns.map((column) => csvText(row[column] ?? "")).join(","));
  return `${[columns.join(","), ...lines].join("\r\n")}\r\n`;
}

function csvText(value: string | number): string {
  if (typeof value === "number" || /^\d+(\.\d+)?$/.test(value)) return `${value}`;
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function timeOf(text: string | null, otherwise: number): number {
  if (text === null) return otherwise;
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw wrong(`"${text}" is no date`, "Write 2026-01-31, or 2026-01-31T12:00Z.");
  return time;
}

function wrong(message: string, next: string): StartError {
  return new StartError("admin-query", message, [], next);
}
