/** A provider that wants a cap on every answer, behind clients who need not give one: such requests would be refused when they come. */
import { spanOf } from "../1-syntax/index.ts";
import type * as tree from "../1-syntax/tree.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import type { CheckedProgram, CheckedRoute } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";
import { answers, labelsOf, reachFrom, type RouteReach } from "./reach.ts";
import type { ProviderDialectName } from "../../runtime/model/dialect/dialect.ts";

/** Whose requests cannot be written without one. A client of the same dialect has to give one itself. */
const CAPPED: ProviderDialectName = "anthropic";

export function analyseCaps(program: CheckedProgram): Diagnostic[] {
  const told = new Set<unknown>();
  return program.routes.flatMap((route) =>
    nodesBelow(route.node).flatMap((node) => {
      const found = node.kind === "forward" ? uncapped(route, node) : [];
      return found.flatMap((reach) => {
        if (node.kind !== "forward" || told.has(reach.model)) return [];
        told.add(reach.model);
        return [warning(route, node, reach)];
      });
    }),
  );
}

function uncapped(route: CheckedRoute, step: tree.ForwardStep): RouteReach[] {
  const { module } = route;
  const meaning = module.meanings.get(step.id);
  const named = module.meanings.get(step.service.id);
  if (meaning?.kind !== "forward-model" || named?.kind !== "model" || meaning.client === CAPPED) return [];
  return reachFrom(route, named.model).filter((reach) => {
    const { model, way } = reach;
    if (!answers(reach) || model.provider?.dialect !== CAPPED || typeof model.settings.max_output === "number")
      return false;
    return !way.some(({ from }) => typeof from.settings.limit === "number");
  });
}

/** Once for each model: one setting mends all routes. */
function warning({ module }: CheckedRoute, step: tree.ForwardStep, reach: RouteReach): Diagnostic {
  const { model, way } = reach;
  const choice = way.at(-1)?.from;
  const span = spanOf(model.module.tree, model.node.name.id);
  return diagnose(
    "VGW6121",
    { model: model.name, dialect: step.dialect?.text ?? "" },
    { span: spanOf(module.tree, step.service.id), text: "asked by clients who need not cap an answer" },
    {
      related: [...labelsOf(reach), { span, text: "wants a cap with every request" }],
      notes: ["a request without one is answered with 400, or by another model of the choice"],
      help: `add max_output: 4000tok to ${model.name}${choice ? `, or limit: 4000tok to ${choice.name}` : ""}`,
    },
  );
}
