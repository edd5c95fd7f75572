/** Visits a tree without knowing its node kinds: every property that is a node or a list of nodes is a child. */
import type * as tree from "./tree.ts";

/** Any node, seen from outside. */
export interface AnyNode {
  readonly kind: string;
  readonly id: number;
}

/** Calls `visit` for the node and everything below it, parents first; answering false leaves the children out. */
export function walk(node: AnyNode, visit: (node: WalkedNode) => boolean | undefined): void {
  if (visit(node as WalkedNode) === false) return;
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) walk(item, visit);
    } else if (isNode(value)) walk(value, visit);
  }
}

/** What a visitor may narrow by `kind`. */
export type WalkedNode =
  | tree.Program
  | tree.Declaration
  | tree.ImportedName
  | tree.PolicyUse
  | tree.Parameter
  | tree.Setting
  | tree.Field
  | tree.PathPattern
  | tree.PathPart
  | tree.Step
  | tree.Otherwise
  | tree.TestStep
  | tree.GivenFact
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
