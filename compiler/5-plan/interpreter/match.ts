/**
 * Which route answers: a walk over the routes in the order of the plan, judging host, path, method and guard of each.
 * Nothing is prepared beforehand, so this file can be read as the definition.
 */
import type { RoutePlan, Segment } from "../plan.ts";
import { parseParameter } from "./parameter.ts";
import type { CandidateEntry } from "./trace.ts";

export type Verdict = CandidateEntry["verdict"];

/** Without the port; an IPv6 address keeps its brackets. */
export function hostName(host: string): string {
  return host.replace(/:[0-9]*$/, "").toLowerCase();
}

export function hostMatches(route: RoutePlan, host: string): boolean {
  if (route.host === null) return true;
  const name = hostName(host);
  if (route.host.kind === "exact") return name === route.host.value;
  // "*.example.org": at least one character, that is one label, stands before the dot.
  return name.endsWith(`.${route.host.value}`) && name.length > route.host.value.length + 1;
}

/** HEAD is answered by what answers GET. */
export function methodMatches(route: RoutePlan, method: string): boolean {
  if (route.methods === null) return true;
  return route.methods.includes(method) || (method === "HEAD" && route.methods.includes("GET"));
}

/** The parameters' values, or null where the path is another one. `path` is canonical. */
export function matchPath(route: RoutePlan, path: string): Map<string, unknown> | null {
  const parts = path.slice(1).split("/");
  const values = new Map<string, unknown>();
  const fixed = route.segments.length;
  if (route.rest === null ? parts.length !== fixed : parts.length <= fixed) return null;
  for (const [index, segment] of route.segments.entries()) {
    if (!matchSegment(segment, parts[index] ?? "", values)) return null;
  }
  if (route.rest !== null) {
    const value = parseParameter(parts.slice(fixed).join("/"), route.rest.type);
    if (value === undefined) return null;
    values.set(route.rest.name, value);
  }
  return values;
}

function matchSegment(segment: Segment, part: string, values: Map<string, unknown>): boolean {
  if (segment.kind === "literal") return part === segment.text;
  const { prefix, suffix, slot } = segment;
  if (part.length <= prefix.length + suffix.length) return false;
  if (!part.startsWith(prefix) || !part.endsWith(suffix)) return false;
  const value = parseParameter(part.slice(prefix.length, part.length - suffix.length), slot.type);
  if (value === undefined) return false;
  values.set(slot.name, value);
  return true;
}

/** Sorted, with HEAD where GET is. */
export function allowHeader(routes: readonly RoutePlan[]): string {
  const methods = new Set<string>();
  for (const route of routes) for (const method of route.methods ?? []) methods.add(method);
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods].sort().join(", ");
}
