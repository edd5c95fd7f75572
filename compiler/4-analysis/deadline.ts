/** A written timeout that the route's deadline always comes before: the author believes in a limit that never acts. */
import { spanOf } from "../1-syntax/index.ts";
import type * as tree from "../1-syntax/tree.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import type { CheckedProgram, CheckedRoute, CheckedService } from "../3-types/checked.ts";
import { type Diagnostic, diagnose, type Span } from "../diagnostics/index.ts";

export function analyseDeadlines(program: CheckedProgram): Diagnostic[] {
  return program.routes.flatMap(inRoute);
}

function inRoute(route: CheckedRoute): Diagnostic[] {
  const deadline = route.settings.deadline;
  const setting = settingOf(route.node.settings, "deadline");
  if (typeof deadline !== "number" || !setting) return [];
  const out: Diagnostic[] = [];
  const services = new Set<CheckedService>();
  for (const node of nodesBelow(route.node)) {
    const meaning = route.module.meanings.get(node.kind === "forward" ? node.service.id : node.id);
    if (meaning?.kind === "service-call" || meaning?.kind === "service") services.add(meaning.service);
  }
  for (const service of services) {
    const timeout = service.settings.timeout;
    const written = settingOf(service.node.settings, "timeout");
    if (typeof timeout !== "number" || !written || timeout <= deadline) continue;
    out.push(
      diagnose(
        "VGW7001",
        { service: service.name },
        { span: spanOf(route.module.tree, setting.id), text: "the whole answer has less time" },
        {
          related: [{ span: spanOf(service.module.tree, written.id), text: "than one attempt may take" }] satisfies {
            span: Span;
            text: string;
          }[],
          help: "make the deadline longer or the timeout shorter",
        },
      ),
    );
  }
  return out;
}

function settingOf(settings: readonly tree.Setting[], key: string): tree.Setting | undefined {
  return settings.find((setting) => setting.key.text === key);
}
