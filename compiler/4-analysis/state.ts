/**
 * A state that machines share, in a program that counts nothing in it: it would be accepted and have no effect. And limits that are to be shared where there is no such
 * state.
 */
import { spanOf } from "../1-syntax/index.ts";
import type * as tree from "../1-syntax/tree.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import type { CheckedModule, CheckedProgram } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";

interface SharedLimit {
  readonly module: CheckedModule;
  readonly setting: tree.Setting;
}

export function analyseState(program: CheckedProgram): Diagnostic[] {
  const { gateway, budgets, modules } = program;
  const written = gateway?.node.settings.find(({ key }) => key.text === "state");
  const limits = sharedLimits(program);
  if (!gateway || !written) {
    return limits.map(({ module, setting }) => {
      const at = { span: spanOf(module.tree, setting.id), text: "with whom?" };
      return diagnose("VGW7022", {}, at, {
        help: 'name the Redis: gateway edge { state: redis(secret("REDIS_URL")) }',
      });
    });
  }
  const ofModels = [...budgets.values()].some((some) => some.length > 0);
  const ofRoutes = modules.some(({ meanings }) => [...meanings.values()].some(({ kind }) => kind === "budget"));
  if (ofModels || ofRoutes || limits.length > 0) return [];
  const at = { span: spanOf(gateway.module.tree, written.id), text: "nothing is counted there" };
  return [
    diagnose("VGW7019", {}, at, { help: "give a model or a route a `budget`, or a limit `shared`, or take it out" }),
  ];
}

/** Each setting `shared` of a limit, once. */
function sharedLimits({ policies, routes }: CheckedProgram): SharedLimit[] {
  return [...policies, ...routes].flatMap(({ module, node }) =>
    [...nodesBelow(node)].flatMap((step) => {
      if (step.kind !== "limit" && step.kind !== "concurrency") return [];
      const setting = step.settings.find(({ key }) => key.text === "shared");
      return setting === undefined ? [] : [{ module, setting }];
    }),
  );
}
