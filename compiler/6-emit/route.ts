/** One function per route, named after it: its steps as straight code. */
import { numberLiteral } from "./literal.ts";
import type { FaultDialect } from "../../runtime/model/dialect/fault.ts";
import type { Plan, RoutePlan } from "../5-plan/plan.ts";
import type { Body } from "./body.ts";
import { emitSplit } from "./continuation.ts";
import type { Emission } from "./emission.ts";
import type { RouteFunction } from "./match.ts";
import { Names } from "./names.ts";
import { hostText, parametersOf } from "./pattern.ts";
import { declareChanges, requestChanges } from "./place.ts";
import { Scope } from "./scope.ts";
import { emitSteps } from "./step.ts";
import { typeText } from "./type.ts";
import { usageOf } from "./usage.ts";
import { mustBeAsync, splitAt } from "./waiting.ts";
import { SourceWriter } from "./writer.ts";

/** As the runtime exports them. */
const FAULTS: { readonly [Name in FaultDialect]: string } = {
  openai: "openaiFault",
  anthropic: "anthropicFault",
  gemini: "geminiFault",
};

/** `GET /orders/{id: uuid} on shop.example, with partner (shop.vgw:12)`. */
function heading(plan: Plan, route: RoutePlan): string {
  const host = hostText(route);
  const [line] = plan.spans[route.origin.file]?.[route.origin.node] ?? [0];
  const file = plan.files[route.origin.file]?.path.split("/").at(-1) ?? "";
  const open = route.access.length === 1 && route.access[0] === "open";
  const access = open ? "open" : `with ${route.access.join(", ")}`;
  return `${route.name}${host === null ? "" : ` on ${host}`}, ${access} (${file}:${line + 1})`;
}

export function emitRoute(emission: Emission, writer: SourceWriter, route: RoutePlan, name: string): RouteFunction {
  const usage = usageOf(route.steps);
  const names = new Names(emission.names);
  const scope = new Scope(emission, names);
  const used = parametersOf(route).filter((slot) => usage.reads(slot.name) > 0);
  const parameters = used.map((slot) => `${scope.bind(slot)}: ${typeText(emission, slot.type)}`);
  const async = mustBeAsync(route.steps);
  const head = [`exchange: ${emission.useType("Exchange")}`, ...parameters].join(", ");
  const split = !async && splitAt(route.steps) >= 0;
  const result = async ? "Promise<void>" : split ? "void | Promise<void>" : "void";
  const behind = new SourceWriter();
  writer.within(route.origin, () => {
    writer.line(`// ${heading(emission.plan, route)}`);
    writer.block(`${async ? "async " : ""}function ${name}(${head}): ${result}`, () => {
      writer.line(`exchange.route = ${JSON.stringify(route.name)};`);
      if (route.shownPath !== null) writer.line(`exchange.shownPath = ${JSON.stringify(route.shownPath)};`);
      if (route.faults !== null) writer.line(`exchange.faults = ${emission.use(FAULTS[route.faults])};`);
      if (route.deadline !== null)
        writer.line(`${emission.host()}.deadline(exchange, ${numberLiteral(route.deadline)});`);
      const body: Body = {
        emission,
        writer,
        scope,
        route,
        usage,
        ending: "return",
        onFailure: { kind: "standard" },
        pending: [],
        started: new Map(),
      };
      if (!async) emitSplit(body, name, behind);
      else {
        declareChanges(body, requestChanges(route.steps));
        emitSteps(body, route.steps);
      }
    });
  });
  if (split) {
    writer.blank();
    writer.append(behind);
  }
  return { name, parameters: used.map((slot) => slot.name) };
}
