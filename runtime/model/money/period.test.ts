/** Periods of the calendar: in UTC and in zones, over changes of clocks, without a gap and without an overlap. */
import { describe, expect, it } from "vitest";
import { localTime } from "../../value/zone.ts";
import { type Period, type PeriodLength, periodIn, spanAt } from "./period.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

const at = (text: string): number => Date.parse(text);

const ROWS: readonly (readonly [title: string, Period, now: string, start: string, end: string])[] = [
  ["a day of UTC", DAY, "2026-03-29T12:00Z", "2026-03-29T00:00Z", "2026-03-30T00:00Z"],
  ["UTC by its name", periodIn(DAY, "UTC"), "2026-03-29T12:00Z", "2026-03-29T00:00Z", "2026-03-30T00:00Z"],
  ["a day", periodIn(DAY, "Europe/Berlin"), "2026-01-10T23:30Z", "2026-01-10T23:00Z", "2026-01-11T23:00Z"],
  ["a day of 23 hours", periodIn(DAY, "Europe/Berlin"), "2026-03-29T12:00Z", "2026-03-28T23:00Z", "2026-03-29T22:00Z"],
  ["its first moment", periodIn(DAY, "Europe/Berlin"), "2026-03-28T23:00Z", "2026-03-28T23:00Z", "2026-03-29T22:00Z"],
  [
    "its last moment",
    periodIn(DAY, "Europe/Berlin"),
    "2026-03-29T21:59:59.999Z",
    "2026-03-28T23:00Z",
    "2026-03-29T22:00Z",
  ],
  ["a day of 25 hours", periodIn(DAY, "Europe/Berlin"), "2026-10-25T12:00Z", "2026-10-24T22:00Z", "2026-10-25T23:00Z"],
  [
    "west of Greenwich",
    periodIn(DAY, "America/New_York"),
    "2026-11-01T04:30Z",
    "2026-11-01T04:00Z",
    "2026-11-02T05:00Z",
  ],
  [
    "a half hour's offset",
    periodIn(DAY, "Asia/Kolkata"),
    "2026-06-01T12:00Z",
    "2026-05-31T18:30Z",
    "2026-06-01T18:30Z",
  ],
  [
    "three quarters' offset",
    periodIn(HOUR, "Asia/Kathmandu"),
    "2026-06-01T12:00Z",
    "2026-06-01T11:15Z",
    "2026-06-01T12:15Z",
  ],
  ["a minute", periodIn(MINUTE, "Asia/Kathmandu"), "2026-06-01T12:00:30Z", "2026-06-01T12:00Z", "2026-06-01T12:01Z"],
  [
    "no midnight: clocks go on at it",
    periodIn(DAY, "Asia/Beirut"),
    "2026-03-29T12:00Z",
    "2026-03-28T22:00Z",
    "2026-03-29T21:00Z",
  ],
  [
    "two midnights: clocks go back to it",
    periodIn(DAY, "America/Havana"),
    "2026-11-01T12:00Z",
    "2026-11-01T04:00Z",
    "2026-11-02T05:00Z",
  ],
  [
    "clocks go back over midnight",
    periodIn(DAY, "America/St_Johns"),
    "2010-11-07T12:00Z",
    "2010-11-07T02:30Z",
    "2010-11-08T03:30Z",
  ],
  [
    "the date before, shown once more",
    periodIn(DAY, "America/St_Johns"),
    "2010-11-07T03:00Z",
    "2010-11-07T02:30Z",
    "2010-11-08T03:30Z",
  ],
  [
    "a day that was left out",
    periodIn(DAY, "Pacific/Apia"),
    "2011-12-30T12:00Z",
    "2011-12-30T10:00Z",
    "2011-12-31T10:00Z",
  ],
  ["a week", periodIn(WEEK, "Europe/Berlin"), "2026-03-29T21:00Z", "2026-03-22T23:00Z", "2026-03-29T22:00Z"],
  [
    "the next one, from Monday",
    periodIn(WEEK, "Europe/Berlin"),
    "2026-03-29T22:00Z",
    "2026-03-29T22:00Z",
    "2026-04-05T22:00Z",
  ],
  ["a month", periodIn("month", "Europe/Berlin"), "2026-03-31T22:30Z", "2026-03-31T22:00Z", "2026-04-30T22:00Z"],
  [
    "over a change of clocks",
    periodIn("month", "America/New_York"),
    "2026-03-31T22:30Z",
    "2026-03-01T05:00Z",
    "2026-04-01T04:00Z",
  ],
  [
    "over the end of a year",
    periodIn("month", "Pacific/Auckland"),
    "2026-12-31T12:00Z",
    "2026-12-31T11:00Z",
    "2027-01-31T11:00Z",
  ],
  [
    "a hour that comes twice, first",
    periodIn(HOUR, "Europe/Berlin"),
    "2026-10-25T00:30Z",
    "2026-10-25T00:00Z",
    "2026-10-25T01:00Z",
  ],
  ["and then", periodIn(HOUR, "Europe/Berlin"), "2026-10-25T01:30Z", "2026-10-25T01:00Z", "2026-10-25T02:00Z"],
  [
    "half an hour back: up to it",
    periodIn(HOUR, "Australia/Lord_Howe"),
    "2026-04-04T14:45Z",
    "2026-04-04T14:00Z",
    "2026-04-04T15:00Z",
  ],
  [
    "and behind it",
    periodIn(HOUR, "Australia/Lord_Howe"),
    "2026-04-04T15:15Z",
    "2026-04-04T15:00Z",
    "2026-04-04T15:30Z",
  ],
];

