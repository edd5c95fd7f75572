/** Which models a route's request may come to: over the model or choice that it names, and over budgets of the route and its policies. */
import { spanOf } from "../1-syntax/index.ts";
import type * as tree from "../1-syntax/tree.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import type { CheckedModel, CheckedModule, CheckedRoute } from "../3-types/checked.ts";
import { type ModelReach, reachOf } from "../3-types/model-edge.ts";
import type { Label } from "../diagnostics/index.ts";

export interface RouteReach extends ModelReach {
  /** The `budget` step whose `then` leads there; null: none does. */
  readonly over: { readonly module: CheckedModule; readonly node: tree.BudgetStep } | null;
}

/** Each model once. */
export function reachFrom(route: CheckedRoute, model: CheckedModel): readonly RouteReach[] {
  const reached: RouteReach[] = reachOf(model).map((reach) => ({ ...reach, over: null }));
  for (const { instead, over } of sparesOf(route)) {
    for (const reach of reachOf(instead)) {
      if (!reached.some((other) => other.model === reach.model)) reached.push({ ...reach, over });
    }
  }
  return reached;
}

/** Who is asked where a `budget` step's budget is used up. */
function sparesOf({ module, node }: CheckedRoute) {
  const places: { module: CheckedModule; node: tree.Declaration }[] = [{ module, node }];
  for (const use of node.policies) {
    const meaning = module.meanings.get(use.id);
    if (meaning?.kind === "policy") places.unshift({ module: meaning.policy.module, node: meaning.policy.node });
  }
  return places.flatMap((place) =>
    nodesBelow(place.node).flatMap((inner) => {
      const meaning = place.module.meanings.get(inner.id);
      if (inner.kind !== "budget" || meaning?.kind !== "budget" || meaning.budget.instead === null) return [];
      return [{ instead: meaning.budget.instead, over: { module: place.module, node: inner } }];
    }),
  );
}

/** Answers its client: a model that only gets copies answers nobody. */
export function answers({ way }: RouteReach): boolean {
  return way.every(({ by }) => by !== "shadow");
}

/** The way to a model, as messages show it. */
export function labelsOf({ over, way }: RouteReach): Label[] {
  return [
    ...(over === null
      ? []
      : [{ span: spanOf(over.module.tree, over.node.id), text: "leads there when it is used up" }]),
    ...way.map(({ from, name, by }) => ({
      span: spanOf(from.module.tree, name.id),
      text: by === "choose" ? `${from.name} may choose it` : `named by its ${by}`,
    })),
  ];
}
