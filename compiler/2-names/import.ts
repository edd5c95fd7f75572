/** Gives each file the names that it imports, and finds files that import each other in a circle. */
import { spanOf } from "../1-syntax/index.ts";
import type * as tree from "../1-syntax/tree.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";
import type { NamedModule } from "./module.ts";
import { nameNode } from "./module.ts";
import { nearest } from "./suggestion.ts";
import type { GlobalSymbol } from "./symbol.ts";

type Imports = ReadonlyMap<tree.NodeId, number>;

export function resolveImports(
  modules: readonly NamedModule[],
  imports: readonly Imports[],
  diagnostics: Diagnostic[],
): void {
  for (const module of modules) {
    for (const declaration of module.tree.program.declarations) {
      if (declaration.kind !== "import" || declaration.names === null) continue;
      const target = imports[module.index]!.get(declaration.id);
      for (const imported of declaration.names) {
        importName(module, imported, target === undefined ? null : modules[target]!, declaration, diagnostics);
      }
    }
  }
  findCycles(modules, imports, diagnostics);
}

function importName(
  module: NamedModule,
  imported: tree.ImportedName,
  target: NamedModule | null,
  declaration: tree.Import,
  diagnostics: Diagnostic[],
): void {
  const wanted = imported.name.text;
  const as = imported.alias ?? imported.name;
  const found = target?.declared.get(wanted);
  const broken: GlobalSymbol = { kind: "broken", name: as.text, module: module.index, node: as };
  const other = module.names.get(as.text);
  if (other !== undefined) {
    diagnostics.push(
      diagnose(
        "VGW2002",
        { name: as.text },
        { span: spanOf(module.tree, as.id), text: "this name is taken" },
        {
          related:
            other.module === module.index ? [{ span: spanOf(module.tree, nameNode(other).id), text: "by this" }] : [],
          help: `import it under another name: ${wanted} as other`,
        },
      ),
    );
    return;
  }
  module.names.set(as.text, found ?? broken);
  if (target === null || (found === undefined && target.hasBroken)) return;
  const at = { span: spanOf(module.tree, imported.name.id), text: "imported here" };
  if (found === undefined) {
    const likely = nearest(wanted, target.declared.keys());
    diagnostics.push(
      diagnose("VGW2005", { path: declaration.from.value, name: wanted }, at, {
        help: likely && `did you mean ${likely}?`,
        fixes: likely ? [{ title: `Import ${likely}`, kind: "maybe", edits: [{ span: at.span, text: likely }] }] : [],
      }),
    );
  } else if (found.kind !== "broken" && found.node.isPrivate) {
    diagnostics.push(
      diagnose("VGW2004", { name: wanted, path: declaration.from.value }, at, {
        related: [{ span: spanOf(target.tree, nameNode(found).id), text: "declared private here" }],
      }),
    );
  }
}

/** Reports the import that closes a circle, once per circle, in the order of the files. */
function findCycles(modules: readonly NamedModule[], imports: readonly Imports[], diagnostics: Diagnostic[]): void {
  const state: ("new" | "open" | "done")[] = modules.map(() => "new");
  const visit = (index: number): void => {
    state[index] = "open";
    const module = modules[index]!;
    for (const declaration of module.tree.program.declarations) {
      if (declaration.kind !== "import") continue;
      const target = imports[index]!.get(declaration.id);
      if (target === undefined) continue;
      if (state[target] === "new") visit(target);
      else if (state[target] === "open") {
        diagnostics.push(
          diagnose(
            "VGW2006",
            { path: modules[target]!.tree.file },
            { span: spanOf(module.tree, declaration.from.id), text: "this closes the circle" },
            { help: "move what both files need to a third one" },
          ),
        );
      }
    }
    state[index] = "done";
  };
  for (let index = 0; index < modules.length; index++) if (state[index] === "new") visit(index);
}
