/** `GET /usage`: what calls to models used and cost, by what one asks for, from the ledger; and how much of the budgets is spent. */
import { formatAmount } from "../model/money/amount.ts";
import { USAGE_BY, type UsageBy } from "../model/money/ledger/usage.ts";
import { StartError } from "../start-error.ts";
import type { AdminTarget } from "./target.ts";

/** Groups in one answer. */
const MOST = 1000;
const DAY = 86_400_000;

/**
 * `by`: model (default), upstream, route, caller, day, all, or budget (of the periods that are not over). `from`, `to`: dates or times in UTC (ISO 8601), by which calls
 * began; default: today. Amounts are decimal texts, exact to the last digit.
 */
export function usageOf(book: AdminTarget["book"], query: URLSearchParams): unknown {
  const by = query.get("by") ?? "model";
  const now = Date.now();
  const from = timeOf(query.get("from"), now - (now % DAY));
  const to = timeOf(query.get("to"), now + 1);
  const known = [...USAGE_BY, "budget"];
  if (!known.includes(by)) throw wrong(`there is no usage by "${by}"`, `Ask by ${known.join(", ")}.`);
  // What has been settled by now is part of the answer.
  book?.catchUp();
  if (by === "budget") return { by, budgets: (book?.budgets(now) ?? []).map(budgetJson) };
  const rows = book?.usage(by as UsageBy, from, to, MOST) ?? [];
  return {
    by,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    usage: rows.map(
      ({ group, currency, calls, tokens, cost, input, cacheRead, cacheWrite, output, reasoning, inexact }) => ({
        [by]: group,
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
        inexactCalls: inexact,
      }),
    ),
  };
}

type BudgetRow = ReturnType<NonNullable<AdminTarget["book"]>["budgets"]>[number];

function budgetJson({ name, unit, currency, key, start, end, spent }: BudgetRow): unknown {
  return {
    budget: name,
    key,
    from: new Date(start).toISOString(),
    to: new Date(end).toISOString(),
    spent: unit === "money" ? formatAmount(spent) : `${spent}`,
    unit: unit === "money" ? currency : "tok",
  };
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
