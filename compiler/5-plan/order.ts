/**
 * The order in which routes decide: exact hosts, then suffixes (the longest first), then no host; then segment by segment
 * literal, typed, any text, rest; then named methods before `any`, and HEAD alone before GET, which would answer it too; then as
 * written.
 */
import { type Rank, rankOf, shapesOf } from "../4-analysis/pattern.ts";
import type { CheckedRoute } from "../3-types/checked.ts";

interface Key {
  readonly host: readonly [number, number];
  readonly ranks: readonly Rank[];
  readonly methods: number;
}

interface Entry {
  readonly route: CheckedRoute;
  readonly index: number;
  readonly key: Key;
  readonly methods: readonly string[];
}

export function inOrder(routes: readonly CheckedRoute[]): CheckedRoute[] {
  const entries: Entry[] = routes.map((route, index) => ({
    route,
    index,
    key: keyOf(route),
    methods: route.node.methods.map((method) => method.text),
  }));
  entries.sort((left, right) => compare(left.key, right.key) || left.index - right.index);
  return headFirst(entries).map((entry) => entry.route);
}

/** HEAD is answered by GET, unless an equally specific route names it: that one must stand before the GET. */
function headFirst(entries: readonly Entry[]): readonly Entry[] {
  if (!entries.some((entry) => entry.methods.includes("HEAD"))) return entries;
  const ordered: Entry[] = [];
  for (const entry of entries) {
    let at = ordered.length;
    if (entry.methods.includes("HEAD")) {
      // Past neighbours of the same specificity whose requests are others.
      for (let index = ordered.length - 1; index >= 0; index--) {
        const before = ordered[index]!;
        if (compare(before.key, entry.key) !== 0 || before.methods.some((method) => entry.methods.includes(method)))
          break;
        if (before.methods.includes("GET")) at = index;
      }
    }
    ordered.splice(at, 0, entry);
  }
  return ordered;
}

function keyOf(route: CheckedRoute): Key {
  const host = route.node.host?.kind === "string" ? route.node.host.value : null;
  return {
    host: host === null ? [2, 0] : host.startsWith("*.") ? [1, -host.length] : [0, 0],
    ranks: (shapesOf(route) ?? []).map(rankOf),
    methods: methodRank(route.node.methods.map((method) => method.text)),
  };
}

function methodRank(methods: readonly string[]): number {
  if (methods.includes("any")) return 2;
  return methods.includes("HEAD") && !methods.includes("GET") ? 0 : 1;
}

function compare(left: Key, right: Key): number {
  const host = left.host[0] - right.host[0] || left.host[1] - right.host[1];
  if (host !== 0) return host;
  const length = Math.min(left.ranks.length, right.ranks.length);
  for (let index = 0; index < length; index++) {
    const difference = left.ranks[index]! - right.ranks[index]!;
    if (difference !== 0) return difference;
  }
  return left.methods - right.methods;
}
