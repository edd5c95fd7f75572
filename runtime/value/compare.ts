/** Equality and order of values: by value and deep, texts by code point. */

/** Absent equals absent; records by their fields (an absent field equals a missing one); lists item by item. */
export function valueEquals(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) {
    // JSON's null and an absent value are the same value.
    return (left ?? undefined) === (right ?? undefined);
  }
  if (Array.isArray(left) || Array.isArray(right)) {
    return (
      Array.isArray(left) &&
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, index) => valueEquals(item, right[index]))
    );
  }
  if (left instanceof Uint8Array || right instanceof Uint8Array) {
    return left instanceof Uint8Array && right instanceof Uint8Array && sameBytes(left, right);
  }
  return fieldsIn(left, right) && fieldsIn(right, left);
}

function fieldsIn(left: object, right: object): boolean {
  for (const [name, value] of Object.entries(left)) {
    const other: unknown = Object.hasOwn(right, name) ? Reflect.get(right, name) : undefined;
    if (!valueEquals(value, other)) return false;
  }
  return true;
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** By Unicode code points (not by UTF-16 units, which put U+10000 before U+FFFF). */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) {
      const aSurrogate = a >= 0xd800 && a <= 0xdfff;
      const bSurrogate = b >= 0xd800 && b <= 0xdfff;
      // A surrogate stands for a code point above every single unit; two surrogates order as their code points do.
      return aSurrogate === bSurrogate ? a - b : aSurrogate ? 1 : -1;
    }
  }
  return left.length - right.length;
}

/** Negative, 0 or positive. Only for two values of one ordered type: numbers of any kind, bools (false first), texts. */
export function compareValues(left: unknown, right: unknown): number {
  if (typeof left === "string" && typeof right === "string") return compareText(left, right);
  const a = Number(left);
  const b = Number(right);
  return a < b ? -1 : a > b ? 1 : 0;
}
export function textLess(left: string, right: string): boolean {
  return compareText(left, right) < 0;
}
export function textLessOrEqual(left: string, right: string): boolean {
  return compareText(left, right) <= 0;
}

/** The built-ins `min`, `max` and `clamp`, for every ordered type. */
export function smallerValue<T>(left: T, right: T): T {
  return compareValues(left, right) <= 0 ? left : right;
}
export function largerValue<T>(left: T, right: T): T {
  return compareValues(left, right) >= 0 ? left : right;
}
/** Where the bounds cross, `low`. */
export function clampValue<T>(value: T, low: T, high: T): T {
  return largerValue(low, smallerValue(value, high));
}
