/** `websocket` on a route that no handshake reaches: it is a GET (RFC 6455, section 4.1). */
import { spanOf } from "../1-syntax/index.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import type { CheckedProgram } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";

export function analyseWebSockets(program: CheckedProgram): Diagnostic[] {
  return program.routes.flatMap(({ module, node }) => {
    if (node.methods.some(({ text }) => text === "GET" || text === "any")) return [];
    const [method] = node.methods;
    return [...nodesBelow(node)].flatMap((inner) => {
      const written = inner.kind === "forward" ? inner.settings.find(({ key }) => key.text === "websocket") : undefined;
      if (!written || !method) return [];
      return [
        diagnose(
          "VGW6110",
          {},
          { span: spanOf(module.tree, written.key.id), text: "lets nothing through" },
          {
            related: [{ span: spanOf(module.tree, method.id), text: "a handshake is a GET" }],
            help: "add GET to the route's methods, or leave websocket out",
          },
        ),
      ];
    });
  });
}