for (const [title, period, now, start, end] of ROWS)
  it(`${title}: ${period}`, () => {
    const span = spanAt(period, at(now));
    expect([new Date(span.start), new Date(span.end)]).toEqual([new Date(at(start)), new Date(at(end))]);
  });

const ZONES = [
  "Europe/Berlin",
  "America/Havana",
  "America/St_Johns",
  "Asia/Beirut",
  "Australia/Lord_Howe",
  "Pacific/Apia",
];
const LENGTHS: readonly PeriodLength[] = [HOUR, DAY, WEEK, "month"];

describe.each(ZONES)("periods in %s", (zone) => {
  const around = changes(zone);

  it.each(LENGTHS)("of %s follow each other", (length) => {
    const period = periodIn(length, zone);
    const from = at("2010-06-01T00:00Z");
    // All of a few years where periods are long; around changes of clocks where they are short.
    const to = length === HOUR ? from : at("2012-02-01T00:00Z");
    let { end } = spanAt(period, from);
    while (end < to) {
      const next = spanAt(period, end);
      expect(next.start).toBe(end);
      expect(next.end).toBeGreaterThan(next.start);
      expect(spanAt(period, next.end - 1)).toEqual(next);
      const { date, hour, minute } = localTime(next.start, zone);
      if (length === "month") expect(localTime(next.start, zone).day).toBe(1);
      if (length === WEEK) expect((date + 3) % 7).toBe(0);
      // Where midnight is left out, the day begins behind it.
      expect(hour * 60 + minute).toBeLessThanOrEqual(60);
      end = next.end;
    }
    for (const day of around) {
      for (let moment = day - 2 * HOUR; moment < day + 2 * HOUR; moment += 20 * MINUTE) {
        const span = spanAt(period, moment);
        expect(span.start).toBeLessThanOrEqual(moment);
        expect(span.end).toBeGreaterThan(moment);
        expect(spanAt(period, span.start)).toEqual(span);
        expect(spanAt(period, span.end - 1)).toEqual(span);
        expect(spanAt(period, span.end).start).toBe(span.end);
      }
    }
  });
});

/** Hours in which the offset of this zone changes. */
function changes(zone: string): number[] {
  const found: number[] = [];
  for (let day = at("2010-10-01T00:00Z"); day < at("2012-02-01T00:00Z"); day += DAY) {
    if (localTime(day, zone).offset === localTime(day + DAY, zone).offset) continue;
    let hour = day;
    while (localTime(hour, zone).offset === localTime(hour + HOUR, zone).offset) hour += HOUR;
    found.push(hour);
  }
  return found;
}
