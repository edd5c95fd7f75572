/** What literals mean: numbers with their units, times, addresses. The plan asks the same functions for their values. */
import { cidrFromText, ipFromText } from "../../runtime/value/address.ts";
import { rateFromText } from "../../runtime/value/money.ts";
import type * as tree from "../1-syntax/tree.ts";
import { nearest } from "../2-names/index.ts";
import { currencies, unitAliases, units } from "../vocabulary/units.ts";
import type { Body } from "./context.ts";
import { report, span } from "./context.ts";
import { float, int, MAX_INT, money, simple, UNKNOWN } from "./construct.ts";
import type { Type } from "./type.ts";

/** A rate as it is when running. */
export interface Rate {
  readonly count: number;
  /** Milliseconds. */
  readonly per: number;
}

/** A number literal's type and value (in the runtime's representation), or what is wrong with it. */
export type NumberMeaning =
  | { readonly type: Type; readonly value: number | Rate }
  | { readonly problem: "unit"; readonly unit: string }
  | { readonly problem: "range"; readonly wanted: string };

const MICRO_DIGITS = 6;

export function numberMeaning(node: tree.NumberLiteral): NumberMeaning {
  if (node.currency !== null) return moneyMeaning(node);
  const number = Number(node.digits);
  if (node.per !== null) {
    const per = units.get(node.per);
    if (per?.type !== "duration") return { problem: "unit", unit: node.per };
    if (node.unit !== null) return { problem: "unit", unit: `${node.unit}/${node.per}` };
    const rate = rateFromText(`${node.digits}/${node.per === "d" ? "day" : node.per}`);
    if (rate === undefined) return { problem: "range", wanted: "a rate (a whole number from 1, per s, min, h or day)" };
    return { type: simple("rate"), value: rate };
  }
  if (node.unit === null) {
    if (/[.eE]/.test(node.digits))
      return Number.isFinite(number)
        ? { type: float(number, number), value: number }
        : { problem: "range", wanted: "a number that a float can hold" };
    return number <= MAX_INT
      ? { type: int(number, number), value: number }
      : { problem: "range", wanted: "a whole number up to 2^53 − 1" };
  }
  const unit = units.get(node.unit);
  if (!unit) return { problem: "unit", unit: node.unit };
  const value = (number * unit.times) / unit.over;
  if (unit.type === "size" && (!Number.isInteger(value) || value > MAX_INT))
    return { problem: "range", wanted: "a whole number of bytes" };
  return { type: simple(unit.type), value };
}

/** By digits, never through a float: micro-units of the currency. */
function moneyMeaning(node: tree.NumberLiteral): NumberMeaning {
  const currency = currencies.get(node.currency ?? "");
  if (!currency) return { problem: "unit", unit: node.currency ?? "" };
  if (node.unit !== null || node.per !== null)
    return { problem: "unit", unit: `${node.unit ?? ""}${node.per === null ? "" : `/${node.per}`}` };
  const [whole = "0", fraction = ""] = node.digits.split(".");
  const micro = Number(`${whole}${fraction.padEnd(MICRO_DIGITS, "0")}`);
  if (fraction.length > MICRO_DIGITS || !Number.isSafeInteger(micro))
    return { problem: "range", wanted: "a sum of money with at most six digits after the point" };
  return { type: money(currency), value: micro };
}

export function checkNumber(body: Body, node: tree.NumberLiteral): Type {
  const meaning = numberMeaning(node);
  if ("type" in meaning) return meaning.type;
  if (meaning.problem === "range") {
    report(
      body,
      node,
      "VGW3034",
      { text: node.per === null ? node.digits : `${node.digits}/${node.per}`, type: meaning.wanted },
      "no such value",
    );
    return UNKNOWN;
  }
  const likely = unitAliases[meaning.unit] ?? nearest(meaning.unit, units.keys());
  const written = span(body.module, node);
  report(body, node, "VGW3010", { unit: meaning.unit }, "no such unit", {
    help: likely && `did you mean ${likely}?`,
    fixes: likely
      ? [
          {
            title: `Write ${node.digits}${likely}`,
            kind: "maybe",
            edits: [{ span: written, text: `${node.digits}${likely}` }],
          },
        ]
      : [],
  });
  return UNKNOWN;
}

/** Milliseconds since the epoch, or days since it; null: no such time or day. */
export function timeMeaning(text: string): { readonly type: "time" | "date"; readonly value: number } | null {
  const day = /^(\d{4})-(\d{2})-(\d{2})/.exec(text);
  if (!day) return null;
  const [year, month, date] = [Number(day[1]), Number(day[2]), Number(day[3])];
  const midnight = Date.UTC(year, month - 1, date);
  const back = new Date(midnight);
  if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== date) return null;
  if (text.length === 10) return { type: "date", value: midnight / 86_400_000 };
  const value = Date.parse(text);
  return Number.isNaN(value) ? null : { type: "time", value: Math.floor(value) };
}

export function checkTime(body: Body, node: tree.TimeLiteral): Type {
  const meaning = timeMeaning(node.text);
  if (meaning) return simple(meaning.type);
  report(
    body,
    node,
    "VGW3034",
    { text: node.text, type: node.text.length > 10 ? "a time" : "a date" },
    "no such day or hour",
  );
  return UNKNOWN;
}

/** The canonical text of an address or network; null: no such one. */
export function addressMeaning(text: string): { readonly type: "ip" | "cidr"; readonly value: string } | null {
  const type = text.includes("/") ? "cidr" : "ip";
  const value = type === "cidr" ? cidrFromText(text) : ipFromText(text);
  return value === undefined ? null : { type, value };
}

export function checkAddress(body: Body, node: tree.AddressLiteral): Type {
  const meaning = addressMeaning(node.text);
  if (meaning) return simple(meaning.type);
  const network = node.text.includes("/");
  report(body, node, "VGW3034", { text: node.text, type: network ? "a network" : "an IP address" }, "no such address", {
    notes: network ? ["the bits behind the prefix must be zero"] : [],
  });
  return UNKNOWN;
}
