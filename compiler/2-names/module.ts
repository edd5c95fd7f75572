/** The names that one file declares. */
import { spanOf } from "../1-syntax/index.ts";
import type * as tree from "../1-syntax/tree.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";
import { fixedNames, type GlobalSymbol } from "./symbol.ts";

export interface NamedModule {
  readonly index: number;
  readonly tree: tree.Tree;
  /** What the file declares itself. */
  readonly declared: ReadonlyMap<string, GlobalSymbol>;
  /** A declaration could not be read (reported): what it declares is unknown, and not held against its uses. */
  readonly hasBroken: boolean;
  /** What can be named in it: its own declarations and what it imports. */
  readonly names: Map<string, GlobalSymbol>;
}

export function collectModule(syntax: tree.Tree, index: number, diagnostics: Diagnostic[]): NamedModule {
  const declared = new Map<string, GlobalSymbol>();
  for (const declaration of syntax.program.declarations) {
    const symbol = symbolOf(declaration, index);
    if (symbol === null) continue;
    declareName(declared, symbol, syntax, nameNode(symbol), diagnostics);
  }
  const hasBroken = syntax.program.declarations.some((declaration) => declaration.kind === "broken");
  return { index, tree: syntax, declared, hasBroken, names: new Map(declared) };
}

function symbolOf(declaration: tree.Declaration, module: number): GlobalSymbol | null {
  switch (declaration.kind) {
    case "gateway":
    case "service":
    case "identity":
    case "model":
    case "type":
    case "policy":
    case "function":
    case "constant":
      return { kind: declaration.kind, name: declaration.name.text, module, node: declaration };
    case "reserved":
      return declaration.name && { kind: "broken", name: declaration.name.text, module, node: declaration.name };
    default:
      return null;
  }
}

export function nameNode(symbol: GlobalSymbol): tree.Name {
  return symbol.kind === "broken" ? symbol.node : symbol.node.name;
}

/** Adds a name, or reports that it is taken. A second gateway is reported as that, whatever it is called. */
function declareName(
  names: Map<string, GlobalSymbol>,
  symbol: GlobalSymbol,
  syntax: tree.Tree,
  at: tree.Name,
  diagnostics: Diagnostic[],
): void {
  if (at.text === "") return;
  const other = names.get(symbol.name);
  if (fixedNames.has(symbol.name)) {
    diagnostics.push(
      diagnose("VGW2013", { name: symbol.name }, { span: spanOf(syntax, at.id), text: "choose another name" }),
    );
  } else if (other === undefined) {
    names.set(symbol.name, symbol);
  } else if (!(symbol.kind === "gateway" && other.kind === "gateway")) {
    diagnostics.push(
      diagnose(
        "VGW2002",
        { name: symbol.name },
        { span: spanOf(syntax, at.id), text: "this name is taken" },
        { related: [{ span: spanOf(syntax, nameNode(other).id), text: "by this" }] },
      ),
    );
  }
}
