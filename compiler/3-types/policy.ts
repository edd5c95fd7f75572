/** Policies: steps shared by routes, checked once; their `let`s and `read`s are values of the routes that use them. */
import type * as tree from "../1-syntax/tree.ts";
import { newBody } from "./body.ts";
import type { Local, PolicyState, ProgramState } from "./context.ts";
import { UNKNOWN } from "./construct.ts";
import { CALLER } from "./identify.ts";
import { onlyOutside, parameterLabel, withLabels } from "./labels.ts";
import { checkSteps } from "./steps.ts";
import { declare } from "./scopes.ts";
import { resolveType } from "./type-expression.ts";
import { NONE } from "./type.ts";

/** null: it is being checked just now. */
export function policyOf(program: ProgramState, node: tree.Policy, moduleIndex: number): PolicyState | null {
  const known = program.policies.get(node);
  if (known) return known;
  if (program.open.has(node)) return null;
  program.open.add(node);
  const module = program.modules[moduleIndex]!;
  // A policy may name its own values by their bare names only, so no policy is in reach.
  const body = newBody(program, module, "policy");
  const parameters = node.parameters.map((parameter, index) => {
    const type = parameter.type ? resolveType(body, parameter.type) : UNKNOWN;
    const argument = program.judgesOutside ? onlyOutside([parameterLabel(index)]) : NONE;
    declare(body, parameter.name, withLabels(type, argument), parameter.type);
    return { name: parameter.name.text, type };
  });
  checkSteps(body, node.steps);
  const values = new Map<string, Local>();
  for (const step of node.steps) {
    if (step.kind !== "let" && step.kind !== "read") continue;
    const local = body.scope.find(step.name.text);
    if (local) values.set(step.name.text, local);
  }
  program.open.delete(node);
  const state: PolicyState = {
    checked: { module, node, name: node.name.text, parameters: parameters.map(({ type }) => type) },
    parameters,
    values,
    caller: body.scope.find(CALLER) ?? null,
    carried: body.carried,
    received: body.received,
    budgets: body.budgets,
  };
  program.policies.set(node, state);
  return state;
}
