/** A route's host and path as conditions on the segments, and its parameters as typed values. */
import type { RoutePlan, Segment, Slot } from "../5-plan/plan.ts";
import type { Emission } from "./emission.ts";
import { anyText, textParser } from "./text.ts";
import { shapeKey } from "./type.ts";

/** Routes that stand next to each other and have the same host and path: their parameters are read once. */
export interface Group {
  readonly routes: readonly RoutePlan[];
  /** The pattern as written, for a comment. */
  readonly shown: string;
}

export function groups(routes: readonly RoutePlan[]): Group[] {
  const made: { key: string; routes: RoutePlan[]; shown: string }[] = [];
  for (const route of routes) {
    const key = patternKey(route);
    const last = made.at(-1);
    if (last?.key === key) last.routes.push(route);
    else made.push({ key, routes: [route], shown: shownPattern(route) });
  }
  return made;
}

function patternKey(route: RoutePlan): string {
  const parameter = (slot: Slot): string => `${slot.name}: ${shapeKey(slot.type)}`;
  const segments = segmentsOf(route).map((segment) =>
    segment.kind === "literal" ? [segment.text] : [segment.prefix, segment.suffix, parameter(segment.slot)],
  );
  return JSON.stringify([route.host, segments, route.rest === null ? null : parameter(route.rest)]);
}

/** "/" has one segment, the empty one. */
export function segmentsOf(route: RoutePlan): readonly Segment[] {
  return route.segments.length === 0 && route.rest === null ? [{ kind: "literal", text: "" }] : route.segments;
}

/** With "{}" for parameters and "{...}" for the rest, as the trie takes it. */
export function triePath(route: RoutePlan): string {
  const parts = segmentsOf(route).map((segment) =>
    segment.kind === "literal" ? segment.text : `${segment.prefix}{}${segment.suffix}`,
  );
  if (route.rest !== null) parts.push("{...}");
  return `/${parts.join("/")}`;
}

function shownPattern(route: RoutePlan): string {
  const parts = segmentsOf(route).map((segment) =>
    segment.kind === "literal" ? segment.text : `${segment.prefix}{${segment.slot.name}}${segment.suffix}`,
  );
  if (route.rest !== null) parts.push(`{${route.rest.name}...}`);
  return `${hostText(route) ?? ""}/${parts.join("/")}`;
}

export function hostText(route: RoutePlan): string | null {
  if (route.host === null) return null;
  return route.host.kind === "exact" ? route.host.value : `*.${route.host.value}`;
}

export function parametersOf(route: RoutePlan): readonly Slot[] {
  const slots = route.segments.flatMap((segment) => (segment.kind === "parameter" ? [segment.slot] : []));
  return route.rest === null ? slots : [...slots, route.rest];
}

/** Whether the path must be taken apart; else its beginning decides, or all of it. */
export function readsSegments(route: RoutePlan): boolean {
  return route.segments.some((segment) => segment.kind === "parameter");
}

/** The part of the path that is written out; up to the rest, with the slash before it, where there is one. */
function literalPath(route: RoutePlan): string {
  const texts = segmentsOf(route).map((segment) => (segment.kind === "literal" ? segment.text : ""));
  return `/${route.rest === null ? texts.join("/") : texts.map((text) => `${text}/`).join("")}`;
}

/** Conditions that hold where the host and the fixed parts of the path fit. */
export function conditions(emission: Emission, route: RoutePlan, withHost: boolean): string[] {
  const tests: string[] = [];
  if (withHost && route.host !== null) {
    const value = JSON.stringify(route.host.value);
    tests.push(
      route.host.kind === "exact" ? `hostname === ${value}` : `${emission.use("hostUnder")}(hostname, ${value})`,
    );
  }
  const segments = segmentsOf(route);
  if (!readsSegments(route)) {
    const fixed = JSON.stringify(literalPath(route));
    if (route.rest === null) tests.push(`exchange.path === ${fixed}`);
    // Every path begins with "/".
    else if (segments.length > 0) tests.push(`exchange.path.startsWith(${fixed})`);
    return tests;
  }
  tests.push(route.rest === null ? `segments.length === ${segments.length}` : `segments.length > ${segments.length}`);
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === "literal") tests.push(`segments[${index}] === ${JSON.stringify(segment.text)}`);
    else if (segment.prefix !== "" || segment.suffix !== "") {
      const parts = `${JSON.stringify(segment.prefix)}, ${JSON.stringify(segment.suffix)}`;
      tests.push(`${emission.use("fitsAround")}(segments[${index}]!, ${parts})`);
    }
  }
  return tests;
}

/** Whether a parameter takes whatever stands there: nothing need be read to know that the route fits. */
export function takesAll(route: RoutePlan, slot: Slot): boolean {
  return slot === route.rest && anyText(slot.type);
}

/** The text that gives a parameter's value, or undefined where the path's part is none of its type. */
export function parameterText(emission: Emission, route: RoutePlan, slot: Slot): string {
  if (slot === route.rest) {
    const rest = readsSegments(route)
      ? `${emission.use("restOf")}(segments, ${route.segments.length})`
      : `${emission.use("restAfter")}(exchange.path, ${literalPath(route).length})`;
    return anyText(slot.type) ? rest : parsed(emission, slot, rest);
  }
  const index = route.segments.findIndex((segment) => segment.kind === "parameter" && segment.slot === slot);
  const segment = route.segments[index];
  const raw = `segments[${index}]!`;
  if (segment?.kind !== "parameter") return "undefined";
  const mixed = segment.prefix !== "" || segment.suffix !== "";
  // A canonical path holds no escapes of these types' characters, so their parsers refuse what has any.
  if (!mixed && PLAIN.has(slot.type.kind)) return `${textParser(emission, slot.type)}(${raw})`;
  const text = mixed
    ? `${emission.use("middleOf")}(${raw}, ${segment.prefix.length}, ${segment.suffix.length})`
    : `${emission.use("decodeSegment")}(${raw})`;
  // The matcher takes no empty segment for a parameter.
  const any = anyText(slot.type.kind === "string" && slot.type.min <= 1 ? { ...slot.type, min: 0 } : slot.type);
  return any ? text : parsed(emission, slot, text);
}

const PLAIN = new Set(["int", "uuid", "bool", "date"]);

function parsed(emission: Emission, slot: Slot, text: string): string {
  return `${emission.use("whenText")}(${text}, ${textParser(emission, slot.type)})`;
}
