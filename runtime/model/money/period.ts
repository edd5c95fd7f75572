/**
 * The periods of budgets: those of the calendar in UTC, so that a bill can be read beside a provider's, or of the calendar in a zone. A call counts in the period in
 * which it began. A week begins on Monday (ISO 8601); any other length is counted from 1 January 1970, so that hours begin at full hours and days at midnight.
 *
 * In a zone a day is as long as its people's: 23 or 25 hours where clocks change. Every moment lies in one period, and periods follow each other without a gap: a day
 * begins where its date first stands on the clock, also where clocks go back over midnight, and an hour in which clocks change ends there.
 */
import { localTime } from "../../value/zone.ts";

/** A length in milliseconds, or a month of the calendar. */
export type PeriodLength = number | "month";

/** In UTC; or behind "@" in a zone of the IANA database. As text it is the same for the same periods. */
export type Period = PeriodLength | `${PeriodLength}@${string}`;

/** Milliseconds since the epoch; `end` is not part of it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** 1 January 1970 was a Thursday. */
const FIRST_MONDAY = 4 * DAY;

/** `zone`: a name of the IANA database; null or "UTC": none. */
export function periodIn(length: PeriodLength, zone: string | null): Period {
  return zone === null || zone === "UTC" ? length : `${length}@${zone}`;
}

export function spanAt(period: Period, now: number): Span {
  if (typeof period === "number" || period === "month") return spanOf(period, now);
  const at = period.indexOf("@");
  const length = period.slice(0, at);
  return spanIn(length === "month" ? "month" : Number(length), period.slice(at + 1), now);
}

/** In UTC. */
function spanOf(length: PeriodLength, now: number): Span {
  if (length === "month") {
    const date = new Date(now);
    const year = date.getUTCFullYear();
    const month = date.getUTCMonth();
    return { start: Date.UTC(year, month), end: Date.UTC(year, month + 1) };
  }
  const offset = length === WEEK ? FIRST_MONDAY : 0;
  const start = Math.floor((now - offset) / length) * length + offset;
  return { start, end: start + length };
}

function spanIn(length: PeriodLength, zone: string, now: number): Span {
  const { offset } = localTime(now, zone);
  const local = spanOf(length, now + offset);
  if (length !== "month" && length < DAY) return shortSpan(local, zone, now, offset);
  const start = momentOf(local.start, zone);
  const end = momentOf(local.end, zone);
  // Where clocks go back over midnight, the date before stands on them once more.
  if (now >= end) return { start: end, end: momentOf(spanOf(length, local.end).end, zone) };
  if (now < start) return { start: momentOf(spanOf(length, local.start - 1).start, zone), end: start };
  return { start, end };
}

/** The first moment at which clocks show this date's midnight, or, where that is left out, at which they go on behind it. `local`: as if it were UTC. */
function momentOf(local: number, zone: string): number {
  const before = local - localTime(local - DAY, zone).offset;
  const behind = local - localTime(local + DAY, zone).offset;
  // The offset that holds at the moment itself; of two such moments the earlier.
  const [first, second] = before < behind ? [before, behind] : [behind, before];
  if (localTime(first, zone).offset === local - first) return first;
  if (localTime(second, zone).offset === local - second) return second;
  return changeIn(first, second, zone);
}

/** Shorter than a day: by the offset that holds, and no longer than it does. `local`: as if it were UTC. */
function shortSpan(local: Span, zone: string, now: number, offset: number): Span {
  const start = local.start - offset;
  const end = local.end - offset;
  return {
    start: localTime(start, zone).offset === offset ? start : changeIn(start, now, zone),
    end: localTime(end - 1, zone).offset === offset ? end : changeIn(now, end - 1, zone),
  };
}

/** The moment between these at which the offset changes; theirs differ. Clocks change at whole seconds. */
function changeIn(from: number, to: number, zone: string): number {
  const { offset } = localTime(from, zone);
  let same = Math.floor(from / 1000);
  let other = Math.ceil(to / 1000);
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (localTime(middle * 1000, zone).offset === offset) same = middle;
    else other = middle;
  }
  return other * 1000;
}
