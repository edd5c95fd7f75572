/**
 * Times, dates and durations. A time is whole milliseconds since 1970-01-01T00:00:00Z, a date whole days since
 * 1970-01-01, both from year 0000 to 9999 (what RFC 3339 can write); beyond, they saturate. A duration is milliseconds as
 * a double. Days have 86,400 seconds; leap seconds do not exist.
 */
import type { Failure } from "../failure.ts";
import { invalidText } from "./convert.ts";
import { floatFromText, roundHalfEven, saturateFloat } from "./number.ts";

export const DAY = 86_400_000;
/** 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z. */
export const MIN_TIME = -62_167_219_200_000;
export const MAX_TIME = 253_402_300_799_999;
const MIN_DATE = MIN_TIME / DAY;
const MAX_DATE = Math.floor(MAX_TIME / DAY);

function saturateTime(value: number): number {
  const whole = roundHalfEven(value);
  return Math.min(Math.max(whole, MIN_TIME), MAX_TIME);
}
function saturateDate(value: number): number {
  return Math.min(Math.max(value, MIN_DATE), MAX_DATE);
}

/** Rounded to a whole millisecond. */
export function addTime(time: number, duration: number): number {
  return saturateTime(time + duration);
}
export function subtractTime(time: number, duration: number): number {
  return saturateTime(time - duration);
}
/** The duration from `right` to `left`. */
export function timeDifference(left: number, right: number): number {
  return left - right;
}
export function dateDifference(left: number, right: number): number {
  return (left - right) * DAY;
}
export function addDays(date: number, days: number): number {
  return saturateDate(date + days);
}

/** Days since 1970-01-01, or undefined where there is no such day. Years 0 to 9999, proleptic Gregorian. */
function daysOf(year: number, month: number, day: number): number | undefined {
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? at.getTime() / DAY : undefined;
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
/** RFC 3339 §5.6 date-time: offset required, "T" and "Z" in either case, any number of fraction digits (cut to ms). */
const TIME = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d{1,30})?([Zz]|[+-]\d{2}:\d{2})$/;

/** `YYYY-MM-DD`, a day that exists. */
export function dateFromText(text: string): number | undefined {
  const match = DATE.exec(text);
  return match ? daysOf(Number(match[1]), Number(match[2]), Number(match[3])) : undefined;
}
export function timeFromText(text: string): number | undefined {
  const match = TIME.exec(text);
  if (!match) return undefined;
  const days = daysOf(Number(match[1]), Number(match[2]), Number(match[3]));
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6])];
  const offset = match[8] ?? "Z";
  const offsetHour = offset.length === 1 ? 0 : Number(offset.slice(1, 3));
  const offsetMinute = offset.length === 1 ? 0 : Number(offset.slice(4, 6));
  if (days === undefined || hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) {
    return undefined;
  }
  const milliseconds = Number((match[7] ?? ".0").slice(1, 4).padEnd(3, "0"));
  const shift = (offset.startsWith("-") ? -1 : 1) * (offsetHour * 60 + offsetMinute) * 60_000;
  const time = days * DAY + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds - shift;
  return time < MIN_TIME || time > MAX_TIME ? undefined : time;
}
export function dateFromJson(value: unknown): number | undefined {
  return typeof value === "string" ? dateFromText(value) : undefined;
}
export function timeFromJson(value: unknown): number | undefined {
  return typeof value === "string" ? timeFromText(value) : undefined;
}
/** RFC 3339 in UTC with three fraction digits: "2026-03-01T03:00:00.000Z". */
export function timeToText(time: number): string {
  return new Date(saturateTime(time)).toISOString();
}
export function dateToText(date: number): string {
  return new Date(saturateDate(date) * DAY).toISOString().slice(0, 10);
}
export function parseTime(text: string): number | Failure {
  return timeFromText(text) ?? invalidText("an RFC 3339 time");
}
export function parseDate(text: string): number | Failure {
  return dateFromText(text) ?? invalidText("a date (YYYY-MM-DD)");
}

// ---------------------------------------------------------------- parts

export function timeDate(time: number): number {
  return Math.floor(time / DAY);
}
export function dateStart(date: number): number {
  return saturateTime(date * DAY);
}
/** The last full second, minute, hour or day (UTC) at or before `time`. */
export function startOf(time: number, unit: string): number {
  const length = unit === "day" ? DAY : unit === "hour" ? 3_600_000 : unit === "minute" ? 60_000 : 1000;
  return saturateTime(Math.floor(time / length) * length);
}
/** Whole seconds since 1970, rounded down. */
export function unixSeconds(time: number): number {
  return Math.floor(time / 1000);
}
export function fromUnixSeconds(seconds: number): number {
  return saturateTime(seconds * 1000);
}
/** IMF-fixdate (RFC 9110 §5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT". */
export function httpDate(time: number): string {
  return new Date(saturateTime(time)).toUTCString();
}
export function dateYear(date: number): number {
  return new Date(date * DAY).getUTCFullYear();
}
export function dateMonth(date: number): number {
  return new Date(date * DAY).getUTCMonth() + 1;
}
export function dateDay(date: number): number {
  return new Date(date * DAY).getUTCDate();
}
/** ISO 8601: Monday is 1, Sunday 7. */
export function dateWeekday(date: number): number {
  return new Date(date * DAY).getUTCDay() || 7;
}

// ---------------------------------------------------------------- durations

/** JSON: a number of seconds, read to the nanosecond. */
export function durationFromJson(value: unknown): number | undefined {
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  const milliseconds = value * 1000;
  return saturateFloat(Math.abs(milliseconds) > 1e9 ? milliseconds : roundHalfEven(milliseconds * 1e6) / 1e6);
}
export function durationFromText(text: string): number | undefined {
  return durationFromJson(floatFromText(text));
}
/** A number of seconds. Divided as a decimal, so that 1 ms is 0.001. */
export function durationToJson(duration: number): number {
  return duration / 1000;
}
export function durationToText(duration: number): string {
  return `${durationToJson(duration)}`;
}
export function inMilliseconds(duration: number): number {
  return duration;
}
export function inSeconds(duration: number): number {
  return duration / 1000;
}
export function inMinutes(duration: number): number {
  return duration / 60_000;
}
export function inHours(duration: number): number {
  return duration / 3_600_000;
}
export function inDays(duration: number): number {
  return duration / DAY;
}
