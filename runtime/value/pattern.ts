/**
 * Matches a text against a compiled pattern: a table-driven deterministic automaton over code points, so the time is
 * linear in the text whatever the pattern. The compiler builds the tables (`compiler/vocabulary/pattern/`).
 */

/** State 0 is dead, state 1 the start. */
export interface Pattern {
  /** The expression as written, for messages. */
  readonly source: string;
  /** Class c holds the code points from `boundaries[c]` up to, not including, `boundaries[c + 1]`; the first is 0. */
  readonly boundaries: readonly number[];
  /** `kinds[c]` is the column of class c: classes that no state tells apart share one. */
  readonly kinds: readonly number[];
  readonly columns: number;
  /** The next state for state s and column k is at `s * columns + k`. */
  readonly next: readonly number[];
  /** States in which the text may end. */
  readonly accepting: ReadonlySet<number>;
  /** The column of each ASCII character. */
  readonly ascii: Uint8Array;
}

/** The tables as generated code writes them. */
export function pattern(
  source: string,
  boundaries: readonly number[],
  kinds: readonly number[],
  next: readonly number[],
  accepting: readonly number[],
): Pattern {
  const columns = Math.max(...kinds) + 1;
  const ascii = Uint8Array.from({ length: 128 }, (_, code) => kinds[classOf(boundaries, code)] ?? 0);
  return { source, boundaries, kinds, columns, next, accepting: new Set(accepting), ascii };
}

/** The last boundary that is not above the code point. */
function classOf(boundaries: readonly number[], code: number): number {
  let low = 0;
  let high = boundaries.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((boundaries[middle] ?? 0) <= code) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Whether the whole text has the form of the pattern. */
export function matchesPattern(text: string, pattern: Pattern): boolean {
  let state = 1;
  for (let index = 0; index < text.length; index++) {
    let code = text.charCodeAt(index);
    let column: number;
    if (code < 128) column = pattern.ascii[code] ?? 0;
    else {
      if (code >= 0xd800 && code < 0xdc00) {
        code = text.codePointAt(index) ?? code;
        if (code > 0xffff) index++;
      }
      column = pattern.kinds[classOf(pattern.boundaries, code)] ?? 0;
    }
    state = pattern.next[state * pattern.columns + column] ?? 0;
    if (state === 0) return false;
  }
  return pattern.accepting.has(state);
}
