/**
 * Functions on maps: plain objects with a null prototype, from text to value. A map has no order of its own
 * (JavaScript would put keys that look like numbers first), so keys and values come sorted by key.
 */
import { compareText } from "./compare.ts";

export interface ValueMap<T> {
  readonly [key: string]: T;
}

export function mapKeys(map: ValueMap<unknown>): string[] {
  return Object.keys(map).sort(compareText);
}
export function mapValues<T>(map: ValueMap<T>): T[] {
  const values: T[] = [];
  for (const key of mapKeys(map)) {
    const value = map[key];
    if (value !== undefined) values.push(value);
  }
  return values;
}
export function mapGet<T>(map: ValueMap<T>, key: string): T | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
export function mapHas(map: ValueMap<unknown>, key: string): boolean {
  return Object.hasOwn(map, key);
}
export function mapLength(map: ValueMap<unknown>): number {
  return Object.keys(map).length;
}
export function mapIsEmpty(map: ValueMap<unknown>): boolean {
  return mapLength(map) === 0;
}
/** A copy with the key set. */
export function mapWith<T>(map: ValueMap<T>, key: string, value: T): ValueMap<T> {
  return Object.assign(Object.create(null), map, { [key]: value });
}
/** A copy without the key. */
export function mapWithout<T>(map: ValueMap<T>, key: string): ValueMap<T> {
  const copy = Object.assign(Object.create(null), map);
  delete copy[key];
  return copy;
}
/** Of records: a later item with the same key wins. */
export function listToMap<T, U>(list: readonly T[], key: (item: T) => string, value: (item: T) => U): ValueMap<U> {
  const map: { [key: string]: U } = Object.create(null);
  for (const item of list) map[key(item)] = value(item);
  return map;
}
