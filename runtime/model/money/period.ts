/**
 * The periods of budgets: those of the calendar in UTC, so that a bill can be read beside a provider's. A call counts in the period in which it began.
 * A week begins on Monday (ISO 8601); any other length is counted from 1 January 1970, so that hours begin at full hours and days at midnight.
 */

/** A length in milliseconds, or a month of the calendar. */
export type Period = number | "month";

/** Milliseconds since the epoch; `end` is not part of it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const WEEK = 604_800_000;
/** 1 January 1970 was a Thursday. */
const FIRST_MONDAY = 4 * 86_400_000;

export function spanAt(period: Period, now: number): Span {
  if (period === "month") {
    const date = new Date(now);
    const year = date.getUTCFullYear();
    const month = date.getUTCMonth();
    return { start: Date.UTC(year, month), end: Date.UTC(year, month + 1) };
  }
  const offset = period === WEEK ? FIRST_MONDAY : 0;
  const start = Math.floor((now - offset) / period) * period + offset;
  return { start, end: start + period };
}
