/** Every unit that a number may carry: its type and how many of the representation's units one of it is. */

export interface Unit {
  readonly name: string;
  readonly type: "duration" | "size" | "percent";
  /** As a fraction of two integers, so that `0.1ns` and `5%` need no rounded factor. */
  readonly times: number;
  readonly over: number;
  readonly documentation: string;
}

const unit = (name: string, type: Unit["type"], times: number, over: number, documentation: string): Unit => ({
  name,
  type,
  times,
  over,
  documentation,
});

export const units: ReadonlyMap<string, Unit> = new Map(
  [
    unit("ns", "duration", 1, 1_000_000, "nanosecond"),
    unit("us", "duration", 1, 1000, "microsecond"),
    unit("ms", "duration", 1, 1, "millisecond"),
    unit("s", "duration", 1000, 1, "second"),
    unit("min", "duration", 60_000, 1, "minute"),
    unit("h", "duration", 3_600_000, 1, "hour"),
    unit("day", "duration", 86_400_000, 1, "day of 24 hours"),
    unit("d", "duration", 86_400_000, 1, "day of 24 hours"),
    unit("week", "duration", 604_800_000, 1, "seven days"),
    unit("B", "size", 1, 1, "byte"),
    unit("KB", "size", 1000, 1, "1000 bytes"),
    unit("MB", "size", 1_000_000, 1, "1000 KB"),
    unit("GB", "size", 1_000_000_000, 1, "1000 MB"),
    unit("TB", "size", 1_000_000_000_000, 1, "1000 GB"),
    unit("KiB", "size", 1024, 1, "1024 bytes"),
    unit("MiB", "size", 1024 ** 2, 1, "1024 KiB"),
    unit("GiB", "size", 1024 ** 3, 1, "1024 MiB"),
    unit("TiB", "size", 1024 ** 4, 1, "1024 GiB"),
    unit("%", "percent", 1, 100, "hundredth"),
  ].map((entry) => [entry.name, entry]),
);

/** What other languages call a unit → its name here. */
export const unitAliases: { readonly [written: string]: string } = {
  sec: "s",
  secs: "s",
  second: "s",
  seconds: "s",
  m: "min",
  mins: "min",
  minute: "min",
  minutes: "min",
  hr: "h",
  hrs: "h",
  hour: "h",
  hours: "h",
  days: "day",
  weeks: "week",
  w: "week",
  millis: "ms",
  msec: "ms",
  b: "B",
  bytes: "B",
  k: "KB",
  kb: "KB",
  Kb: "KB",
  mb: "MB",
  Mb: "MB",
  M: "MB",
  gb: "GB",
  Gb: "GB",
  G: "GB",
  kib: "KiB",
  mib: "MiB",
  gib: "GiB",
  percent: "%",
};

/** Signs that stand before a sum of money → ISO 4217. */
export const currencies: ReadonlyMap<string, string> = new Map([
  ["$", "USD"],
  ["€", "EUR"],
  ["£", "GBP"],
  ["¥", "JPY"],
]);

/** What to propose where a bare number stands and a unit is due, likeliest first. */
export const likelyUnits: { readonly [type: string]: readonly string[] } = {
  duration: ["s", "ms"],
  size: ["MB", "KB"],
  percent: ["%"],
  rate: ["/min", "/s"],
};
