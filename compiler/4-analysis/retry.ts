/** A `retry` that can never act, because nothing that is sent to its service may be sent twice. */
import { spanOf } from "../1-syntax/index.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import type { CheckedProgram, CheckedService, StaticValue } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";
import { isIdempotent } from "../../runtime/http/method.ts";

export function analyseRetries(program: CheckedProgram): Diagnostic[] {
  const wary = program.services.filter(({ settings }) => namesNoConnect(settings.retry));
  if (wary.length === 0) return [];
  const methods = methodsByService(program);
  return wary.flatMap((service) => {
    const used = methods.get(service);
    const written = service.node.settings.find(({ key }) => key.text === "retry");
    if (!written || !used || [...used].some((method) => method === "any" || isIdempotent(method))) return [];
    return [
      diagnose(
        "VGW7010",
        { service: service.name },
        { span: spanOf(service.module.tree, written.id), text: "nothing here is safe to send twice" },
        { help: "name connect in `on`, or leave retry out" },
      ),
    ];
  });
}

function namesNoConnect(retry: StaticValue | undefined): boolean {
  if (typeof retry !== "object" || retry === null || !("on" in retry)) return false;
  return Array.isArray(retry.on) && !retry.on.includes("connect");
}

/** With which methods each service is asked, by forwards and calls of any declaration. */
function methodsByService(program: CheckedProgram): ReadonlyMap<CheckedService, ReadonlySet<string>> {
  const methods = new Map<CheckedService, Set<string>>();
  const add = (service: CheckedService, method: string): void => {
    const known = methods.get(service) ?? new Set();
    methods.set(service, known.add(method));
  };
  for (const module of program.modules) {
    for (const declaration of module.tree.program.declarations) {
      for (const node of nodesBelow(declaration)) {
        const meaning = module.meanings.get(node.kind === "forward" ? node.service.id : node.id);
        if (meaning?.kind === "service-call") add(meaning.service, meaning.method);
        if (meaning?.kind !== "service" || node.kind !== "forward") continue;
        const own = declaration.kind === "route" ? declaration.methods.map(({ text }) => text) : ["any"];
        for (const method of own) add(meaning.service, method);
      }
    }
  }
  return methods;
}
