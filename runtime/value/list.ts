/** Functions on lists. None changes its argument; positions count from 0. */
import { compareValues, valueEquals } from "./compare.ts";
import { saturateFloat, saturateInt } from "./number.ts";

export function listMap<T, U>(list: readonly T[], fn: (item: T) => U): U[] {
  return list.map((item) => fn(item));
}
export function listFlatMap<T, U>(list: readonly T[], fn: (item: T) => readonly U[]): U[] {
  return list.flatMap((item) => fn(item));
}
export function listFilter<T>(list: readonly T[], fn: (item: T) => boolean): T[] {
  return list.filter((item) => fn(item));
}
export function listAny<T>(list: readonly T[], fn: (item: T) => boolean): boolean {
  return list.some((item) => fn(item));
}
export function listAll<T>(list: readonly T[], fn: (item: T) => boolean): boolean {
  return list.every((item) => fn(item));
}
export function listCount<T>(list: readonly T[], fn: (item: T) => boolean): number {
  let count = 0;
  for (const item of list) if (fn(item)) count++;
  return count;
}
export function listFind<T>(list: readonly T[], fn: (item: T) => boolean): T | undefined {
  return list.find((item) => fn(item));
}
/** Of int, money and size: each addition saturates, from the left. */
export function sumWhole(list: readonly number[]): number {
  return list.reduce((sum, item) => saturateInt(sum + item), 0);
}
/** Of float, percent and duration, from the left. */
export function sumFloat(list: readonly number[]): number {
  return list.reduce((sum, item) => saturateFloat(sum + item), 0);
}
/** The mean as a double; absent for an empty list. */
export function averageFloat(list: readonly number[]): number | undefined {
  return list.length === 0 ? undefined : saturateFloat(sumFloat(list) / list.length);
}
/** Stable, smallest first. */
export function listSort<T>(list: readonly T[]): T[] {
  return [...list].sort(compareValues);
}
export function listSortBy<T, K>(list: readonly T[], key: (item: T) => K): T[] {
  return list
    .map((item) => ({ item, key: key(item) }))
    .sort((left, right) => compareValues(left.key, right.key))
    .map((entry) => entry.item);
}
export function listReverse<T>(list: readonly T[]): T[] {
  return [...list].reverse();
}
export function listJoin(list: readonly string[], separator = ""): string {
  return list.join(separator);
}
export function listFirst<T>(list: readonly T[]): T | undefined {
  return list[0];
}
export function listLast<T>(list: readonly T[]): T | undefined {
  return list[list.length - 1];
}
/** Absent outside the list; negative positions count from the end. */
export function listAt<T>(list: readonly T[], index: number): T | undefined {
  return list.at(index);
}
/** The first `count` items, fewer where the list is shorter; none for a negative count. */
export function listTake<T>(list: readonly T[], count: number): T[] {
  return list.slice(0, Math.max(0, count));
}
export function listSkip<T>(list: readonly T[], count: number): T[] {
  return list.slice(Math.max(0, count));
}
export function listLength(list: readonly unknown[]): number {
  return list.length;
}
export function listIsEmpty(list: readonly unknown[]): boolean {
  return list.length === 0;
}
export function listContains<T>(list: readonly T[], item: T): boolean {
  return list.some((other) => valueEquals(other, item));
}
export function listIndexOf<T>(list: readonly T[], item: T): number | undefined {
  const index = list.findIndex((other) => valueEquals(other, item));
  return index < 0 ? undefined : index;
}
/** The smallest item, the first of equal ones; absent for an empty list. */
export function listMin<T>(list: readonly T[]): T | undefined {
  let best = list[0];
  for (const item of list) if (compareValues(item, best) < 0) best = item;
  return best;
}
export function listMax<T>(list: readonly T[]): T | undefined {
  let best = list[0];
  for (const item of list) if (compareValues(item, best) > 0) best = item;
  return best;
}
/** The first of equal items stays. Scalars are found by a set, the rest by comparison. */
export function listDistinct<T>(list: readonly T[]): T[] {
  const seen = new Set<unknown>();
  const objects: unknown[] = [];
  return list.filter((item) => {
    if (typeof item === "object" && item !== null) {
      if (objects.some((other) => valueEquals(other, item))) return false;
      objects.push(item);
      return true;
    }
    if (seen.has(item)) return false;
    seen.add(item);
    return true;
  });
}
export function listGroupBy<T>(list: readonly T[], key: (item: T) => string): { [key: string]: T[] } {
  const groups: { [key: string]: T[] } = Object.create(null);
  for (const item of list) {
    const name = key(item);
    const group = groups[name];
    if (group === undefined) groups[name] = [item];
    else group.push(item);
  }
  return groups;
}
/** Pairs as records; as long as the shorter list. */
export function listZip<T, U>(list: readonly T[], other: readonly U[]): { left: T; right: U }[] {
  // An item may itself be absent (undefined): only the length says where a list ends.
  return list.slice(0, other.length).map((left, index) => ({ left, right: other[index] as U }));
}
export function listConcat<T>(left: readonly T[], right: readonly T[]): T[] {
  return [...left, ...right];
}
