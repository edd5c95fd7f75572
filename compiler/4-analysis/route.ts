/**
 * Shadowed and undecided routes. Routes are gathered in one trie per host, keyed by what each segment accepts, so that
 * the work grows with the number of routes and not with its square. Every finding shows a request (the witness).
 */
import { spanOf } from "../1-syntax/index.ts";
import type { CheckedRoute } from "../3-types/checked.ts";
import { type Diagnostic, diagnose, type Span } from "../diagnostics/index.ts";
import { keyOf, rankOf, type SegmentShape, shapesOf } from "./pattern.ts";
import { commonText, exampleText } from "./sample.ts";

interface TrieNode {
  readonly shape: SegmentShape | null;
  readonly children: Map<string, TrieNode>;
  readonly routes: CheckedRoute[];
}

export function analyseRoutes(routes: readonly CheckedRoute[]): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const hosts = new Map<string, TrieNode>();
  for (const route of routes) {
    const shapes = shapesOf(route);
    if (!shapes) continue;
    const host = hostOf(route);
    const root = hosts.get(host) ?? emptyNode(null);
    hosts.set(host, root);
    let node = root;
    for (const shape of shapes) {
      const key = keyOf(shape);
      const next = node.children.get(key) ?? emptyNode(shape);
      node.children.set(key, next);
      node = next;
    }
    const earlier = node.routes.find((other) => hides(other, route));
    if (earlier) diagnostics.push(shadowed(earlier, route, shapes.map(exampleText), host));
    node.routes.push(route);
  }
  for (const [host, root] of hosts) visit(root, [], host, diagnostics);
  return diagnostics;
}

const emptyNode = (shape: SegmentShape | null): TrieNode => ({ shape, children: new Map(), routes: [] });

function hostOf(route: CheckedRoute): string {
  return route.node.host?.kind === "string" ? route.node.host.value.toLowerCase() : "";
}

/** Whether the earlier of two routes with equal patterns takes every request that the later one could answer. */
function hides(earlier: CheckedRoute, later: CheckedRoute): boolean {
  if (!sharedMethod(earlier, later)) return false;
  // Named methods are more specific than `any`, whichever was written first.
  if (isAny(earlier) !== isAny(later)) return false;
  return !earlier.node.guard || sourceOf(earlier, earlier.node.guard.id) === guardSource(later);
}

function isAny(route: CheckedRoute): boolean {
  return route.node.methods.some((method) => method.text === "any");
}

/** A method that both answer; null where there is none. */
function sharedMethod(a: CheckedRoute, b: CheckedRoute): string | null {
  const first = a.node.methods.map((method) => method.text);
  const second = b.node.methods.map((method) => method.text);
  if (isAny(a)) return isAny(b) ? "GET" : (second[0] ?? null);
  if (isAny(b)) return first[0] ?? null;
  return first.find((method) => second.includes(method)) ?? null;
}

function guardSource(route: CheckedRoute): string | null {
  return route.node.guard ? sourceOf(route, route.node.guard.id) : null;
}

function sourceOf(route: CheckedRoute, id: number): string {
  const { start, end } = spanOf(route.module.tree, id);
  return route.module.tree.text.slice(start, end).replace(/\s+/g, " ");
}

function visit(node: TrieNode, path: readonly string[], host: string, out: Diagnostic[]): void {
  const children = [...node.children.values()];
  const typed = children.filter((child) => child.shape && rankOf(child.shape) === 1);
  if (typed.length > 0) {
    const literals = new Map<string, TrieNode>();
    for (const child of children) if (child.shape?.kind === "literal") literals.set(child.shape.text, child);
    for (const [index, child] of typed.entries()) {
      for (const other of typed.slice(index + 1)) findUndecided(child, other, path, host, out);
      findCovered(child, literals, path, host, out);
    }
  }
  for (const child of children) {
    if (child.children.size > 0) visit(child, [...path, exampleText(child.shape!)], host, out);
  }
}

