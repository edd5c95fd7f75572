/**
 * A parsed pattern as a deterministic automaton: Thompson's construction, then subsets. Anchors are transitions without
 * a character that are open only at the beginning or the end of the text.
 */
import { type Interval, LAST_CODE_POINT, type PatternError, type PatternNode } from "./tree.ts";

const MOST_NFA_STATES = 20_000;
const MOST_STATES = 2000;
const MOST_CELLS = 60_000;
/** Work of the subset construction, in visited NFA states: half a second at the very most. */
const MOST_WORK = 5_000_000;

interface State {
  /** Columns that lead to `to`; null: a transition without a character. */
  columns: ReadonlySet<number> | null;
  to: number;
  /** A second transition without a character. */
  other: number;
  anchor: "start" | "end" | null;
}
const NOWHERE = -1;

export interface Automaton {
  readonly boundaries: readonly number[];
  readonly kinds: readonly number[];
  readonly next: readonly number[];
  readonly accepting: readonly number[];
}

class TooLarge extends Error {}

/** Code points that every set of the pattern treats alike share a column. */
function columnsOf(sets: readonly (readonly Interval[])[]): { boundaries: number[]; kinds: number[] } {
  const cuts = new Set([0]);
  for (const intervals of sets) {
    for (const [from, to] of intervals) {
      cuts.add(from);
      if (to < LAST_CODE_POINT) cuts.add(to + 1);
    }
  }
  const boundaries = [...cuts].sort((a, b) => a - b);
  const signatures = boundaries.map(() => [] as number[]);
  for (const [index, intervals] of sets.entries()) {
    let at = 0;
    for (const [from, to] of intervals) {
      while ((boundaries[at] ?? 0) < from) at++;
      for (; at < boundaries.length && (boundaries[at] ?? 0) <= to; at++) signatures[at]?.push(index);
    }
  }
  const ids = new Map<string, number>();
  const kinds = signatures.map((signature) => {
    const key = signature.join();
    const id = ids.get(key) ?? ids.size;
    ids.set(key, id);
    return id;
  });
  return { boundaries, kinds };
}

function setsOf(node: PatternNode, found: Map<string, readonly Interval[]>): void {
  if (node.node === "set") found.set(node.intervals.join(";"), node.intervals);
  else if (node.node === "repeat") setsOf(node.item, found);
  else if (node.node === "sequence") for (const item of node.items) setsOf(item, found);
  else if (node.node === "choice") for (const option of node.options) setsOf(option, found);
}

export function automatonOf(tree: PatternNode): Automaton | PatternError {
  try {
    return new Builder(tree).build();
  } catch (problem) {
    if (!(problem instanceof TooLarge)) throw problem;
    return {
      error: "this pattern needs too many states",
      at: 0,
      help: "use fewer or smaller counted repetitions; a length can be stated with string(1..40)",
    };
  }
}

class Builder {
  private readonly states: State[] = [];
  private readonly sets = new Map<string, readonly Interval[]>();
  private readonly columns = new Map<string, ReadonlySet<number>>();
  private readonly boundaries: number[];
  private readonly kinds: number[];
  private readonly tree: PatternNode;
  private work = 0;

  constructor(tree: PatternNode) {
    this.tree = tree;
    setsOf(tree, this.sets);
    const { boundaries, kinds } = columnsOf([...this.sets.values()]);
    this.boundaries = boundaries;
    this.kinds = kinds;
    for (const [key, intervals] of this.sets) {
      const inside = boundaries.map((start) => intervals.some(([from, to]) => from <= start && start <= to));
      this.columns.set(key, new Set(kinds.filter((_, index) => inside[index])));
    }
  }

  private add(state: Partial<State>): number {
    if (this.states.length >= MOST_NFA_STATES) throw new TooLarge();
    return this.states.push({ columns: null, to: NOWHERE, other: NOWHERE, anchor: null, ...state }) - 1;
  }

  /** The state from which `node` and then `after` are matched: built from the end backwards. */
  private thread(node: PatternNode, after: number): number {
    switch (node.node) {
      case "set":
        return this.add({ columns: this.columns.get(node.intervals.join(";")) ?? new Set(), to: after });
      case "start":
      case "end":
        return this.add({ anchor: node.node, to: after });
      case "sequence":
        return node.items.reduceRight((next, item) => this.thread(item, next), after);
      case "choice":
        return node.options
          .map((option) => this.thread(option, after))
          .reduceRight((rest, option) => this.add({ to: option, other: rest }));
      case "repeat": {
        let next = after;
        if (node.max === null) {
          const loop = this.add({ to: after });
          const state = this.states[loop];
          const body = this.thread(node.item, loop);
          if (state !== undefined) state.other = body;
          next = loop;
        } else {
          for (let count = node.min; count < node.max; count++) {
            next = this.add({ to: after, other: this.thread(node.item, next) });
          }
        }
        for (let count = 0; count < node.min; count++) next = this.thread(node.item, next);
        return next;
      }
    }
  }

  /** All states reachable without a character. */
  private closure(from: Iterable<number>, atStart: boolean, atEnd: boolean): Set<number> {
    const reached = new Set<number>();
    const todo = [...from];
    for (let index = todo.pop(); index !== undefined; index = todo.pop()) {
      if (index === NOWHERE || reached.has(index)) continue;
      this.work++;
      reached.add(index);
      const state = this.states[index];
      if (state === undefined || state.columns !== null) continue;
      if (state.anchor === "start" ? atStart : state.anchor === "end" ? atEnd : true) todo.push(state.to, state.other);
    }
    if (this.work > MOST_WORK) throw new TooLarge();
    return reached;
  }

  build(): Automaton {
    const final = this.add({});
    const start = this.thread(this.tree, final);
    const columns = Math.max(...this.kinds) + 1;
    const ids = new Map<string, number>();
    const subsets: Set<number>[] = [new Set(), this.closure([start], true, false)];
    const next: number[] = new Array<number>(columns).fill(0);
    const accepting: number[] = [];
    for (let id = 1; id < subsets.length; id++) {
      const subset = subsets[id] ?? new Set();
      if (this.closure(subset, id === 1, true).has(final)) accepting.push(id);
      for (let column = 0; column < columns; column++) {
        const targets: number[] = [];
        for (const index of subset) {
          const state = this.states[index];
          if (state?.columns?.has(column)) targets.push(state.to);
        }
        this.work += subset.size;
        const reached = this.closure(targets, false, false);
        next.push(this.idOf(reached, ids, subsets));
      }
      if (subsets.length > MOST_STATES || subsets.length * columns > MOST_CELLS) throw new TooLarge();
    }
    return { boundaries: this.boundaries, kinds: this.kinds, next, accepting };
  }

  /** The start has no key: coming back to the same subset later is another state, where "^" no longer holds. */
  private idOf(subset: Set<number>, ids: Map<string, number>, subsets: Set<number>[]): number {
    if (subset.size === 0) return 0;
    const key = [...subset].sort((a, b) => a - b).join();
    const known = ids.get(key);
    if (known !== undefined) return known;
    ids.set(key, subsets.length);
    return subsets.push(subset) - 1;
  }
}
