/**
 * Which models a request may come to: over `choose`, `fallback` and whatever other setting of a choice or model names one. Every such name is an
 * edge, so that a setting which learns to name models cannot be forgotten by those who judge what may go where.
 */
import type * as tree from "../1-syntax/tree.ts";
import { type AnyNode, walk } from "../1-syntax/walk.ts";
import type { CheckedModel, CheckedModule } from "./checked.ts";

export interface ModelEdge {
  /** Who names it. */
  readonly from: CheckedModel;
  readonly to: CheckedModel;
  /** "choose", or the setting in which the name stands, such as "fallback". */
  readonly by: string;
  /** The name, in the module of `from`. */
  readonly name: { readonly id: tree.NodeId };
}

/** A model at a provider, and the edges from what a route names to it; none: the route names it itself. */
export interface ModelReach {
  readonly model: CheckedModel;
  readonly way: readonly ModelEdge[];
}

/** Asked by each route and each analysis, of choices that may name hundreds. */
const knownEdges = new WeakMap<CheckedModel, readonly ModelEdge[]>();
const knownReach = new WeakMap<CheckedModel, readonly ModelReach[]>();

/** In the order in which they are written; what a choice chooses from comes first. To be asked once all models have been checked. */
export function edgesOf(from: CheckedModel): readonly ModelEdge[] {
  let edges = knownEdges.get(from);
  if (edges === undefined) {
    edges = writtenEdges(from);
    knownEdges.set(from, edges);
  }
  return edges;
}

function writtenEdges(from: CheckedModel): readonly ModelEdge[] {
  const { module, node } = from;
  const edges: ModelEdge[] = (node.choice?.models ?? []).flatMap((name) => edgeTo(from, "choose", name));
  for (const setting of node.settings) {
    for (const name of namesBelow(setting, module)) edges.push(...edgeTo(from, setting.key.text, name));
  }
  return edges;
}

function edgeTo(from: CheckedModel, by: string, name: { readonly id: tree.NodeId }): ModelEdge[] {
  const meaning = from.module.meanings.get(name.id);
  if (meaning?.kind !== "model") return [];
  // One that the choice leaves out, such as by its region, is never asked.
  const { choice } = from;
  const left = choice !== null && (by === "choose" || by === "fallback" || by === "aliases");
  if (left && !choice.models.includes(meaning.model) && !choice.fallback.includes(meaning.model)) return [];
  return [{ from, to: meaning.model, by, name }];
}

/** Whatever in a setting means a model. */
function namesBelow(setting: tree.Setting, module: CheckedModule): AnyNode[] {
  const found: AnyNode[] = [];
  walk(setting, (node) => {
    if (module.meanings.get(node.id)?.kind === "model") found.push(node);
    return true;
  });
  return found;
}

/** Every model at a provider that may be asked where this one or this choice is, each over its first way. */
export function reachOf(model: CheckedModel): readonly ModelReach[] {
  let reach = knownReach.get(model);
  if (reach === undefined) {
    reach = foundReach(model);
    knownReach.set(model, reach);
  }
  return reach;
}

function foundReach(model: CheckedModel): readonly ModelReach[] {
  const found = new Map<CheckedModel, ModelReach>();
  const seen = new Set<CheckedModel>();
  const visit = (at: CheckedModel, way: readonly ModelEdge[]): void => {
    if (seen.has(at)) return;
    seen.add(at);
    if (at.choice === null) found.set(at, { model: at, way });
    for (const edge of edgesOf(at)) visit(edge.to, [...way, edge]);
  };
  visit(model, []);
  return [...found.values()];
}
