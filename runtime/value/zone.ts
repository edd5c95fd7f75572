/** Times as people in a place see them. Zone rules come from the ICU data that Node carries. */

/** Month 1 to 12; weekday as in ISO 8601 (Monday 1, Sunday 7); `offset` is local time minus UTC, in milliseconds. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly weekday: number;
  readonly date: number;
  readonly offset: number;
}

const formatters = /* @__PURE__ */ new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}

/** Whether `zone` names a zone of the IANA database. */
export function isZone(zone: string): boolean {
  try {
    formatterOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** `zone` has been checked by the compiler. */
export function localTime(time: number, zone: string): LocalTime {
  const parts: { [name: string]: number } = {};
  let beforeChrist = false;
  for (const part of formatterOf(zone).formatToParts(time)) {
    if (part.type === "era") beforeChrist = part.value.startsWith("B");
    else if (part.type !== "literal") parts[part.type] = Number(part.value);
  }
  const { month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  // Year 0 of ISO 8601 is 1 BC.
  const year = beforeChrist ? 1 - (parts.year ?? 1) : (parts.year ?? 1970);
  const midnight = new Date(0).setUTCFullYear(year, month - 1, day);
  const wallClock = midnight + ((hour * 60 + minute) * 60 + second) * 1000;
  return {
    year,
    month,
    day,
    hour,
    minute,
    second,
    weekday: new Date(midnight).getUTCDay() || 7,
    date: midnight / 86_400_000,
    offset: wallClock - Math.floor(time / 1000) * 1000,
  };
}
