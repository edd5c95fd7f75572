/** Merges states that no text tells apart (Moore's partition refinement), so that generated tables stay small. */
import type { Automaton } from "./automaton.ts";

/** Refining is quadratic at worst; larger automata are left as they are. */
const MOST_STATES = 400;

export function minimise(automaton: Automaton): Automaton {
  const columns = Math.max(...automaton.kinds) + 1;
  const count = automaton.next.length / columns;
  if (count > MOST_STATES) return automaton;
  const accepting = new Set(automaton.accepting);
  const rows = Array.from({ length: count }, (_, state) =>
    automaton.next.slice(state * columns, (state + 1) * columns),
  );
  let groups: number[] = rows.map((_, state) => (accepting.has(state) ? 1 : 0));
  for (let size = 0; ; ) {
    const ids = new Map<string, number>();
    groups = rows.map((row, state) => {
      const key = `${groups[state]}:${row.map((to) => groups[to]).join()}`;
      const id = ids.get(key) ?? ids.size;
      ids.set(key, id);
      return id;
    });
    if (ids.size === size) break;
    size = ids.size;
  }
  return renumber(automaton, rows, groups, accepting);
}

/** The dead state stays 0 and the start 1; a start that is dead too keeps a row of its own. */
function renumber(
  automaton: Automaton,
  rows: readonly number[][],
  groups: readonly number[],
  accepting: ReadonlySet<number>,
): Automaton {
  const dead = groups[0] ?? 0;
  const start = groups[1] ?? 0;
  const order = [0, 1];
  const numbers = new Map([[dead, 0]]);
  if (start !== dead) numbers.set(start, 1);
  for (let state = 2; state < rows.length; state++) {
    const group = groups[state] ?? 0;
    if (numbers.has(group)) continue;
    numbers.set(group, order.length);
    order.push(state);
  }
  const next = order.flatMap((state) => (rows[state] ?? []).map((to) => numbers.get(groups[to] ?? 0) ?? 0));
  return {
    boundaries: automaton.boundaries,
    kinds: automaton.kinds,
    next,
    accepting: order.flatMap((state, number) => (accepting.has(state) ? [number] : [])),
  };
}
