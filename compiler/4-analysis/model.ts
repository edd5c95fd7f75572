/** A `forward` to a model on a route that no request to one reaches: every dialect asks by POST. */
import { spanOf } from "../1-syntax/index.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import type { CheckedProgram } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";

export function analyseModels(program: CheckedProgram): Diagnostic[] {
  return program.routes.flatMap(({ module, node }) => {
    if (node.methods.some(({ text }) => text === "POST" || text === "any")) return [];
    const [method] = node.methods;
    return [...nodesBelow(node)].flatMap((inner) => {
      if (inner.kind !== "forward" || !method || module.meanings.get(inner.service.id)?.kind !== "model") return [];
      return [
        diagnose(
          "VGW6114",
          {},
          { span: spanOf(module.tree, inner.service.id), text: "is asked by POST" },
          {
            related: [{ span: spanOf(module.tree, method.id), text: "not by this" }],
            help: "write POST, as clients of every dialect send",
          },
        ),
      ];
    });
  });
}
