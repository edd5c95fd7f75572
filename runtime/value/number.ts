/**
 * The numeric rules of the language, in one place: interpreter and generated code call these, so they cannot differ.
 *
 * - int, money and size are integers that saturate at ±(2^53 − 1) and never become −0.
 * - float, percent and duration are finite doubles: what would be infinite is ±MAX_VALUE, and there is no NaN.
 * - Rounding is to the nearest, ties to even (IEEE 754 roundTiesToEven).
 */
import { Failure } from "../failure.ts";
import { invalidText } from "./convert.ts";

export const MAX_INT = Number.MAX_SAFE_INTEGER;

/** Brings a whole number into the range of int; `+ 0` turns −0 into 0. */
export function saturateInt(value: number): number {
  return value > MAX_INT ? MAX_INT : value < -MAX_INT ? -MAX_INT : value + 0;
}

/** Brings a double into the range of float. NaN (0 × infinity cannot arise from finite values) is 0. */
export function saturateFloat(value: number): number {
  if (value === Number.POSITIVE_INFINITY) return Number.MAX_VALUE;
  if (value === Number.NEGATIVE_INFINITY) return -Number.MAX_VALUE;
  return Number.isNaN(value) ? 0 : value + 0;
}

/** To the nearest whole number, ties to the even one. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const fraction = value - below;
  if (fraction < 0.5) return below + 0;
  if (fraction > 0.5) return below + 1;
  return (below % 2 === 0 ? below : below + 1) + 0;
}

export function addInt(left: number, right: number): number {
  return saturateInt(left + right);
}
export function subtractInt(left: number, right: number): number {
  return saturateInt(left - right);
}
export function multiplyInt(left: number, right: number): number {
  return saturateInt(left * right);
}

export function addFloat(left: number, right: number): number {
  return saturateFloat(left + right);
}
export function subtractFloat(left: number, right: number): number {
  return saturateFloat(left - right);
}
export function multiplyFloat(left: number, right: number): number {
  return saturateFloat(left * right);
}

/** A whole quantity (money, size) times a number: the product as a double, rounded to a whole unit. */
export function multiplyWhole(left: number, right: number): number {
  return saturateInt(roundHalfEven(saturateFloat(left * right)));
}

/** The compiler has shown that `right` is not zero. */
export function quotientFloat(left: number, right: number): number {
  return saturateFloat(left / right);
}
/** Of a whole quantity (money, size) by a number that the compiler has shown not to be zero. */
export function quotientWhole(left: number, right: number): number {
  return saturateInt(roundHalfEven(saturateFloat(left / right)));
}

const DIVISION = /* @__PURE__ */ new Failure("division", 500, "division-by-zero", "the divisor is zero");

export function divideFloat(left: number, right: number): number | Failure {
  return right === 0 ? DIVISION : quotientFloat(left, right);
}
export function divideWhole(left: number, right: number): number | Failure {
  return right === 0 ? DIVISION : quotientWhole(left, right);
}

/** Unary minus without −0. */
export function negate(value: number): number {
  return 0 - value;
}

export function round(value: number): number {
  return saturateInt(roundHalfEven(value));
}
/** `digits` (0 to 15) after the decimal point; ties of the decimal value as written, to even. */
export function roundTo(value: number, digits: number): number {
  const places = Math.min(15, Math.max(0, digits));
  const scaled = Number(`${value}e${places}`);
  // A value written with an exponent ("1e21") has no digits to round; one that overflows when scaled neither.
  if (!Number.isFinite(scaled) || Math.abs(scaled) > MAX_INT) return value;
  return Number(`${roundHalfEven(scaled)}e-${places}`) + 0;
}
export function floor(value: number): number {
  return saturateInt(Math.floor(value));
}
export function ceil(value: number): number {
  return saturateInt(Math.ceil(value));
}
export function absolute(value: number): number {
  return Math.abs(value);
}
const WHOLE = /^-?(0|[1-9][0-9]*)$/;
const DECIMAL = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

/** Decimal digits with an optional "-": no sign "+", space, leading zero, fraction or exponent; within ±(2^53 − 1). */
export function intFromText(text: string): number | undefined {
  // 16 digits and a sign are the longest that can be in range; the length bounds the work on hostile input.
  if (text.length > 17 || !WHOLE.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value + 0 : undefined;
}
/** A JSON number (RFC 8259 §6) that is finite as a double. */
export function floatFromText(text: string): number | undefined {
  if (text.length > 400 || !DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value + 0 : undefined;
}
export function boolFromText(text: string): boolean | undefined {
  return text === "true" ? true : text === "false" ? false : undefined;
}
/** A JSON number without a fraction, within ±(2^53 − 1): `1.0` and `1e2` count as whole. */
export function intFromJson(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) ? value + 0 : undefined;
}
export function floatFromJson(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value + 0 : undefined;
}
export function boolFromJson(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}
/** The shortest decimal that reads back as the same double, as JSON writes it. */
export function numberToText(value: number): string {
  return `${value + 0}`;
}

/** The built-ins `int("12")` and `float("1.5")`. */
export function parseInteger(text: string): number | Failure {
  return intFromText(text) ?? invalidText("a whole number");
}
export function parseFloating(text: string): number | Failure {
  return floatFromText(text) ?? invalidText("a number");
}