/** Two subtrees whose first segments differ but accept a common text: any pair of routes with equal ranks is undecided. */
function findUndecided(a: TrieNode, b: TrieNode, path: readonly string[], host: string, out: Diagnostic[]): void {
  const text = commonSegment(a.shape!, b.shape!);
  if (text === null) return;
  const here = [...path, text];
  for (const first of a.routes) {
    const second = b.routes.find((route) => sharedMethod(first, route) && !decided(first, route));
    if (second) out.push(undecided(first, second, here, host));
  }
  for (const child of a.children.values()) {
    for (const other of b.children.values()) {
      if (rankOf(child.shape!) === rankOf(other.shape!)) findUndecided(child, other, here, host, out);
    }
  }
}

function decided(a: CheckedRoute, b: CheckedRoute): boolean {
  return a.node.guard !== null || b.node.guard !== null || isAny(a) !== isAny(b);
}

function commonSegment(a: SegmentShape, b: SegmentShape): string | null {
  if (a.kind === "parameter" && b.kind === "parameter") return commonText(a, b);
  return keyOf(a) === keyOf(b) ? exampleText(a) : null;
}

/** A parameter over a fixed set whose every value has a literal route before it. */
function findCovered(
  node: TrieNode,
  literals: ReadonlyMap<string, TrieNode>,
  path: readonly string[],
  host: string,
  out: Diagnostic[],
): void {
  const shape = node.shape;
  if (shape?.kind !== "parameter" || shape.type.kind !== "union") return;
  const texts: string[] = [];
  for (const member of shape.type.members) {
    if (member.kind !== "literal") return;
    texts.push(shape.prefix + String(member.value) + shape.suffix);
  }
  for (const route of node.routes) {
    const hiders = texts.map((text) =>
      literals.get(text)?.routes.find((other) => !other.node.guard && coversMethods(other, route)),
    );
    if (hiders.every((hider) => hider !== undefined)) out.push(shadowed(hiders[0]!, route, [...path, texts[0]!], host));
  }
}

function coversMethods(a: CheckedRoute, b: CheckedRoute): boolean {
  if (isAny(a)) return true;
  const names = a.node.methods.map((method) => method.text);
  return !isAny(b) && b.node.methods.every((method) => names.includes(method.text));
}

function shadowed(earlier: CheckedRoute, later: CheckedRoute, path: readonly string[], host: string): Diagnostic {
  const method = sharedMethod(earlier, later) ?? "GET";
  return diagnose(
    "VGW6001",
    { method, path: `/${path.join("/")}` },
    { span: headSpan(later), text: "never reached for this request" },
    {
      related: [{ span: headSpan(earlier), text: "answers it first" }],
      notes: [`the request that shows it: ${requestLine(method, path, host)}`],
      help: "give one of them a guard (`when …`), another method or another path, or remove it",
    },
  );
}

function undecided(a: CheckedRoute, b: CheckedRoute, path: readonly string[], host: string): Diagnostic {
  const method = sharedMethod(a, b) ?? "GET";
  return diagnose(
    "VGW6002",
    { request: `${method} /${path.join("/")}` },
    { span: headSpan(b), text: "matches it" },
    {
      related: [{ span: headSpan(a), text: "matches it too, and neither is more specific" }],
      notes: [`the request that shows it: ${requestLine(method, path, host)}`],
      help: "narrow one parameter's type, or give one of the routes a guard (`when …`)",
    },
  );
}

function requestLine(method: string, path: readonly string[], host: string): string {
  const named = host.startsWith("*.") ? `a${host.slice(1)}` : host;
  return `${method} /${path.join("/")}${named ? ` with Host: ${named}` : ""}`;
}

/** From the first method to the end of the pattern. */
function headSpan(route: CheckedRoute): Span {
  const from = spanOf(route.module.tree, route.node.methods[0]?.id ?? route.node.id);
  const to = spanOf(route.module.tree, route.node.pattern.id);
  return { file: from.file, start: from.start, end: to.end };
}
