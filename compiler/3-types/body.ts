/** A fresh body to check something in. */
import type * as tree from "../1-syntax/tree.ts";
import { Scope } from "../2-names/index.ts";
import type { Body, Local, ModuleState, ProgramState, Where } from "./context.ts";

const NO_POLICIES: ReadonlySet<tree.Policy> = new Set();

export function newBody(
  program: ProgramState,
  module: ModuleState,
  where: Where,
  policies: ReadonlySet<tree.Policy> = NO_POLICIES,
): Body {
  return {
    program,
    module,
    where,
    answering: false,
    scope: new Scope<Local>(null),
    failures: [],
    elseDepth: 0,
    policies,
    policyFlows: new Map(),
    carried: [],
    budgets: [],
    hasBroken: false,
    replied: null,
    openRoute: false,
    pattern: null,
    bodyRead: null,
    forwarded: [],
    received: [],
  };
}
