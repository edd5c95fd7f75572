/** What a pattern says, parsed: the common ground of parser and automaton. */

/** Inclusive, of code points. */
export type Interval = readonly [number, number];

export type PatternNode =
  | { readonly node: "set"; readonly intervals: readonly Interval[] }
  | { readonly node: "sequence"; readonly items: readonly PatternNode[] }
  | { readonly node: "choice"; readonly options: readonly PatternNode[] }
  /** `max` null: any number. */
  | { readonly node: "repeat"; readonly item: PatternNode; readonly min: number; readonly max: number | null }
  | { readonly node: "start" }
  | { readonly node: "end" };

/** Why a text is no pattern that this language has. A value, not an exception. */
export interface PatternError {
  readonly error: string;
  /** Where in the source, in UTF-16 units. */
  readonly at: number;
  /** What to write instead. */
  readonly help: string;
}

export const LAST_CODE_POINT = 0x10ffff;

/** Sorted, disjoint, neighbours merged. */
export function normal(intervals: readonly Interval[]): Interval[] {
  const result: [number, number][] = [];
  for (const [from, to] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

export function complement(intervals: readonly Interval[]): Interval[] {
  const result: Interval[] = [];
  let next = 0;
  for (const [from, to] of normal(intervals)) {
    if (from > next) result.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST_CODE_POINT) result.push([next, LAST_CODE_POINT]);
  return result;
}

/** With the other case of every ASCII letter. */
export function withBothCases(intervals: readonly Interval[]): Interval[] {
  const result = [...intervals];
  for (const [from, to] of intervals) {
    for (const [first, last, shift] of [
      [0x41, 0x5a, 32],
      [0x61, 0x7a, -32],
    ] as const) {
      const low = Math.max(from, first);
      const high = Math.min(to, last);
      if (low <= high) result.push([low + shift, high + shift]);
    }
  }
  return normal(result);
}
