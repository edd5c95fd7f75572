/** Phase 5: the checked program as a plan. Only for programs without errors. */
import { readFileSync } from "node:fs";
import type { CheckedProgram } from "../3-types/checked.ts";
import { budgetNames } from "./budget.ts";
import { lowerConstants } from "./constant.ts";
import type { Program, ReadFile } from "./context.ts";
import { Names } from "./names.ts";
import { limitIdentities } from "./limit.ts";
import { lowerIdentity } from "./identity.ts";
import { lowerModels } from "./model.ts";
import { inOrder } from "./order.ts";
import type { Plan } from "./plan.ts";
import { bodyLimitOf, lowerRoute } from "./route.ts";
import { lowerService, noteVariables } from "./service.ts";
import { spansOf } from "./spans.ts";

/** `readFile` gives what `reply file(…)` embeds, by default from the disk. Throws where such a file cannot be read. */
export function lower(checked: CheckedProgram, readFile: ReadFile = fromDisk): Plan {
  const program = prepare(checked, readFile);
  const settings = checked.gateway?.settings ?? {};
  noteVariables(program, settings);
  const services = checked.services.map((service) => lowerService(program, service));
  const identities = checked.identities.map((identity) => lowerIdentity(program, identity));
  const { models, pools } = lowerModels(program);
  const constants = lowerConstants(program);
  const bodyLimit = bodyLimitOf(settings);
  const routes = inOrder(checked.routes).map((route) => lowerRoute(program, route, bodyLimit));
  return {
    files: checked.modules.map(({ tree }) => ({ path: tree.file, text: tree.text })),
    gateway: { name: checked.gateway?.name ?? "gateway", settings },
    services,
    identities,
    models,
    pools,
    budgets: [...program.budgets.steps.values()],
    constants,
    functions: [...program.called.values()],
    routes,
    environment: [...program.environment.values()],
    spans: checked.modules.map(({ tree }) => spansOf(tree)),
  };
}

/** What lowering needs to know of the whole program. The same program gives the same names every time. */
export function prepare(checked: CheckedProgram, readFile: ReadFile = fromDisk): Program {
  const modules = new Map(checked.modules.map((module, index) => [module, index]));
  const upstreams = new Names();
  const services = named(checked.services, upstreams);
  const models = named(checked.models, upstreams);
  return {
    checked,
    modules,
    limits: limitIdentities(checked, modules),
    budgets: budgetNames(checked, modules, models),
    services,
    models,
    identities: named(checked.identities),
    constants: named(checked.constants),
    functions: named(checked.functions),
    called: new Map(),
    environment: new Map(),
    readFile,
  };
}

function named<T extends { readonly name: string }>(all: readonly T[], names: Names = new Names()): Map<T, string> {
  return new Map(all.map((one) => [one, names.take(one.name)]));
}

function fromDisk(path: string): Uint8Array | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
