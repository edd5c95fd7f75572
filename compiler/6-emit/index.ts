/**
 * Phase 6: the plan as one file of readable TypeScript. A route becomes a function of straight code named after it;
 * everything that the types decide is decided here, so that nothing is looked up when a request runs.
 */
import { budgetText } from "./budget.ts";
import type { Expr, Plan } from "../5-plan/plan.ts";
import { ABI_VERSION } from "../../runtime/abi.ts";
import { optionalText } from "./call.ts";
import { assemble } from "./assemble.ts";
import { emitConfigure } from "./configure.ts";
import { emitConstants, emitFunctions } from "./constants.ts";
import { type CompiledSerialiser, Emission } from "./emission.ts";
import { emitMatching, type RouteFunctions } from "./match.ts";
import { modelText } from "./model.ts";
import { Names, routeFunctionName } from "./names.ts";
import { emitRoute } from "./route.ts";
import { Scope } from "./scope.ts";
import { someIn } from "./walk.ts";
import { SourceWriter } from "./writer.ts";

export type { CompiledSerialiser } from "./emission.ts";

export interface Emitted {
  /** One TypeScript file, with an inline source map that leads to the program's lines. */
  readonly text: string;
  /** Serialisers that the file imports from "./serialisers.js" and that fast-json-stringify compiles when bundling. */
  readonly serialisers: readonly CompiledSerialiser[];
  /** The declarations of that module. */
  readonly serialiserTypes: string;
}

export function emit(plan: Plan): Emitted {
  let reserved: readonly string[] = [];
  for (;;) {
    const emission = new Emission(plan, reserved);
    const emitted = emitFile(emission);
    // A name of the program that is also one of the runtime's gives way: written again with those names reserved.
    const clashing = emission.imports.values.filter((name) => emission.taken.has(name) && !reserved.includes(name));
    if (clashing.length === 0) return emitted;
    reserved = [...reserved, ...clashing];
  }
}

function emitFile(emission: Emission): Emitted {
  const { plan } = emission;
  const writer = new SourceWriter();
  for (const constant of plan.constants) emission.constants.set(constant.name, emission.take(constant.name));
  for (const one of plan.functions) emission.functions.set(one.name, emission.take(one.name));
  for (const service of plan.services) emission.services.set(service.name, emission.take(service.name));
  for (const { name } of plan.identities) emission.identities.set(name, emission.take(name));
  for (const { name } of [...plan.models, ...plan.pools]) emission.models.set(name, emission.take(name));
  const names = plan.routes.map((route) => emission.take(routeFunctionName(route)));

  const late = emitConstants(emission, writer);
  emitFunctions(emission, writer);
  const functions: RouteFunctions = new Map(
    plan.routes.map((route, index) => {
      const made = emitRoute(emission, writer, route, names[index] ?? "route");
      writer.blank();
      return [route, made] as const;
    }),
  );
  emitMatching(emission, writer, functions);
  writer.blank();
  emitConfigure(emission, writer);
  writer.blank();
  emitLoad(emission, writer, late);
  return { ...assemble(emission, writer), serialisers: emission.serialisers };
}

/** The function that works out the key of a request; a parameter is named only where it is read. */
function keyText(emission: Emission, key: Expr): string {
  const names = new Names(emission.names, ["exchange"]);
  const text = optionalText({ emission, scope: new Scope(emission, names) }, key, null);
  const reads = someIn(key, (expr) => expr.expr === "request" || expr.expr === "request-value");
  return `(${reads ? "exchange" : ""}) => ${text}`;
}

function emitLoad(emission: Emission, writer: SourceWriter, late: (load: SourceWriter) => void): void {
  const { plan } = emission;
  const constants = new SourceWriter();
  late(constants);
  const needed =
    emission.hostUsed ||
    emission.environmentUsed ||
    emission.usedServices.size > 0 ||
    emission.usedIdentities.size > 0 ||
    emission.joined.size > 0 ||
    emission.usedModels.size > 0 ||
    emission.limiters.size > 0 ||
    emission.budgets.size > 0 ||
    emission.concurrencies.size > 0;
  const parameter = needed ? `given: ${emission.useType("Host")}` : "";
  writer.block(`export function load(${parameter}): ${emission.useType("Program")}`, () => {
    if (emission.hostUsed) writer.line("host = given;");
    if (emission.environmentUsed) writer.line("environment = given.environment as typeof environment;");
    for (const service of plan.services) {
      if (!emission.usedServices.has(service.name)) continue;
      const found = `given.service(${JSON.stringify(service.name)})`;
      const given =
        service.key === null ? found : `${emission.use("keyed")}(${found}, ${keyText(emission, service.key)})`;
      writer.within(service.origin, () => writer.line(`${emission.service(service.name)} = ${given};`));
    }
    for (const { name, text } of emission.limiters.values()) writer.line(`${name} = given.${text};`);
    for (const { name, text } of emission.concurrencies.values()) writer.line(`${name} = given.${text};`);
    for (const { name } of plan.identities) {
      if (!emission.usedIdentities.has(name)) continue;
      writer.line(`${emission.identity(name)} = given.identity(${JSON.stringify(name)});`);
    }
    for (const { name, text } of emission.joined.values()) writer.line(`${name} = given.${text};`);
    for (const { name, origin } of [...plan.models, ...plan.pools]) {
      if (!emission.usedModels.has(name)) continue;
      writer.within(origin, () => writer.line(`${emission.model(name)} = given.${modelText(emission, plan, name)};`));
    }
    for (const budget of plan.budgets) {
      const name = emission.budgets.get(budget.name);
      if (name === undefined) continue;
      writer.within(budget.origin, () => writer.line(`${name} = given.${budgetText(emission, plan, budget)};`));
    }
    writer.append(constants);
    writer.line(`return { abi: ${ABI_VERSION}, handle${emission.warmed ? ", warm" : ""} };`);
  });
}
