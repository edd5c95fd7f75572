/** Arithmetic on the ranges of whole numbers: what `+ - * /` can give, saturating where the language does. */
import { float, int, MAX_INT } from "./construct.ts";
import type { FloatType, IntType } from "./type.ts";

const clamp = (value: number): number => Math.max(-MAX_INT, Math.min(MAX_INT, value));

export function addInts(a: IntType, b: IntType): IntType {
  return int(clamp(a.min + b.min), clamp(a.max + b.max));
}

export function subtractInts(a: IntType, b: IntType): IntType {
  return int(clamp(a.min - b.max), clamp(a.max - b.min));
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
