/** Routes that count tokens: a count without the instructions that are sent with the same requests is too low. */
import { spanOf } from "../1-syntax/index.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import type { CheckedModel, CheckedProgram, CheckedRoute, ForwardModelSettings } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";
import { operationOf } from "../vocabulary/operations.ts";
import type * as tree from "../1-syntax/tree.ts";

interface Forward {
  readonly route: CheckedRoute;
  readonly node: tree.ForwardStep;
  readonly model: CheckedModel;
  /** Its number is told, and not its answer. */
  readonly counts: boolean;
  readonly instructs: boolean;
}

export function analyseCounts(program: CheckedProgram): Diagnostic[] {
  const forwards = program.routes.flatMap(forwardsOf);
  return forwards.flatMap(({ route, node, model, counts, instructs }) => {
    const other = forwards.find((one) => !one.counts && one.instructs && one.model === model);
    if (!counts || instructs || other === undefined) return [];
    return [
      diagnose(
        "VGW8014",
        { model: model.name },
        { span: spanOf(route.module.tree, node.service.id), text: "the count is too low" },
        {
          related: [{ span: spanOf(other.route.module.tree, other.node.service.id), text: "these are sent too" }],
          help: "give it the same `system` and `client_system`",
        },
      ),
    ];
  });
}

function forwardsOf(route: CheckedRoute): readonly Forward[] {
  return nodesBelow(route.node).flatMap((node) => {
    if (node.kind !== "forward") return [];
    const meaning = route.module.meanings.get(node.id);
    const to = route.module.meanings.get(node.service.id);
    if (to?.kind !== "model" || (meaning?.kind !== "forward-model" && meaning?.kind !== "forward-operation")) return [];
    const counts = operationOf(meaning.client)?.operation === "count-tokens";
    return [{ route, node, model: to.model, counts, instructs: isInstructing(meaning.settings) }];
  });
}

function isInstructing({ system, clientSystem }: ForwardModelSettings): boolean {
  return system !== null || clientSystem === "drop";
}
