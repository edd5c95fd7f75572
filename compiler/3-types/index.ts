/** Phase 3: what every expression is, what every name means, what can fail and where labelled data goes. */
import type * as tree from "../1-syntax/tree.ts";
import { type GlobalSymbol, type LoadedModules, resolveNames } from "../2-names/index.ts";
import type { CheckedGateway, CheckedProgram, CheckedRoute, CheckedTest } from "./checked.ts";
import { checkBudgets } from "./budget.ts";
import { constantOf } from "./constant.ts";
import { type ModuleState, type ProgramState, report } from "./context.ts";
import { functionOf } from "./function.ts";
import { checkIdentity } from "./identity.ts";
import { checkChoice, checkModel } from "./model.ts";
import { policyOf } from "./policy.ts";
import { checkRoute } from "./route.ts";
import { checkGateway, checkService } from "./service.ts";
import { checkTest } from "./test.ts";
import { declaredType } from "./type-expression.ts";

export type * from "./checked.ts";
export { constantValue } from "./constant-value.ts";
export { addressMeaning, numberMeaning, timeMeaning } from "./literal.ts";
export { defaultSettings } from "./setting.ts";
export type * from "./type.ts";

export function checkProgram(loaded: LoadedModules): CheckedProgram {
  const names = resolveNames(loaded);
  const modules: ModuleState[] = names.modules.map((module) => ({
    index: module.index,
    tree: module.tree,
    names: module.names,
    hasBroken: module.hasBroken,
    types: new Map(),
    meanings: new Map(),
    canFail: new Set(),
    unwraps: new Set(),
    sources: new Map(),
  }));
  const program: ProgramState = {
    modules,
    diagnostics: names.diagnostics,
    services: new Map(),
    identities: new Map(),
    models: new Map(),
    budgets: new Map(),
    constants: new Map(),
    functions: new Map(),
    policies: new Map(),
    declaredTypes: new Map(),
    refused: new Set(),
    // What only mentions the word is checked a little more than it would have to be.
    judgesOutside: modules.some(({ tree }) => tree.text.includes("system")),
    open: new Set(),
  };
  const gateway = checkSettingsOnly(program);
  checkNamed(program);
  const routes: CheckedRoute[] = [];
  const tests: CheckedTest[] = [];
  const mounted = mountOrder(loaded, modules);
  for (const module of mounted) routes.push(...checkRoutes(program, module));
  // Routes of files that only lend names are not part of the program, but mistakes in them are shown.
  for (const module of modules) if (!mounted.includes(module)) checkRoutes(program, module);
  for (const module of modules) {
    for (const declaration of module.tree.program.declarations) {
      if (declaration.kind === "test") tests.push(checkTest(program, module, declaration));
    }
  }
  return {
    modules,
    gateway,
    services: [...program.services.values()],
    identities: [...program.identities.values()],
    models: [...program.models.values()],
    budgets: program.budgets,
    constants: [...program.constants.values()],
    functions: [...program.functions.values()].map(({ checked }) => checked),
    policies: [...program.policies.values()].map(({ checked }) => checked),
    routes,
    tests,
    diagnostics: program.diagnostics,
  };
}

function checkRoutes(program: ProgramState, module: ModuleState): CheckedRoute[] {
  return module.tree.program.declarations.flatMap((declaration) =>
    declaration.kind === "route" ? [checkRoute(program, module, declaration)] : [],
  );
}

/** Services and the gateway first: steps ask for their clearance and limits. */
function checkSettingsOnly(program: ProgramState): CheckedGateway | null {
  let gateway: CheckedGateway | null = null;
  for (const module of program.modules) {
    for (const declaration of module.tree.program.declarations) {
      if (declaration.kind === "identity")
        program.identities.set(declaration, checkIdentity(program, module, declaration));
      if (declaration.kind === "model" && declaration.choice === null)
        program.models.set(declaration, checkModel(program, module, declaration));
      if (declaration.kind === "service") program.services.set(declaration, checkService(program, module, declaration));
      if (declaration.kind !== "gateway") continue;
      const checked = checkGateway(program, module, declaration);
      if (gateway)
        report({ program, module }, declaration.name, "VGW2010", {}, "a second one", {
          related: [{ node: gateway.node.name, text: "the first one", module: gateway.module as ModuleState }],
        });
      gateway ??= checked;
    }
  }
  // Behind all models, of whichever file.
  for (const module of program.modules) {
    for (const declaration of module.tree.program.declarations) {
      if (declaration.kind === "model" && declaration.choice !== null)
        program.models.set(declaration, checkChoice(program, module, declaration, declaration.choice));
    }
  }
  // A budget may name any of them.
  checkBudgets(program);
  return gateway;
}

/** In source order; each is checked once, earlier where something before needs it. */
function checkNamed(program: ProgramState): void {
  for (const module of program.modules) {
    for (const declaration of module.tree.program.declarations) {
      switch (declaration.kind) {
        case "type":
          declaredType(program, module, declaration);
          break;
        case "constant":
          constantOf(program, symbolOf(module, declaration));
          break;
        case "function":
          functionOf(program, declaration, module.index);
          break;
        case "policy":
          policyOf(program, declaration, module.index);
          break;
        default:
          break;
      }
    }
  }
}

function symbolOf(module: ModuleState, node: tree.Constant): GlobalSymbol {
  return { kind: "constant", name: node.name.text, module: module.index, node };
}

/** The main file's routes, then those of files that bare imports mount, in the order of the imports. */
function mountOrder(loaded: LoadedModules, modules: readonly ModuleState[]): readonly ModuleState[] {
  const order: ModuleState[] = [];
  const seen = new Set<number>();
  const mount = (index: number): void => {
    if (seen.has(index)) return;
    seen.add(index);
    order.push(modules[index]!);
    for (const declaration of modules[index]!.tree.program.declarations) {
      if (declaration.kind !== "import" || declaration.names !== null) continue;
      const target = loaded.modules[index]!.imports.get(declaration.id);
      if (target !== undefined) mount(target);
    }
  };
  if (modules.length > 0) mount(0);
  return order;
}
