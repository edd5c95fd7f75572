/** Arithmetic on the ranges of whole numbers: what `+ - * /` can give, saturating where the language does. */
import { float, int, MAX_INT } from "./construct.ts";
import type { FloatType, IntType } from "./type.ts";

const clamp = (value: number): number => Math.max(-MAX_INT, Math.min(MAX_INT, value));

/** A bound at the end of all ints is no bound: adding to it leaves it where it is. */
const low = (a: IntType, b: IntType, sum: number): number =>
  a.min === -MAX_INT || b.min === -MAX_INT ? -MAX_INT : clamp(sum);
const high = (a: IntType, b: IntType, sum: number): number =>
  a.max === MAX_INT || b.max === MAX_INT ? MAX_INT : clamp(sum);

export function addInts(a: IntType, b: IntType): IntType {
  return int(low(a, b, a.min + b.min), high(a, b, a.max + b.max));
}

export function subtractInts(a: IntType, b: IntType): IntType {
  return addInts(a, negateInt(b));
}

export function multiplyInts(a: IntType, b: IntType): IntType {
  const ends = [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max];
  return int(clamp(Math.min(...ends)), clamp(Math.max(...ends)));
}

export function negateInt(a: IntType): IntType {
  return int(-a.max, -a.min);
}

/** Division gives a float; its range is known where the divisor is positive. */
export function divideInts(a: IntType, b: IntType): FloatType {
  if (b.min <= 0 || a.min === -MAX_INT || a.max === MAX_INT) return float(null, null);
  const ends = [a.min / b.min, a.min / b.max, a.max / b.min, a.max / b.max];
  return float(Math.min(...ends), Math.max(...ends));
}

export function holdsZero(type: IntType | FloatType): boolean {
  return (type.min === null || type.min <= 0) && (type.max === null || type.max >= 0);
}
