/** Phase 2: files, what they declare and what they import from each other. Names inside bodies are resolved through `Scope` as phase 3 walks them. */
import type { NodeId, Tree } from "../1-syntax/tree.ts";
import type { Diagnostic } from "../diagnostics/index.ts";
import { resolveImports } from "./import.ts";
import { collectModule, type NamedModule } from "./module.ts";

export { type NamedModule, nameNode } from "./module.ts";
export { Scope } from "./scope.ts";
export { nearest } from "./suggestion.ts";
export { fixedNames, type GlobalSymbol, kindNames, type NamedDeclaration } from "./symbol.ts";

/** What `workspace/` loads, seen from below. */
export interface LoadedModules {
  readonly modules: readonly { readonly tree: Tree; readonly imports: ReadonlyMap<NodeId, number> }[];
}

export function resolveNames(loaded: LoadedModules): { modules: NamedModule[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const modules = loaded.modules.map(({ tree }, index) => collectModule(tree, index, diagnostics));
  resolveImports(
    modules,
    loaded.modules.map(({ imports }) => imports),
    diagnostics,
  );
  return { modules, diagnostics };
}
