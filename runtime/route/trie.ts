/**
 * Matching for programs with many routes: a trie over path segments, built once when the bundle is loaded from the
 * patterns in the order of the program. A walk visits only the branches that fit, so that a thousand routes cost about what
 * one does; what it finds is put back into the program's order, so that the result is that of trying every route in turn.
 */
import type { Exchange } from "../http/exchange.ts";
import { allowMethods } from "./allow.ts";
import { hostName } from "./host.ts";
import { pathSegments } from "./segments.ts";

/** Why a route did not take the request although its place in the trie fits. */
export const OTHER_PATH = Symbol("other path");
export const OTHER_METHOD = Symbol("other method");
export const GUARDED = Symbol("guarded");

export type Taken = void | Promise<void> | typeof OTHER_PATH | typeof OTHER_METHOD | typeof GUARDED;

export interface TrieRoute {
  /** null: any. "*.example.org" for what lies under a name. */
  readonly host: string | null;
  /** "/orders/{}/x-{}.json" with "{}" for a parameter, "{...}" for the rest. */
  readonly path: string;
  /** Of all routes with this pattern. */
  readonly methods: readonly string[];
  /** Reads the parameters, judges method and guard, and runs the route. */
  take(exchange: Exchange, segments: readonly string[]): Taken;
}

interface Node {
  readonly literals: Map<string, Node>;
  /** For "{}". */
  parameter: Node | null;
  readonly mixed: { readonly prefix: string; readonly suffix: string; readonly node: Node }[];
  /** Indices of the routes that end here, and of those whose rest begins here. */
  readonly ends: number[];
  readonly rests: number[];
}

export interface Trie {
  readonly routes: readonly TrieRoute[];
  readonly any: Node | null;
  readonly exact: ReadonlyMap<string, Node>;
  readonly under: ReadonlyMap<string, Node>;
}

function newNode(): Node {
  return { literals: new Map(), parameter: null, mixed: [], ends: [], rests: [] };
}

/** `routes` in the order in which they decide. */
export function routeTrie(routes: readonly TrieRoute[]): Trie {
  const exact = new Map<string, Node>();
  const under = new Map<string, Node>();
  let any: Node | null = null;
  for (const [index, route] of routes.entries()) {
    let root: Node;
    if (route.host === null) {
      any ??= newNode();
      root = any;
    } else {
      const suffix = route.host.startsWith("*.");
      const hosts = suffix ? under : exact;
      const name = suffix ? route.host.slice(2) : route.host;
      root = hosts.get(name) ?? newNode();
      hosts.set(name, root);
    }
    insert(root, route.path, index);
  }
  return { routes, any, exact, under };
}

function insert(root: Node, path: string, index: number): void {
  let node = root;
  for (const segment of path.slice(1).split("/")) {
    if (segment === "{...}") {
      node.rests.push(index);
      return;
    }
    node = child(node, segment);
  }
  node.ends.push(index);
}

function child(node: Node, segment: string): Node {
  const hole = segment.indexOf("{}");
  if (hole === -1) {
    const known = node.literals.get(segment) ?? newNode();
    node.literals.set(segment, known);
    return known;
  }
  if (segment === "{}") {
    node.parameter ??= newNode();
    return node.parameter;
  }
  const prefix = segment.slice(0, hole);
  const suffix = segment.slice(hole + 2);
  const known = node.mixed.find((edge) => edge.prefix === prefix && edge.suffix === suffix);
  if (known !== undefined) return known.node;
  const made = newNode();
  node.mixed.push({ prefix, suffix, node: made });
  return made;
}

function collect(node: Node, segments: readonly string[], at: number, found: number[]): void {
  const segment = segments[at];
  if (segment === undefined) {
    for (const index of node.ends) found.push(index);
    return;
  }
  for (const index of node.rests) found.push(index);
  const literal = node.literals.get(segment);
  if (literal !== undefined) collect(literal, segments, at + 1, found);
  if (segment === "") return;
  for (const { prefix, suffix, node: next } of node.mixed) {
    if (segment.length > prefix.length + suffix.length && segment.startsWith(prefix) && segment.endsWith(suffix)) {
      collect(next, segments, at + 1, found);
    }
  }
  if (node.parameter !== null) collect(node.parameter, segments, at + 1, found);
}

/** Indices of the routes whose host and pattern fit, in the program's order; parameters are not yet read. */
export function candidates(trie: Trie, host: string, segments: readonly string[]): readonly number[] {
  const found: number[] = [];
  if (trie.any !== null) collect(trie.any, segments, 0, found);
  if (trie.exact.size > 0) {
    const node = trie.exact.get(host);
    if (node !== undefined) collect(node, segments, 0, found);
  }
  if (trie.under.size > 0) {
    for (let dot = host.indexOf("."); dot > 0; dot = host.indexOf(".", dot + 1)) {
      const node = trie.under.get(host.slice(dot + 1));
      if (node !== undefined) collect(node, segments, 0, found);
    }
  }
  return found.length > 1 ? found.sort((left, right) => left - right) : found;
}

/**
 * Hands the exchange to the first route that takes it. Otherwise: null where no path fits or only a guard stood in the
 * way, else the methods for `Allow`.
 */
export function takeRoute(
  trie: Trie,
  exchange: Exchange,
): { readonly answer: void | Promise<void> } | { readonly allowed: readonly string[] | null } {
  const segments = pathSegments(exchange.path);
  const host = trie.exact.size > 0 || trie.under.size > 0 ? hostName(exchange.host) : "";
  let allowed: readonly string[] | null = null;
  let guarded = false;
  for (const index of candidates(trie, host, segments)) {
    const route = trie.routes[index];
    if (route === undefined) continue;
    const taken = route.take(exchange, segments);
    if (taken === OTHER_PATH) continue;
    if (taken === OTHER_METHOD) allowed = allowMethods(allowed, route.methods);
    else if (taken === GUARDED) guarded = true;
    else return { answer: taken };
  }
  return { allowed: guarded ? null : allowed };
}
