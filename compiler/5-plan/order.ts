/**
 * The order in which routes decide: exact hosts, then suffixes (the longest first), then no host; then segment by segment
 * literal, typed, any text, rest; then named methods before `any`; then as written.
 */
import { type Rank, rankOf, shapesOf } from "../4-analysis/pattern.ts";
import type { CheckedRoute } from "../3-types/checked.ts";

interface Key {
  readonly host: readonly [number, number];
  readonly ranks: readonly Rank[];
  readonly any: number;
}

export function inOrder(routes: readonly CheckedRoute[]): CheckedRoute[] {
  return routes
    .map((route, index) => ({ route, index, key: keyOf(route) }))
    .sort((left, right) => compare(left.key, right.key) || left.index - right.index)
    .map((entry) => entry.route);
}

function keyOf(route: CheckedRoute): Key {
  const host = route.node.host?.kind === "string" ? route.node.host.value : null;
  return {
    host: host === null ? [2, 0] : host.startsWith("*.") ? [1, -host.length] : [0, 0],
    ranks: (shapesOf(route) ?? []).map(rankOf),
    any: route.node.methods.some((method) => method.text === "any") ? 1 : 0,
  };
}

function compare(left: Key, right: Key): number {
  const host = left.host[0] - right.host[0] || left.host[1] - right.host[1];
  if (host !== 0) return host;
  const length = Math.min(left.ranks.length, right.ranks.length);
  for (let index = 0; index < length; index++) {
    const difference = left.ranks[index]! - right.ranks[index]!;
    if (difference !== 0) return difference;
  }
  return left.any - right.any;
}
