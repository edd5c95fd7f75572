/**
 * A route's head as a set of requests: host, and one shape per path segment. Ranks give the decision order
 * (literal before typed before any text before rest, from left to right), so that 5-plan sorts by what is judged here.
 */
import { canonicalPath } from "../../runtime/http/path.ts";
import type { NodeId } from "../1-syntax/tree.ts";
import type * as tree from "../1-syntax/tree.ts";
import type { CheckedRoute } from "../3-types/checked.ts";
import type { Type } from "../3-types/type.ts";

export type SegmentShape =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "parameter"; readonly prefix: string; readonly suffix: string; readonly type: Type }
  | { readonly kind: "rest" };

/** 0 literal, 1 typed or with text around it, 2 any text, 3 rest. */
export type Rank = 0 | 1 | 2 | 3;

export function rankOf(segment: SegmentShape): Rank {
  if (segment.kind === "literal") return 0;
  if (segment.kind === "rest") return 3;
  return segment.prefix === "" && segment.suffix === "" && isAnyText(segment.type) ? 2 : 1;
}

function isAnyText(type: Type): boolean {
  return type.kind === "string" && type.min <= 1 && type.max === null && type.pattern === null;
}

/** Two segments with equal keys accept the same texts. */
export function keyOf(segment: SegmentShape): string {
  if (segment.kind === "literal") return `=${segment.text}`;
  if (segment.kind === "rest") return "*";
  if (rankOf(segment) === 2) return "?";
  return `{${segment.prefix}|${typeKey(segment.type)}|${segment.suffix}}`;
}

function typeKey(type: Type): string {
  switch (type.kind) {
    case "string":
      return `string(${type.min}..${type.max},${type.pattern})`;
    case "int":
    case "float":
      return `${type.kind}(${type.min}..${type.max})`;
    case "literal":
      return JSON.stringify(type.value);
    case "union":
      return type.members.map(typeKey).sort().join("|");
    default:
      return type.kind;
  }
}

/** The shapes of a route's path segments; null where the pattern or a parameter's type was broken (already reported). */
export function shapesOf(route: CheckedRoute): readonly SegmentShape[] | null {
  const { pattern } = route.node;
  if (pattern.kind === "broken" || route.module.types.get(pattern.id)?.kind === "unknown") return null;
  const shapes: SegmentShape[] = [];
  for (const { prefix, parameter, suffix } of splitSegments(pattern)) {
    if (!parameter) shapes.push({ kind: "literal", text: prefix });
    else if (parameter.rest) shapes.push({ kind: "rest" });
    else {
      const type = parameterType(route, parameter);
      if (!type) return null;
      shapes.push({ kind: "parameter", prefix, suffix, type });
    }
  }
  return shapes;
}

/** One segment as written: text around at most one parameter, in the canonical form that paths are matched in. */
export interface WrittenSegment {
  readonly prefix: string;
  readonly parameter: tree.PathParameter | null;
  readonly suffix: string;
}

/** What stands between the slashes; the pattern begins with one, and what stands before it is empty. */
export function splitSegments(pattern: tree.PathPattern): readonly WrittenSegment[] {
  const segments: { prefix: string; parameter: tree.PathParameter | null; suffix: string }[] = [];
  let current: (typeof segments)[number] = { prefix: "", parameter: null, suffix: "" };
  const append = (text: string): void => {
    if (current.parameter) current.suffix += text;
    else current.prefix += text;
  };
  for (const part of pattern.parts) {
    if (part.kind === "path-parameter") {
      current.parameter = part;
      continue;
    }
    const [first, ...others] = part.text.split("/");
    append(first ?? "");
    for (const text of others) {
      current = { prefix: "", parameter: null, suffix: "" };
      segments.push(current);
      append(text);
    }
  }
  return segments.map(({ prefix, parameter, suffix }) => {
    return { prefix: canonical(prefix), parameter, suffix: canonical(suffix) };
  });
}

/** Spaces and letters beyond ASCII travel as escapes, so that is how they are looked for. */
function canonical(text: string): string {
  if (/^[\w-]*$/.test(text)) return text;
  const escaped = text.replace(/[^!-~]+/gu, encodeURIComponent);
  return canonicalPath(`/${escaped}`)?.slice(1) ?? escaped;
}

function parameterType(route: CheckedRoute, parameter: tree.PathParameter): Type | null {
  const ids: (NodeId | undefined)[] = [parameter.type?.id, parameter.name.id, parameter.id];
  for (const id of ids) {
    const type = id === undefined ? undefined : route.module.types.get(id);
    if (type) return type.kind === "unknown" ? null : type;
  }
  return { kind: "string", min: 1, max: null, pattern: null, labels: [] };
}
