/** Money, size, rate and percent: their JSON and text forms. Money is whole micro-units (10⁻⁶) of its currency. */
import { floatFromJson, floatFromText, intFromJson, intFromText, MAX_INT } from "./number.ts";

const AMOUNT = /^-?(0|[1-9][0-9]*)(\.([0-9]+))?$/;

/** A decimal number of major units with at most six fraction digits: "12.50". Read from its digits, never through a double. */
export function moneyFromText(text: string): number | undefined {
  if (text.length > 24) return undefined;
  const match = AMOUNT.exec(text);
  if (!match) return undefined;
  const fraction = (match[3] ?? "").replace(/0+$/, "");
  if (fraction.length > 6) return undefined;
  const micros = BigInt(match[1] ?? "0") * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
  if (micros > BigInt(MAX_INT)) return undefined;
  return text.startsWith("-") ? 0 - Number(micros) : Number(micros);
}
/** A JSON number of major units. The double's shortest decimal decides how many digits it has. */
export function moneyFromJson(value: unknown): number | undefined {
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  const text = `${value}`;
  // Doubles below 10⁻⁶ print with an exponent and have too many digits; those above 10²¹ are out of range.
  return text.includes("e") ? undefined : moneyFromText(text);
}
export function moneyToJson(micros: number): number {
  return micros / 1_000_000;
}
/** Without currency, with only the digits that are needed: "12.5". Exact for every amount. */
export function moneyToText(micros: number): string {
  const digits = `${Math.abs(micros)}`.padStart(7, "0");
  const fraction = digits.slice(-6).replace(/0+$/, "");
  return `${micros < 0 ? "-" : ""}${digits.slice(0, -6)}${fraction === "" ? "" : `.${fraction}`}`;
}
/** As a float of major units. */
export function moneyAmount(micros: number): number {
  return micros / 1_000_000;
}

/** A whole number of bytes, not negative. */
export function sizeFromJson(value: unknown): number | undefined {
  const size = intFromJson(value);
  return size === undefined || size < 0 ? undefined : size;
}
export function sizeFromText(text: string): number | undefined {
  return sizeFromJson(intFromText(text));
}
export function sizeBytes(size: number): number {
  return size;
}

/** The fraction: 0.05 is 5%. */
export function percentFromJson(value: unknown): number | undefined {
  return floatFromJson(value);
}
export function percentFromText(text: string): number | undefined {
  return floatFromText(text);
}
export function percentFraction(percent: number): number {
  return percent;
}

/** `count` per `per` milliseconds. */
export interface Rate {
  readonly count: number;
  readonly per: number;
}
const RATE = /^([1-9][0-9]{0,15})\/(s|min|h|day)$/;
const PERIODS: { readonly [unit: string]: number } = { s: 1000, min: 60_000, h: 3_600_000, day: 86_400_000 };

export function rateFromText(text: string): Rate | undefined {
  const match = RATE.exec(text);
  const count = Number(match?.[1]);
  const per = PERIODS[match?.[2] ?? ""];
  return per === undefined || !Number.isSafeInteger(count) ? undefined : { count, per };
}
export function rateFromJson(value: unknown): Rate | undefined {
  return typeof value === "string" ? rateFromText(value) : undefined;
}
/** "60/min". A period that is no unit is written as its unit's count would be: the program's literals only have units. */
export function rateToText(rate: Rate): string {
  const unit = Object.keys(PERIODS).find((name) => PERIODS[name] === rate.per) ?? "s";
  return `${rate.count}/${unit}`;
}
export function rateCount(rate: Rate): number {
  return rate.count;
}
export function ratePer(rate: Rate): number {
  return rate.per;
}
