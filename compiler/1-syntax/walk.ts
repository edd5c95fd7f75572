/** All nodes of a declaration without knowing their kinds: every property that is a node or a list of nodes is a child. */
import type * as tree from "./tree.ts";

/** Any node, seen from outside. */
export interface AnyNode {
  readonly kind: string;
  readonly id: number;
}

/** Calls `visit` for the node and everything below it, parents first; answering false leaves the children out. */
export function walk(node: AnyNode, visit: (node: WalkedNode) => boolean | undefined): void {
  if (visit(node as WalkedNode) === false) return;
  for (const key in node) {
    const value: unknown = node[key as keyof AnyNode];
    if (typeof value !== "object" || value === null) continue;
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) walk(item, visit);
    } else if (isNode(value)) walk(value, visit);
  }
}

const known = new WeakMap<object, readonly WalkedNode[]>();

/**
 * The node and everything below it, parents first, but for names: a third of all nodes, with nothing below them, that
 * their parents tell more about. Gathered once per declaration, however many analyses ask.
 */
export function nodesBelow(root: tree.Declaration): readonly WalkedNode[] {
  let nodes = known.get(root);
  if (nodes === undefined) {
    const gathered: WalkedNode[] = [];
    gather(root, gathered);
    nodes = gathered;
    known.set(root, nodes);
  }
  return nodes;
}

function gather(node: AnyNode, into: WalkedNode[]): void {
  into.push(node as WalkedNode);
  for (const key in node) {
    const value: unknown = node[key as keyof AnyNode];
    if (typeof value !== "object" || value === null) continue;
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item) && item.kind !== "name") gather(item, into);
    } else if (isNode(value) && value.kind !== "name") gather(value, into);
  }
}

/** To be narrowed by `kind`. */
export type WalkedNode =
  | tree.Program
  | tree.Declaration
  | tree.ImportedName
  | tree.PolicyUse
  | tree.Parameter
  | tree.Setting
  | tree.GuardedValue
  | tree.ListedModel
  | tree.Claims
  | tree.Claim
  | tree.Choice
  | tree.DialectName
  | tree.Field
  | tree.PathPattern
  | tree.PathPart
  | tree.Step
  | tree.Otherwise
  | tree.TestStep
  | tree.GivenFact
  | tree.SentCaller
  | tree.Expression
  | tree.RecordEntry
  | tree.Spread
  | tree.Argument
  | tree.MatchArm
  | tree.TypeExpression
  | tree.TypeArgument
  | tree.Name;

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "kind" in value && "id" in value;
}
