/** `forward` to models on routes where it, or what stands before it, cannot have an effect. */
import { spanOf } from "../1-syntax/index.ts";
import { nodesBelow, type WalkedNode } from "../1-syntax/walk.ts";
import type { CheckedModule, CheckedProgram, CheckedRoute } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";

export function analyseModels(program: CheckedProgram): Diagnostic[] {
  return program.routes.flatMap((route) => {
    const below = [...nodesBelow(route.node)];
    return [...withoutPost(route, below), ...changesForNobody(route.module, below)];
  });
}

/** Every dialect asks models by POST. */
function withoutPost({ module, node }: CheckedRoute, below: readonly WalkedNode[]): Diagnostic[] {
  if (node.methods.some(({ text }) => text === "POST" || text === "any")) return [];
  const [method] = node.methods;
  return below.flatMap((inner) => {
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
}

/** A policy may change requests for the services of other routes; a route's own changes are for its own forwards. */
function changesForNobody(module: CheckedModule, below: readonly WalkedNode[]): Diagnostic[] {
  const forwards = below.flatMap((inner) => (inner.kind === "forward" ? [inner] : []));
  const [first] = forwards;
  if (!first || forwards.some(({ service }) => module.meanings.get(service.id)?.kind !== "model")) return [];
  return below.flatMap((inner) => {
    if (!changesRequest(module, inner)) return [];
    return [
      diagnose(
        "VGW6115",
        {},
        { span: spanOf(module.tree, inner.id), text: "changes the request" },
        {
          related: [
            { span: spanOf(module.tree, first.service.id), text: "a model, which gets the dialect's request only" },
          ],
          help: "leave it out; what shapes the request to a model is a setting of the model",
        },
      ),
    ];
  });
}

function changesRequest(module: CheckedModule, node: WalkedNode): boolean {
  if (node.kind === "rewrite") return true;
  if (node.kind !== "set" && node.kind !== "remove") return false;
  const meaning = module.meanings.get(node.place.id);
  return meaning?.kind === "place" && meaning.place.side === "request";
}
